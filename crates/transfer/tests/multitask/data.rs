//! Where the targets of several tasks come from.

use super::{SIZE, alone, leaves, targets_of};
use std::sync::Arc;

use transfer::Result;
use transfer::data::{CsvManifest, CsvOptions, DataLoader, Transform};
use transfer::multitask::UNLABELLED;
use transfer::train::{Target, TaskLoader};

#[test]
fn targets_come_from_where_they_are_said_to_be() {
    let _alone = alone();
    let data = leaves(1, 0);
    let plain = || DataLoader::new(Arc::new(leaves(1, 0)), Transform::square(SIZE), 4);
    let all = targets_of(&data);
    let some = TaskLoader::new(plain(), all.clone())
        .unwrap()
        .known(0, &[1, 2])
        .unwrap()
        .known(2, &[])
        .unwrap();
    let batch = some.batches(0).next().unwrap().unwrap();
    assert_eq!(
        Vec::<i64>::try_from(&batch.targets[0]).unwrap(),
        [UNLABELLED, 1, 2, UNLABELLED]
    );
    assert!(
        Vec::<bool>::try_from(batch.targets[2].isnan().view(-1))
            .unwrap()
            .iter()
            .all(|unknown| *unknown)
    );
    let lengths = Vec::<f32>::try_from(batch.targets[1].view(-1)).unwrap();
    assert_eq!(lengths[3], data.leaf(3).length);
    let map = Vec::<i64>::try_from(batch.targets[3].get(2).view(-1)).unwrap();
    let expected: Vec<i64> = data
        .parts(2)
        .as_raw()
        .iter()
        .map(|class| i64::from(*class))
        .collect();
    assert_eq!(map, expected);
    assert_eq!(some.tasks(&[3, 1]).unwrap().num_tasks(), 2);

    let refused = |made: Result<TaskLoader>, part: &str| {
        let message = made.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(TaskLoader::new(plain(), Vec::new()), "one for each task");
    refused(
        TaskLoader::new(plain(), vec![Target::Class(5)]),
        "5 columns",
    );
    refused(
        TaskLoader::new(plain(), vec![Target::Numbers(vec![0, 7])]),
        "5 columns",
    );
    let maps = targets_of(&leaves(2, 0)).pop().unwrap();
    refused(TaskLoader::new(plain(), vec![maps]), "12 maps");
    let flipped = DataLoader::new(
        Arc::new(leaves(1, 0)),
        Transform::square(SIZE).random_horizontal_flip(0.5),
        4,
    );
    refused(TaskLoader::new(flipped, all.clone()), "in its place");
    let jittered = DataLoader::new(
        Arc::new(leaves(1, 0)),
        Transform::square(SIZE).random_grayscale(0.5),
        4,
    );
    assert!(TaskLoader::new(jittered, all.clone()).is_ok());
    refused(some.clone().known(4, &[]), "below 4");
    refused(some.tasks(&[]), "one or more");
    // A length is no class.
    let mut batches = TaskLoader::new(plain(), vec![Target::Class(2)]).unwrap();
    assert!(batches.batches(0).next().unwrap().is_err());
    batches = TaskLoader::new(plain(), vec![Target::Class(0)]).unwrap();
    assert_eq!(
        batches.batches(0).next().unwrap().unwrap().targets[0].kind(),
        tch::Kind::Int64
    );
}

#[test]
fn a_table_may_leave_targets_out() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    leaves(1, 0).write(folder.path().join("leaves")).unwrap();
    let path = folder.path().join("leaves/table.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let cut = |line: &str, column: usize| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[column] = "";
        cells.join(",")
    };
    lines[2] = cut(&lines[2], 4);
    lines[3] = cut(&lines[3], 2);
    std::fs::write(&path, lines.join("\n")).unwrap();
    let options = CsvOptions::new()
        .label_column("label")
        .target_columns(&["margin", "length"]);
    // Without leave, rows that lack a number are bad ones.
    assert_eq!(
        CsvManifest::open(&path, &options).unwrap().bad_rows().len(),
        2
    );
    let table = CsvManifest::open(&path, &options.missing_targets()).unwrap();
    assert!(table.bad_rows().is_empty());
    let loader = DataLoader::new(Arc::new(table), Transform::square(SIZE), 12);
    let loader = TaskLoader::new(loader, vec![Target::Class(0), Target::Numbers(vec![1])]).unwrap();
    let batch = loader.batches(0).next().unwrap().unwrap();
    let margins = Vec::<i64>::try_from(&batch.targets[0]).unwrap();
    assert_eq!(
        margins
            .iter()
            .filter(|margin| **margin == UNLABELLED)
            .count(),
        1
    );
    assert_eq!(margins[2], UNLABELLED);
    assert!(Vec::<f32>::try_from(batch.targets[1].view(-1)).unwrap()[1].is_nan());
}
