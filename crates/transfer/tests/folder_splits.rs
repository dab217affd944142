//! Folders in two parts: their own, or drawn by lot.

mod folders;

use folders::{in_parts, picture};
use transfer::data::ImageFolder;

#[test]
fn train_and_val_or_a_share_of_each_class() {
    let folder = tempfile::tempdir().unwrap();
    for (part, count) in [("train", 6), ("val", 4)] {
        for number in 0..count {
            picture(&folder.path().join(format!("{part}/a/{number}.png")), 1);
            picture(&folder.path().join(format!("{part}/b/{number}.png")), 2);
        }
    }
    let splits = ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
    assert_eq!((splits.train.len(), splits.test.len()), (12, 8));
    let splits = ImageFolder::open_splits(folder.path().join("train"), 0.5, 0).unwrap();
    assert_eq!((splits.train.len(), splits.test.len()), (6, 6));
    std::fs::create_dir(folder.path().join("val/c")).unwrap();
    let message = ImageFolder::open_splits(folder.path(), 0.5, 0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("same classes"), "{message}");
}

#[test]
fn parts_are_found_in_any_case_and_val_goes_before_test() {
    for (parts, taken) in [
        (&["Train", "VAL"][..], "VAL"),
        (&["TRAINING", "Validation"], "Validation"),
        (&["train", "Test"], "Test"),
        (&["train", "test", "valid"], "valid"),
    ] {
        let folder = in_parts(parts, &["a", "b"]);
        let splits = ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
        assert_eq!((splits.train.len(), splits.test.len()), (4, 4), "{parts:?}");
        assert_eq!(splits.train.classes(), ["a", "b"]);
        let [_, judged] = &splits.reports[..] else {
            panic!("{:?}", splits.reports)
        };
        assert!(judged.folder.ends_with(taken), "{judged}");
        let three = parts.len() == 3;
        assert_eq!(judged.is_complete(), !three);
        let text = judged.to_string();
        assert_eq!(text.contains("test\" was left alone"), three, "{text}");
    }
}

#[test]
fn a_part_without_its_partner_is_an_error() {
    for part in ["train", "Training", "val", "test"] {
        let folder = in_parts(&[part], &["a", "b"]);
        let message = ImageFolder::open_splits(folder.path(), 0.5, 0)
            .unwrap_err()
            .to_string();
        assert!(message.contains(&format!("beside {part:?}")), "{message}");
    }
}

#[test]
fn one_class_or_an_empty_one_is_no_task() {
    for parts in [&["."][..], &["train", "val"]] {
        let folder = in_parts(parts, &["a"]);
        let open = || ImageFolder::open_splits(folder.path(), 0.5, 0);
        let message = open().unwrap_err().to_string();
        assert!(message.contains("at least two classes"), "{message}");
        for part in parts {
            std::fs::create_dir(folder.path().join(part).join("nothing")).unwrap();
        }
        let message = open().unwrap_err().to_string();
        assert!(message.contains("found 0 of \"nothing\""), "{message}");
    }
}

#[test]
fn splits_tell_what_was_left_out() {
    let folder = in_parts(&["."], &["a", "b"]);
    let open = || ImageFolder::open_splits(folder.path(), 0.5, 0).unwrap();
    assert!(open().reports.iter().all(|report| report.is_complete()));
    for number in 0..7 {
        std::fs::write(folder.path().join(format!("a/{number}.jpg")), b"no").unwrap();
    }
    let reports = open().reports;
    assert_eq!((reports.len(), reports[0].unreadable.len()), (1, 7));
    assert!(!reports[0].is_complete());
    let text = reports[0].to_string();
    assert!(text.contains("7 files") && text.contains("a/4.jpg") && !text.contains("a/5.jpg"));
    assert!(text.ends_with("… and 2 more"), "{text}");
}
