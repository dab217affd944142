//! The recipes of transfer learning, as phases of a training.

use super::groups::layers_before;
use super::plan::Phase;
use super::{History, Learner, LearningRate, OneCycle, Schedule};
use crate::Result;
use crate::models::Backbone;

/// fastai's `fine_tune` with its defaults: the head alone for an epoch, then everything, the early layers slowly. The
/// optimiser is the configuration's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FineTune {
    /// Epochs of the second part.
    pub epochs: usize,
    /// The head's highest learning rate in the first part; half of it in the second.
    pub base_lr: f64,
    /// Epochs of the first part.
    pub freeze_epochs: usize,
    /// How many times slower than the head the first layer learns in the second part.
    pub lr_mult: f64,
    /// The share of the second part in which the rate rises.
    pub pct_start: f64,
    /// How many times lower the rate is at the start of the second part than at its peak.
    pub div: f64,
}

impl FineTune {
    /// fastai's defaults.
    #[must_use]
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            base_lr: 2e-3,
            freeze_epochs: 1,
            lr_mult: 100.0,
            pct_start: 0.3,
            div: 5.0,
        }
    }

    fn phases(&self, net: &dyn Backbone) -> Vec<Phase> {
        let half = self.base_lr / 2.0;
        vec![
            Phase {
                epochs: self.freeze_epochs,
                lr: LearningRate::Head(self.base_lr),
                schedule: Schedule::OneCycle(OneCycle {
                    pct_start: 0.99,
                    ..OneCycle::FASTAI
                }),
                frozen: Some(layers_before(net, 1)),
            },
            Phase {
                epochs: self.epochs,
                lr: LearningRate::Between(half / self.lr_mult, half),
                schedule: Schedule::OneCycle(OneCycle {
                    pct_start: self.pct_start,
                    div: self.div,
                    ..OneCycle::FASTAI
                }),
                frozen: Some(Vec::new()),
            },
        ]
    }
}

impl Learner {
    /// Trains what is not frozen, with the configuration's learning rate and schedule.
    ///
    /// # Errors
    ///
    /// The loader fails, a label has no place in the net's head, an epoch has no batch of two or more pictures, the
    /// training diverges ([`Error::Diverged`](crate::Error::Diverged); the net is then back at the start of the epoch,
    /// or at a later snapshot), or a checkpoint cannot be written or is of another training.
    pub fn fit(&mut self, epochs: usize) -> Result<History> {
        let phase = self.as_configured(epochs, None);
        self.train(&[phase])
    }

    /// Trains what is not frozen with one cycle of the learning rate and of the momentum, as fastai's function of this
    /// name: a rise in a quarter of the steps from a 25th of `lr`, then a fall almost to 0.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_one_cycle(&mut self, epochs: usize, lr: impl Into<LearningRate>) -> Result<History> {
        self.train(&[Phase {
            epochs,
            lr: lr.into(),
            schedule: Schedule::OneCycle(OneCycle::FASTAI),
            frozen: None,
        }])
    }

    /// [`FineTune`] with fastai's defaults. Unlike there, batch normalisation in frozen layers stays frozen, every layer
    /// of the net is a group of its own, and the optimiser is the configuration's: fastai's own is AdamW with β₂ 0.99, an
    /// ε of 1e-5 and a weight decay of 0.01 that [spares biases and
    /// normalisation](super::OptimizerConfig::sparing_norm_and_bias).
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fine_tune(&mut self, epochs: usize) -> Result<History> {
        self.fine_tune_with(&FineTune::new(epochs))
    }

    /// [`FineTune`] with other numbers.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fine_tune_with(&mut self, recipe: &FineTune) -> Result<History> {
        self.train(&recipe.phases(self.net()))
    }

    /// Gradual unfreezing (Howard and Ruder, ULMFiT, 2018): the head alone for `every` epochs, then one more layer
    /// after every `every` epochs, until the epochs are used up; what is left of them trains all layers.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_gradually(&mut self, epochs: usize, every: usize) -> Result<History> {
        let groups = self.net().layer_names().len();
        let mut phases = Vec::new();
        let mut left = epochs;
        for learning in 1..=groups {
            let share = if learning == groups {
                left
            } else {
                every.min(left)
            };
            left -= share;
            if share > 0 {
                phases.push(self.as_configured(share, Some(layers_before(self.net(), learning))));
            }
        }
        self.train(&phases)
    }

    /// The head first, then everything at a tenth of the rate, so that the features are not spoilt while the head is
    /// still random (LP-FT; Kumar et al., "Fine-Tuning can Distort Pretrained Features", 2022).
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    pub fn fit_head_then_all(&mut self, head_epochs: usize, epochs: usize) -> Result<History> {
        let head = self.as_configured(head_epochs, Some(layers_before(self.net(), 1)));
        let mut all = self.as_configured(epochs, Some(Vec::new()));
        all.lr = all.lr.scaled(0.1);
        self.train(&[head, all])
    }

    fn as_configured(&self, epochs: usize, frozen: Option<Vec<String>>) -> Phase {
        Phase {
            epochs,
            lr: self.config.lr.clone(),
            schedule: self.config.schedule.clone(),
            frozen,
        }
    }
}
