//! An adaptation from beginning to end, with nothing chosen by the target's labels: they are asked for when all is over.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tch::{Kind, Tensor};

use super::{
    Adaptation, Callback, Epoch, Features, Flow, History, Learner, LearningRate, State,
    TrainConfig, features_of, predict,
};
use crate::adapt::{
    BatchNormStatistics, Criterion, Method, SourceUse, adapt_batch_norm, deep_embedded_validation,
    density_ratios, select,
};
use crate::data::{DataLoader, Dataset, Unlabelled};
use crate::models::Backbone;
use crate::{Error, Result};

/// The pictures of a domain adaptation. Those of the target lose their labels here.
#[derive(Debug, Clone)]
pub struct Domains {
    /// Labelled, to learn from.
    source: DataLoader,
    /// Labelled, of the source, never learned from; for [DEV](deep_embedded_validation).
    held_out: DataLoader,
    /// To adapt to.
    target: DataLoader,
    /// Of the target, to choose an epoch by, and to take statistics from.
    watched: DataLoader,
    /// Of the target, to be judged by at the end.
    judged: DataLoader,
}

/// How the target is to be met.
#[derive(Debug)]
pub enum Technique {
    /// Not at all: what a net that has learned the source is worth there. The baseline of all others.
    SourceOnly,
    /// As above, then with the target's statistics in batch normalisation (AdaBN).
    TargetStatistics,
    /// By a method, in every step; if it wants a net that has learned the source, in the second half of the epochs.
    Adapted(Box<dyn Method>),
    /// By its own labels: these pictures take the source's place. What no adaptation can hope to beat.
    TargetOracle(DataLoader),
}

/// What came of a training.
#[derive(Debug)]
pub struct Outcome {
    /// The net after the last epoch.
    pub net: Box<dyn Backbone>,
    /// What happened.
    pub history: History,
    /// The seconds of all steps.
    pub seconds: f64,
    epochs: Vec<Watched>,
}

/// What was noted after an epoch, without a label of the target.
#[derive(Debug, Clone)]
struct Watched {
    /// In the order of [`Criterion::ALL`]; not a number where one does not apply.
    criteria: [f64; 4],
    /// The class of each picture to be judged by.
    said: Vec<usize>,
}

/// How good a training was, by the labels of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The accuracy after the last epoch, which was fixed beforehand, in [0, 1].
    pub last: f64,
    /// The accuracy after the epoch that each criterion chooses.
    pub chosen: Vec<(Criterion, f64)>,
    /// The accuracy after the epoch that is best by these very labels: what nobody could have chosen. Not a result.
    pub peeked: f64,
    /// Of each class, the share of its pictures that the net gets right in the end; not a number for one without pictures.
    pub recall: Vec<f64>,
}

