//! An adaptation from beginning to end, with nothing chosen by the target's labels: they are asked for when all is over.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::watch::{Notes, Watch};
use super::{Adaptation, Outcome};
use crate::adapt::{BatchNormStatistics, Method, SourceUse};
use crate::data::{DataLoader, Unlabelled};
use crate::models::Backbone;
use crate::train::{History, Learner, LearningRate, TrainConfig};
use crate::{Error, Result};

/// The pictures of a domain adaptation. Those of the target lose their labels here.
#[derive(Debug, Clone)]
pub struct Domains {
    /// Labelled, to learn from.
    source: DataLoader,
    /// Labelled, of the source, never learned from; for [DEV](crate::adapt::deep_embedded_validation).
    pub(super) held_out: DataLoader,
    /// To adapt to.
    target: DataLoader,
    /// Of the target, to choose an epoch by, and to take statistics from.
    pub(super) watched: DataLoader,
    /// Of the target, to be judged by at the end.
    pub(super) judged: DataLoader,
}

/// How the target is to be met.
#[derive(Debug)]
pub enum Technique {
    /// Not at all: what a net that has learned the source is worth there. The baseline of all others.
    SourceOnly,
    /// As above, then with the target's statistics in batch normalisation (AdaBN); without any, it is the same as above.
    TargetStatistics,
    /// By a method, in every step; if it wants a net that has learned the source, in the second half of the epochs.
    Adapted(Box<dyn Method>),
    /// By its own labels: these pictures take the source's place. What no adaptation can hope to beat.
    TargetOracle(DataLoader),
}

impl Domains {
    /// Labelled pictures of the source to learn from, others of it `held_out`, and pictures of the target: to adapt to, to watch
    /// the training on (they may be the same), and to be judged by. Those that are not learned from are taken in the order of their
    /// data sets, whatever the loader's; their transforms should have no randomness.
    #[must_use]
    pub fn new(
        source: DataLoader,
        held_out: DataLoader,
        [target, watched, judged]: [DataLoader; 3],
    ) -> Self {
        let blind = |loader: DataLoader| {
            let unlabelled = Unlabelled::new(loader.dataset().clone());
            loader.of(Arc::new(unlabelled))
        };
        Self {
            source,
            held_out: held_out.in_order(),
            target: blind(target),
            watched: blind(watched).in_order(),
            judged: blind(judged).in_order(),
        }
    }

    /// Trains a net for so many epochs of the source, with one cycle of the learning rate (two, where the source is learned
    /// first). What learns beside the net has the head's rate; a pretrained trunk is usually given a tenth of it
    /// ([`LearningRate::Head`]). After every epoch it is noted what the net says of the target.
    ///
    /// # Errors
    ///
    /// As [`Learner::fit`]; or a method that builds on the source has fewer than two epochs.
    pub fn train(
        &self,
        net: Box<dyn Backbone>,
        technique: Technique,
        (epochs, lr): (usize, impl Into<LearningRate>),
        config: &TrainConfig,
    ) -> Result<Outcome> {
        let lr = lr.into();
        let notes = Rc::new(RefCell::new(Notes::default()));
        let statistics = matches!(technique, Technique::TargetStatistics);
        let watch = Watch {
            domains: self.clone(),
            statistics,
            by_source: !matches!(&technique, Technique::Adapted(method) if method.source_use() == SourceUse::Unused),
            notes: notes.clone(),
        };
        let learned_from = match &technique {
            Technique::TargetOracle(labelled) => labelled,
            _ => &self.source,
        };
        let mut learner = Learner::new(net, learned_from.clone())
            .config(config.clone())
            .callback(watch);
        let mut history = History::default();
        let mut left = epochs;
        let mut fit = |learner: &mut Learner, epochs: usize| -> Result<()> {
            let part = learner.fit_one_cycle(epochs, lr.clone())?;
            if let Some(error) = notes.borrow_mut().failed.take() {
                return Err(error);
            }
            history.epochs.extend(part.epochs);
            history.steps.extend(part.steps);
            Ok(())
        };
        if let Technique::Adapted(method) = technique {
            if method.source_use() != SourceUse::Learned {
                if epochs < 2 {
                    let expected = "two or more, half of them for the source";
                    return Err(Error::argument("epochs", expected, epochs));
                }
                fit(&mut learner, epochs / 2)?;
                left -= epochs / 2;
            }
            let still = self.watched.transform().clone();
            learner = learner.adapt_to(Adaptation::new(&self.target, method).still(still));
        }
        fit(&mut learner, left)?;
        let seconds = history.seconds();
        let epochs = std::mem::take(&mut notes.borrow_mut().epochs);
        let net = learner.into_net();
        if statistics {
            self.adapt_statistics(&*net)?;
        }
        Ok(Outcome {
            net,
            history,
            seconds,
            epochs,
        })
    }

    pub(super) fn adapt_statistics(&self, net: &dyn Backbone) -> Result<()> {
        let device = net.device();
        let batches = self.watched.batches(0);
        BatchNormStatistics::adapt(net, batches.map(|batch| Ok(batch?.xs.to_device(device))))
    }
}
