//! Interrupted trainings go on and end with the same bits, whatever interrupted them and when.

mod training;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use training::{Dropping, alone, checkpointing, everything, learner, loader, net, same, weights};
use transfer::checkpoint::{self, StateDict};
use transfer::models::Backbone;
use transfer::train::{Every, FineTune, Flow, History, Learner, LearningRate, State};

const RECIPE: FineTune = FineTune {
    epochs: 3,
    base_lr: 5e-3,
    freeze_epochs: 2,
    lr_mult: 10.0,
    pct_start: 0.3,
    div: 5.0,
};

fn stop_at(step: usize) -> impl FnMut(&State<'_>) -> Flow {
    move |state| {
        if state.step == step {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }
}

fn uninterrupted() -> (StateDict, History) {
    let mut learner = learner(everything());
    let history = learner.fine_tune_with(&RECIPE).unwrap();
    (weights(learner.net()), history.without_measurements())
}

#[test]
fn stopped_anywhere_and_resumed_is_as_if_never_stopped() {
    let _turn = alone();
    let (expected, history) = uninterrupted();
    assert_eq!((history.steps.len(), history.epochs.len()), (15, 5));
    for (stop, every) in [
        (1, Every::Epochs(1)),
        (3, Every::Steps(2)),
        (6, Every::Steps(1)),
        (8, Every::Epochs(2)),
        (14, Every::Seconds(0.0)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let stopped = checkpointing(folder.path(), every)
            .on_step(stop_at(stop))
            .fine_tune_with(&RECIPE)
            .unwrap();
        assert_eq!(stopped.steps.len(), stop);
        assert!(std::fs::read_dir(folder.path()).unwrap().count() <= 2);
        let mut learner = checkpointing(folder.path(), every);
        let resumed = learner.resume(folder.path()).unwrap().unwrap();
        assert_eq!(
            (resumed.history.steps.len(), resumed.passed_over.len()),
            (stop, 0)
        );
        let found = learner.fine_tune_with(&RECIPE).unwrap();
        assert_eq!(found.without_measurements(), history, "stopped at {stop}");
        assert!(
            same(&weights(learner.net()), &expected),
            "stopped at {stop}"
        );
        // What is complete is not done again.
        let mut learner = checkpointing(folder.path(), every)
            .on_step(|state: &State<'_>| assert!(state.step > 15, "a step too many"));
        assert!(learner.resume(folder.path()).unwrap().is_some());
        assert_eq!(
            learner
                .fine_tune_with(&RECIPE)
                .unwrap()
                .without_measurements(),
            history
        );
        assert!(same(&weights(learner.net()), &expected));
    }
}

#[test]
fn a_learner_can_resume_itself_and_trains_on() {
    let _turn = alone();
    let train_twice = |folder: Option<&Path>| {
        let mut learner = learner(everything());
        learner.fit(1).unwrap();
        if let Some(folder) = folder {
            learner = learner
                .checkpoint_to(folder, Every::Steps(1))
                .on_epoch(|epoch| match epoch.epoch {
                    1 => Flow::Stop,
                    _ => Flow::Continue,
                });
            assert_eq!(learner.fit(2).unwrap().epochs.len(), 1);
            learner.resume(folder).unwrap().unwrap();
        }
        let history = learner.fit(2).unwrap();
        (weights(learner.net()), history.without_measurements())
    };
    let folder = tempfile::tempdir().unwrap();
    let ((one, history), (other, again)) = (train_twice(None), train_twice(Some(folder.path())));
    assert_eq!(history, again);
    assert!(same(&one, &other));
}

#[test]
fn a_checkpoint_of_something_else_is_refused_by_name() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(
        checkpointing(path, Every::Steps(1))
            .resume(path)
            .unwrap()
            .is_none()
    );
    checkpointing(path, Every::Steps(1))
        .on_step(stop_at(2))
        .fit(2)
        .unwrap();
    let refusal = |mut learner: Learner| learner.resume(path).unwrap_err().to_string();
    let make = |data, seed| {
        Learner::new(
            Box::new(Dropping(net(0))),
            loader(18, data, 4).shuffled(seed),
        )
        .validate_on(loader(9, 1, 5))
    };
    let message = refusal(learner(everything().clip_norm(3.0)));
    assert!(
        message.contains("clip_norm is Some(2.0) in the checkpoint and Some(3.0) here"),
        "{message}"
    );
    assert!(refusal(make(5, 3).config(everything())).contains("training data: first batch"));
    let message = refusal(make(0, 4).config(everything()));
    assert!(
        message.contains("training data: transform and order is") && message.contains("Some(4)"),
        "{message}"
    );
    let message = refusal(
        Learner::new(Box::new(Dropping(net(0))), loader(18, 0, 4).shuffled(3)).config(everything()),
    );
    assert!(
        message.contains("validation data: batches is 2 in the checkpoint and nothing here"),
        "{message}"
    );
    let mut other = net(0);
    other.replace_head(4);
    let other =
        Learner::new(Box::new(other), loader(18, 0, 4).shuffled(3)).validate_on(loader(9, 1, 5));
    let message = refusal(other.config(everything()));
    assert!(
        message.contains("net: linear.bias is [3] Float in the checkpoint and [4] Float here"),
        "{message}"
    );

    let mut resumed = learner(everything());
    resumed.resume(path).unwrap();
    let message = resumed.fit(3).unwrap_err().to_string();
    assert!(
        message.contains("plan: phase 1 is Phase { epochs: 2"),
        "{message}"
    );
    let mut resumed = learner(everything());
    resumed.resume(path).unwrap();
    assert!(
        resumed
            .fit_one_cycle(2, LearningRate::Same(3e-3))
            .unwrap_err()
            .to_string()
            .contains("OneCycle")
    );
    let message = checkpointing(path, Every::Steps(1))
        .fit(2)
        .unwrap_err()
        .to_string();
    assert!(message.contains("`resume` was not called"), "{message}");
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_told() {
    let _turn = alone();
    let (expected, history) = uninterrupted();
    let folder = tempfile::tempdir().unwrap();
    let stopped = stop_at(5);
    checkpointing(folder.path(), Every::Steps(2))
        .on_step(stopped)
        .fine_tune_with(&RECIPE)
        .unwrap();
    let newest = folder.path().join("step-000000005.safetensors");
    let whole = std::fs::read(&newest).unwrap();
    std::fs::write(&newest, &whole[..whole.len() / 2]).unwrap();
    let mut learner = checkpointing(folder.path(), Every::Steps(2));
    let resumed = learner.resume(folder.path()).unwrap().unwrap();
    assert!(resumed.path.ends_with("step-000000004.safetensors"));
    assert!(
        resumed.passed_over[0]
            .to_string()
            .contains("step-000000005")
    );
    assert_eq!(
        learner
            .fine_tune_with(&RECIPE)
            .unwrap()
            .without_measurements(),
        history
    );
    assert!(same(&weights(learner.net()), &expected));
    // Weights alone are no training.
    let folder = tempfile::tempdir().unwrap();
    checkpoint::write(folder.path().join("step-000000001.safetensors"), &expected).unwrap();
    let message = learner.resume(folder.path()).unwrap_err().to_string();
    assert!(message.contains("no checkpoint of a training"), "{message}");
}

const FOLDER: &str = "TRANSFER_TEST_FOLDER";
const EPOCHS: &str = "TRANSFER_TEST_EPOCHS";

/// The child of the test below: trains, going on from wherever it was killed, and leaves the result.
#[test]
fn child() {
    let (Ok(folder), Ok(epochs)) = (std::env::var(FOLDER), std::env::var(EPOCHS)) else {
        return;
    };
    let _turn = alone();
    let folder = Path::new(&folder);
    let checkpoints = folder.join("checkpoints");
    let mut learner = checkpointing(&checkpoints, Every::Steps(1));
    learner.resume(&checkpoints).unwrap();
    let history = learner
        .fit(epochs.parse().unwrap())
        .unwrap()
        .without_measurements();
    let csv = history.epochs_to_csv() + &history.steps_to_csv();
    std::fs::write(folder.join("history.csv"), csv).unwrap();
    checkpoint::write(folder.join("result.safetensors"), &weights(learner.net())).unwrap();
}

fn start_child(folder: &Path, epochs: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child"])
        .env(FOLDER, folder)
        .env(EPOCHS, epochs.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn result(folder: &Path) -> (String, StateDict) {
    let history = std::fs::read_to_string(folder.join("history.csv")).unwrap();
    (
        history,
        checkpoint::read(folder.join("result.safetensors")).unwrap(),
    )
}

fn newest(folder: &Path) -> Option<String> {
    let files = std::fs::read_dir(folder.join("checkpoints")).ok()?;
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter(|name| name.starts_with("step-")).max()
}

/// Kills the training without warning at random moments; `TRANSFER_KILLS=50` for a longer trial.
#[test]
fn killed_at_any_moment_and_resumed_is_as_if_never_killed() {
    let _turn = alone();
    let kills: usize = std::env::var("TRANSFER_KILLS").map_or(5, |kills| kills.parse().unwrap());
    let epochs = 8 * kills;
    let (calm, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(start_child(calm.path(), epochs).wait().unwrap().success());
    let mut done = 0;
    let mut random = u64::from(std::process::id());
    while done < kills {
        let before = newest(killed.path());
        let mut child = start_child(killed.path(), epochs);
        // Every life gets a step further, and then up to a hundred milliseconds.
        while newest(killed.path()) == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((random >> 33) % 100_000));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        done += 1;
    }
    assert!(start_child(killed.path(), epochs).wait().unwrap().success());
    println!("{done} kills");
    assert!(done > 0, "the training was over before the first kill");
    let ((expected, one), (found, other)) = (result(calm.path()), result(killed.path()));
    assert_eq!(expected, found, "after {done} kills");
    assert!(same(&one, &other), "after {done} kills");
}
