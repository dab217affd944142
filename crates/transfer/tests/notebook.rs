//! What a notebook's kernel and the library say to each other: outputs that are replaced, and loops that are asked to
//! stop. The kernel speaks by the environment, so each conversation is a process of its own.

mod training;

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use training::{alone, checkpointing, learner, loader, same, weights};
use transfer::Error;
use transfer::prelude::{Flow, Html, Live, LiveChart, ProgressBar, TrainConfig, predict, progress};
use transfer::train::Every;

const INTERRUPT_FILE: &str = "EVCXR_INTERRUPT_FILE";
const DISPLAY_PROTOCOL: &str = "EVCXR_DISPLAY_PROTOCOL";
/// Which conversation a child is to have.
const ROLE: &str = "TRANSFER_TEST_ROLE";

/// The test `child` in a process of its own.
fn talk(role: &str, environment: &[(&str, &Path)]) -> Output {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env_remove(INTERRUPT_FILE)
        .env_remove(DISPLAY_PROTOCOL)
        .env(ROLE, role)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{role}: {errors}");
    output
}

/// Not a test of its own: what [`talk`] runs.
#[test]
fn child() {
    match std::env::var(ROLE).as_deref() {
        Ok("interrupted") => interrupted(),
        Ok("shows") => shows(),
        _ => {}
    }
}

fn ask() {
    std::fs::write(std::env::var_os(INTERRUPT_FILE).unwrap(), "").unwrap();
}

fn interrupted() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut calm = checkpointing(&folder.path().join("calm"), Every::Steps(1000));
    calm.fit(3).unwrap();
    let checkpoints = folder.path().join("asked");
    let mut asked = checkpointing(&checkpoints, Every::Steps(1000)).on_step(|state| {
        if state.step == 4 {
            ask();
        }
        Flow::Continue
    });
    let error = asked.fit(3).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    assert_eq!(asked.history().steps.len(), 4);
    assert_eq!(asked.history().epochs.len(), 1);
    // Asked once, stopped once; and what was written on the way out goes on as if nothing had been.
    assert!(predict(asked.net(), &loader(9, 1, 5)).is_ok());
    let mut resumed = checkpointing(&checkpoints, Every::Steps(1000));
    assert!(resumed.resume(&checkpoints).unwrap().is_some());
    resumed.fit(3).unwrap();
    assert!(same(&weights(resumed.net()), &weights(calm.net())));

    ask();
    let error = predict(asked.net(), &loader(9, 1, 5)).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    ask();
    assert!(matches!(asked.lr_find().unwrap_err(), Error::Interrupted));
    transfer::check_interrupt().unwrap();
}

#[test]
fn an_interrupt_stops_a_training_that_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    talk(
        "interrupted",
        &[(INTERRUPT_FILE, &folder.path().join("asked"))],
    );
}

/// Three outputs: numbers, a training's bar and chart, and a loop's bar.
fn shows() {
    let _turn = alone();
    let mut live = Live::new().every(Duration::ZERO);
    for number in 0..3 {
        live.show(&Html(format!("number {number}")));
    }
    drop(live);
    let mut rare = Live::new().every(Duration::from_secs(3600));
    for number in 0..9 {
        rare.show(&Html(format!("rare {number}")));
    }
    drop(rare);
    learner(TrainConfig::new())
        .callback(ProgressBar::new())
        .callback(LiveChart::new("Tiny"))
        .fit(2)
        .unwrap();
    assert_eq!(progress("loops", 0..3).sum::<i32>(), 3);
}

/// Each block: what follows its type, and its content.
fn blocks(output: &Output) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&output.stdout);
    let mut blocks = Vec::new();
    for block in text.split("EVCXR_BEGIN_CONTENT text/html").skip(1) {
        let (head, rest) = block.split_once('\n').unwrap();
        let (content, _) = rest.split_once("\nEVCXR_END_CONTENT\n").unwrap();
        blocks.push((head.trim().to_owned(), content.to_owned()));
    }
    blocks
}

#[test]
fn outputs_are_replaced_where_the_kernel_can() {
    let blocks = blocks(&talk("shows", &[(DISPLAY_PROTOCOL, Path::new("1"))]));
    let first = &blocks[..5];
    let contents: Vec<&str> = first.iter().map(|block| block.1.as_str()).collect();
    assert_eq!(
        contents,
        ["number 0", "number 1", "number 2", "rare 0", "rare 8"]
    );
    let id = &first[0].0;
    assert!(id.starts_with("id=live-") && !id.contains(' '), "{id}");
    assert_eq!(first[1].0, format!("{id} update"));
    assert_eq!(first[2].0, first[1].0);
    assert!(first[3].0 != *id && first[4].0 == format!("{} update", first[3].0));
    // Every other output: its first state under a new name, and its last as an update of it.
    for word in ["2 of 2: loss", "<img", "loops: 3 of 3"] {
        let last = blocks.iter().rposition(|block| block.1.contains(word));
        let (head, content) = &blocks[last.unwrap_or_else(|| panic!("no {word}"))];
        let id = head
            .strip_suffix(" update")
            .unwrap_or_else(|| panic!("{word}: {head}"));
        let ids = blocks.iter().filter(|block| block.0 == id);
        assert_eq!(ids.count(), 1, "{word}");
        let newest = blocks.iter().rfind(|block| block.0.starts_with(id));
        assert_eq!(&newest.unwrap().1, content, "{word}");
    }
}

#[test]
fn elsewhere_only_the_last_state_is_shown() {
    let blocks = blocks(&talk("shows", &[]));
    assert!(blocks.iter().all(|block| block.0.is_empty()), "{blocks:?}");
    assert_eq!(blocks.len(), 5, "{blocks:?}");
    for (block, word) in blocks
        .iter()
        .zip(["number 2", "rare 8", "2 of 2", "<img", "loops"])
    {
        assert!(block.1.contains(word), "{word}: {}", block.1);
    }
}
