//! Being told what happens in a training, and stopping it.

use std::fmt;

use super::{Epoch, History, Step};
use crate::models::Backbone;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End the training here, in good order: what a checkpoint keeps is written, the history is returned.
    Stop,
}

impl From<()> for Flow {
    fn from((): ()) -> Self {
        Flow::Continue
    }
}

/// A training as a callback sees it.
#[derive(Debug)]
pub struct State<'a> {
    /// The net. While an average of the weights is kept, these are the weights of the last step.
    pub net: &'a dyn Backbone,
    /// The present epoch, from 1; the last one at the end.
    pub epoch: usize,
    /// How many there will be.
    pub epochs: usize,
    /// Steps behind us; all of them at the end of a training that [`EarlyStopping`](super::EarlyStopping) ended.
    pub step: usize,
    /// Steps that there will be.
    pub steps: usize,
    /// The last step that changed the net, if there was one.
    pub last: Option<&'a Step>,
    /// Training pictures per second in this epoch so far.
    pub images_per_second: f64,
    /// How long the rest will take at the present speed, without validation; 0 at the end.
    pub eta_seconds: f64,
    /// Everything so far.
    pub history: &'a History,
}

impl fmt::Display for State<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "epoch {} of {}, step {} of {}",
            self.epoch, self.epochs, self.step, self.steps
        )?;
        if let Some(last) = self.last {
            write!(f, ": loss {:.3}", last.loss)?;
        }
        // Nothing is known before the first step.
        if self.images_per_second > 0.0 {
            let (rate, left) = (self.images_per_second, self.eta_seconds);
            write!(f, ", {rate:.0} pictures/s, {left:.0} s left")?;
        }
        Ok(())
    }
}

/// Something that is told what happens. Every method has a default that does nothing.
pub trait Callback {
    /// Before the first step; after a resumption too.
    fn train_begin(&mut self, _state: &State<'_>) -> Flow {
        Flow::Continue
    }

    /// Before each epoch (and before the rest of one that was interrupted).
    fn epoch_begin(&mut self, _state: &State<'_>) -> Flow {
        Flow::Continue
    }

    /// After each step that changed the net.
    fn step_end(&mut self, _state: &State<'_>) -> Flow {
        Flow::Continue
    }

    /// After each epoch and its validation.
    fn epoch_end(&mut self, _state: &State<'_>, _epoch: &Epoch) -> Flow {
        Flow::Continue
    }

    /// After everything, also if the training was stopped; not after an error.
    fn train_end(&mut self, _state: &State<'_>) {}
}

/// A closure that is called after each epoch.
pub(super) struct OnEpoch<F>(pub(super) F);

impl<F: FnMut(&Epoch) -> R, R: Into<Flow>> Callback for OnEpoch<F> {
    fn epoch_end(&mut self, _state: &State<'_>, epoch: &Epoch) -> Flow {
        (self.0)(epoch).into()
    }
}

/// A closure that is called after each step.
pub(super) struct OnStep<F>(pub(super) F);

impl<F: FnMut(&State<'_>) -> R, R: Into<Flow>> Callback for OnStep<F> {
    fn step_end(&mut self, state: &State<'_>) -> Flow {
        (self.0)(state).into()
    }
}

/// Several callbacks as one.
#[derive(Default)]
pub(super) struct Callbacks(pub(super) Vec<Box<dyn Callback>>);

impl Callbacks {
    /// Tells all; stops if one wants to.
    fn tell(&mut self, tell: impl Fn(&mut dyn Callback) -> Flow) -> Flow {
        let answers = self.0.iter_mut().map(|callback| tell(&mut **callback));
        answers.fold(Flow::Continue, |flow, answer| {
            if flow == Flow::Stop { flow } else { answer }
        })
    }
}

impl Callback for Callbacks {
    fn train_begin(&mut self, state: &State<'_>) -> Flow {
        self.tell(|callback| callback.train_begin(state))
    }

    fn epoch_begin(&mut self, state: &State<'_>) -> Flow {
        self.tell(|callback| callback.epoch_begin(state))
    }

    fn step_end(&mut self, state: &State<'_>) -> Flow {
        self.tell(|callback| callback.step_end(state))
    }

    fn epoch_end(&mut self, state: &State<'_>, epoch: &Epoch) -> Flow {
        self.tell(|callback| callback.epoch_end(state, epoch))
    }

    fn train_end(&mut self, state: &State<'_>) {
        for callback in &mut self.0 {
            callback.train_end(state);
        }
    }
}