impl Domains {
    /// Labelled pictures of the source to learn from, others of it `held_out`, and pictures of the target to adapt to, to watch
    /// the training on (they may be the same), and to be judged by. All but the first and the third as they are, in order.
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
            held_out,
            target: blind(target),
            watched: blind(watched),
            judged: blind(judged),
        }
    }

    /// Trains a net for so many epochs of the source, with one cycle of the learning rate (two, where the source is learned
    /// first). After every epoch it is noted what it says of the target.
    ///
    /// # Errors
    ///
    /// As [`Learner::fit`]; or a method that builds on the source has fewer than two epochs.
    pub fn train(
        &self,
        net: Box<dyn Backbone>,
        technique: Technique,
        (epochs, lr): (usize, f64),
        config: &TrainConfig,
    ) -> Result<Outcome> {
        let notes = Rc::new(RefCell::new(Notes::default()));
        let statistics = matches!(technique, Technique::TargetStatistics);
        let watch = Watch {
            domains: self.clone(),
            statistics,
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
            let part = learner.fit_one_cycle(epochs, LearningRate::Same(lr))?;
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

    fn adapt_statistics(&self, net: &dyn Backbone) -> Result<()> {
        let batches = self.watched.batches(0);
        let device = net.device();
        let pictures = batches.map(|batch| Ok(batch?.xs.to_device(device)));
        adapt_batch_norm(net, pictures).map(|_| ())
    }

    /// What can be said of a net without labels of the target.
    fn watch(&self, net: &dyn Backbone) -> Result<Watched> {
        let watched = features_of(net, &self.watched)?;
        let held_out = features_of(net, &self.held_out)?;
        let logits = |of: &Features| {
            let said = tch::no_grad(|| net.classify(&of.xs.to_device(net.device()), false));
            said.to_device(tch::Device::Cpu).to_kind(Kind::Float)
        };
        let [entropy, maximised, density] = select::of_logits(&logits(&watched))?;
        // One half of what was held out says what the source looks like, the other has its losses weighed.
        let half = |xs: &Tensor, start: i64| xs.slice(0, start, None, 2);
        let losses = half(&logits(&held_out), 1).f_cross_entropy_loss::<Tensor>(
            &half(&held_out.labels, 1),
            None,
            tch::Reduction::None,
            -100,
            0.0,
        )?;
        let (known, weighed) = (half(&held_out.xs, 0), half(&held_out.xs, 1));
        let weights = density_ratios(&known, &watched.xs, &weighed)?;
        let risk = deep_embedded_validation(&losses, &weights)?;
        let said = predict(net, &self.judged)?.predictions;
        let said = Vec::<i64>::try_from(&said)?;
        Ok(Watched {
            criteria: [entropy, maximised, density, risk],
            said: said.into_iter().map(|class| class as usize).collect(),
        })
    }
}

impl Outcome {
    /// How good it was: the only place that sees labels of the target. `truth` has the pictures that the training was to be judged
    /// by, in the same order.
    ///
    /// # Errors
    ///
    /// There are more or fewer pictures than were judged, one of them could not be read, or they have no labels.
    pub fn judge(&self, truth: &dyn Dataset) -> Result<Verdict> {
        let labels = truth.labels();
        let classes = truth.classes().len();
        let judged = self.epochs.first().map_or(0, |epoch| epoch.said.len());
        if judged != labels.len() || classes == 0 || judged == 0 {
            let expected = format!("{judged} with labels, as were judged");
            let found = format!("{} of {classes} classes", labels.len());
            return Err(Error::argument("pictures to judge by", expected, found));
        }
        let right = |epoch: &Watched| {
            let hits = epoch.said.iter().zip(&labels);
            hits.filter(|(said, label)| said == label).count() as f64 / labels.len() as f64
        };
        let accuracies: Vec<f64> = self.epochs.iter().map(right).collect();
        let chosen = Criterion::ALL.iter().enumerate().map(|(place, criterion)| {
            let values: Vec<f64> = self.epochs.iter().map(|it| it.criteria[place]).collect();
            let best = criterion.best(&values);
            (*criterion, best.map_or(f64::NAN, |best| accuracies[best]))
        });
        let said = self
            .epochs
            .last()
            .map(|epoch| epoch.said.as_slice())
            .unwrap_or_default();
        let recall = |class: usize| {
            let of_class = labels
                .iter()
                .zip(said)
                .filter(|(label, _)| **label == class);
            let (hits, all) = of_class.fold((0.0, 0.0), |(hits, all), (label, said)| {
                (hits + f64::from(u8::from(label == said)), all + 1.0)
            });
            hits / all
        };
        Ok(Verdict {
            last: accuracies.last().copied().unwrap_or(f64::NAN),
            chosen: chosen.collect(),
            peeked: accuracies.iter().copied().fold(f64::NAN, f64::max),
            recall: (0..classes).map(recall).collect(),
        })
    }

    /// The values of a criterion after each epoch.
    #[must_use]
    pub fn criterion(&self, of: Criterion) -> Vec<f64> {
        let place = Criterion::ALL.iter().position(|it| *it == of).unwrap_or(0);
        self.epochs
            .iter()
            .map(|epoch| epoch.criteria[place])
            .collect()
    }
}

/// What a callback brings home.
#[derive(Default)]
struct Notes {
    epochs: Vec<Watched>,
    failed: Option<Error>,
}

/// Looks at the net after every epoch.
struct Watch {
    domains: Domains,
    /// Whether the net is looked at with the target's statistics.
    statistics: bool,
    notes: Rc<RefCell<Notes>>,
}

impl Watch {
    fn look(&self, net: &dyn Backbone) -> Result<Watched> {
        if !self.statistics {
            return self.domains.watch(net);
        }
        let mut before = BatchNormStatistics::of(net);
        let seen = self
            .domains
            .adapt_statistics(net)
            .and_then(|()| self.domains.watch(net));
        before.swap(net);
        seen
    }
}

impl Callback for Watch {
    fn epoch_end(&mut self, state: &State<'_>, _: &Epoch) -> Flow {
        let seen = self.look(state.net);
        let mut notes = self.notes.borrow_mut();
        match seen {
            Ok(watched) => {
                notes.epochs.push(watched);
                Flow::Continue
            }
            Err(error) => {
                notes.failed = Some(error);
                Flow::Stop
            }
        }
    }
}
