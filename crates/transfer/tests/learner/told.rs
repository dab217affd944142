//! What a training tells: callbacks on its way, a history in the end.

use std::sync::{Arc, Mutex};

use transfer::train::{Callback, Epoch, Flow, History, State, Stopped, TrainConfig};

use crate::training::{alone, everything, learner};

/// Notes everything it is told.
struct Notes(Arc<Mutex<Vec<String>>>);

impl Callback for Notes {
    fn train_begin(&mut self, state: &State<'_>) -> Flow {
        self.0
            .lock()
            .unwrap()
            .push(format!("begin {}/{}", state.step, state.steps));
        Flow::Continue
    }

    fn epoch_begin(&mut self, state: &State<'_>) -> Flow {
        self.0
            .lock()
            .unwrap()
            .push(format!("epoch {}/{}", state.epoch, state.epochs));
        Flow::Continue
    }

    fn step_end(&mut self, state: &State<'_>) -> Flow {
        assert!(state.images_per_second > 0.0 && state.eta_seconds >= 0.0);
        assert!(state.to_string().contains("pictures/s"), "{state}");
        assert_eq!(state.last.unwrap().step, state.step);
        self.0.lock().unwrap().push(format!("step {}", state.step));
        if state.step == 4 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    fn epoch_end(&mut self, state: &State<'_>, epoch: &Epoch) -> Flow {
        assert_eq!(state.history.epochs.last(), Some(epoch));
        self.0
            .lock()
            .unwrap()
            .push(format!("ended {}", epoch.epoch));
        Flow::Continue
    }

    fn train_end(&mut self, state: &State<'_>) {
        self.0.lock().unwrap().push(format!("end {}", state.step));
    }
}

#[test]
fn callbacks_are_told_and_can_stop() {
    let _turn = alone();
    let notes: Arc<Mutex<Vec<String>>> = Arc::default();
    let config = TrainConfig::new().accumulate(2);
    let history = learner(config.clone())
        .callback(Notes(notes.clone()))
        .fit(3)
        .unwrap();
    let expected = [
        "begin 0/9",
        "epoch 1/3",
        "step 1",
        "step 2",
        "step 3",
        "ended 1",
        "epoch 2/3",
        "step 4",
        "end 4",
    ];
    assert_eq!(*notes.lock().unwrap(), expected);
    assert_eq!(
        (history.epochs.len(), history.steps.len(), history.stopped),
        (1, 4, Some(Stopped::ByCallback))
    );
    let stop_at = |last: usize| {
        move |epoch: &Epoch| {
            if epoch.epoch == last {
                Flow::Stop
            } else {
                Flow::Continue
            }
        }
    };
    let history = learner(config.clone()).on_epoch(stop_at(2)).fit(3).unwrap();
    assert_eq!(
        (history.epochs.len(), history.stopped),
        (2, Some(Stopped::ByCallback))
    );
    let history = learner(config).on_epoch(stop_at(3)).fit(3).unwrap();
    assert_eq!(history.stopped, None, "it was the end anyway");
}

#[test]
fn a_history_is_a_table_and_survives_text() {
    let _turn = alone();
    let history = learner(everything()).fit(2).unwrap();
    assert_eq!(
        (
            history.to_frame().unwrap().height(),
            history.steps_to_frame().unwrap().height()
        ),
        (2, 6)
    );
    let back = History::from_csv(&history.epochs_to_csv(), &history.steps_to_csv()).unwrap();
    assert_eq!(back, history);
    let mut unmeasured = history.without_measurements();
    unmeasured.epochs[1].valid_loss = None;
    unmeasured.epochs[0].loss = f64::INFINITY;
    let back = History::from_csv(&unmeasured.epochs_to_csv(), &unmeasured.steps_to_csv()).unwrap();
    assert_eq!(back, unmeasured);
    let cut = history.epochs_to_csv().replace(",195", "");
    for (epochs, steps) in [
        (
            cut.trim_end().rsplit_once(',').unwrap().0.to_owned(),
            history.steps_to_csv(),
        ),
        (history.epochs_to_csv(), "step\n".into()),
    ] {
        assert!(
            History::from_csv(&epochs, &steps)
                .unwrap_err()
                .to_string()
                .contains("history")
        );
    }
}
