//! What a training does, apart from the net and the pictures.

use tch::Tensor;

use super::{
    BatchLoss, BatchSpectralShrinkage, CrossEntropy, Distillation, EarlyStopping, L2Sp,
    LearningRate, LossSum, OptimizerConfig, Precision, Schedule,
};
use crate::data::{Batch, Mix};
use crate::{Error, Result};

/// How a [`Learner`](super::Learner) trains, built by its setters.
///
/// ```
/// use transfer::train::{EarlyStopping, LearningRate, OptimizerConfig, Schedule, Span, TrainConfig};
///
/// let config = TrainConfig::new()
///     .optimizer(OptimizerConfig::sgd(0.9).weight_decay(5e-4))
///     .lr(LearningRate::Between(1e-4, 1e-2))
///     .schedule(Schedule::Cosine { end: 0.0 }.warmed_up(Span::Epochs(1.0)))
///     .label_smoothing(0.1)
///     .clip_norm(1.0)
///     .early_stopping(EarlyStopping { patience: 5, ..EarlyStopping::default() });
/// assert_eq!(config.accumulate, 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TrainConfig {
    /// The optimiser; it starts anew with every training and every phase of a recipe.
    pub optimizer: OptimizerConfig,
    /// The learning rates of [`fit`](super::Learner::fit); recipes have their own.
    pub lr: LearningRate,
    /// The schedule of [`fit`](super::Learner::fit); recipes have their own.
    pub schedule: Schedule,
    /// The loss.
    pub loss: CrossEntropy,
    /// Another loss in its place, of the whole batch: what trains on the numbers of a table's columns.
    pub batch_loss: Option<BatchLoss>,
    /// How the pictures of each batch are mixed with one another, and their labels with them.
    pub mix: Option<Mix>,
    /// The largest norm that all gradients together may have in a step; larger ones are shortened to it.
    pub clip_norm: Option<f64>,
    /// A pull back to where the weights started.
    pub l2_sp: Option<L2Sp>,
    /// A penalty on the directions of the features that hardly carry anything.
    pub bss: Option<BatchSpectralShrinkage>,
    /// A net whose answers are learned beside the labels.
    pub distillation: Option<Distillation>,
    /// How many batches make one step. Gradients are those of the mean over all their pictures, also in the last,
    /// smaller group of an epoch. (Batch normalisation still sees one batch at a time.)
    pub accumulate: usize,
    /// The kind of number that steps compute with.
    pub precision: Precision,
    /// The decay of an average of the weights, with which the net is judged and ends; see [`Ema`](super::Ema).
    pub ema: Option<f64>,
    /// When to end before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// The last good state, to which a diverging training returns, is kept at the start of every epoch, and within it
    /// every so many steps.
    pub snapshot_every: Option<usize>,
    /// Where libtorch's randomness (dropout) starts: its generator is seeded anew before each batch.
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            optimizer: OptimizerConfig::adamw(),
            lr: LearningRate::Same(1e-3),
            schedule: Schedule::Constant,
            loss: CrossEntropy::default(),
            batch_loss: None,
            mix: None,
            clip_norm: None,
            l2_sp: None,
            bss: None,
            distillation: None,
            accumulate: 1,
            precision: Precision::Full,
            ema: None,
            early_stopping: None,
            snapshot_every: None,
            seed: 0,
        }
    }
}

impl TrainConfig {
    /// AdamW at a constant rate of 0.001.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the optimiser.
    #[must_use]
    pub fn optimizer(mut self, optimizer: OptimizerConfig) -> Self {
        self.optimizer = optimizer;
        self
    }

    /// Sets the learning rate: one number, or a [`LearningRate`].
    #[must_use]
    pub fn lr(mut self, lr: impl Into<LearningRate>) -> Self {
        self.lr = lr.into();
        self
    }

    /// Sets the schedule.
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Spreads that share of each target evenly over all classes.
    #[must_use]
    pub fn label_smoothing(mut self, share: f64) -> Self {
        self.loss.label_smoothing = share;
        self
    }

    /// Weighs the classes in the loss.
    #[must_use]
    pub fn class_weights(mut self, weights: &[f64]) -> Self {
        self.loss.class_weights = Some(weights.to_vec());
        self
    }

    /// Puts another loss in the place of cross-entropy. The accuracy is then not a number, unless the head has one output
    /// for each of two or more classes.
    #[must_use]
    pub fn batch_loss(mut self, loss: BatchLoss) -> Self {
        self.batch_loss = Some(loss);
        self
    }

    /// Mixes the pictures of each batch.
    #[must_use]
    pub fn mix(mut self, mix: Mix) -> Self {
        self.mix = Some(mix);
        self
    }

    /// Shortens gradients whose norm is larger.
    #[must_use]
    pub fn clip_norm(mut self, norm: f64) -> Self {
        self.clip_norm = Some(norm);
        self
    }

    /// Pulls the weights back to where they started; see [`L2Sp`].
    #[must_use]
    pub fn l2_sp(mut self, penalty: L2Sp) -> Self {
        self.l2_sp = Some(penalty);
        self
    }

    /// Shrinks the least singular values of the features; see [`BatchSpectralShrinkage`].
    #[must_use]
    pub fn bss(mut self, penalty: BatchSpectralShrinkage) -> Self {
        self.bss = Some(penalty);
        self
    }

    /// Learns what a teacher says, too; see [`Distillation`].
    #[must_use]
    pub fn distillation(mut self, distillation: Distillation) -> Self {
        self.distillation = Some(distillation);
        self
    }

    /// Makes one step of so many batches.
    #[must_use]
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.accumulate = batches;
        self
    }

    /// Sets the kind of number that steps compute with.
    #[must_use]
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Keeps an average of the weights.
    #[must_use]
    pub fn ema(mut self, decay: f64) -> Self {
        self.ema = Some(decay);
        self
    }

    /// Ends the training when it no longer gets better.
    #[must_use]
    pub fn early_stopping(mut self, stopping: EarlyStopping) -> Self {
        self.early_stopping = Some(stopping);
        self
    }

    /// Keeps the state to return to every so many steps, beside every epoch.
    #[must_use]
    pub fn snapshot_every(mut self, steps: usize) -> Self {
        self.snapshot_every = Some(steps);
        self
    }

    /// Sets where randomness starts.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether the values make sense for a head of so many outputs.
    pub(super) fn check(&self, classes: i64) -> Result<()> {
        self.loss.check(classes)?;
        if self.batch_loss.is_some() && (self.mix.is_some() || self.loss != CrossEntropy::default())
        {
            let expected = "no mix, label smoothing or class weights, which are cross-entropy's";
            let found = format!("{:?} and {:?}", self.mix, self.loss);
            return Err(Error::argument("a loss of the batch", expected, found));
        }
        self.optimizer.check()?;
        if let Some(penalty) = &self.bss {
            penalty.check()?;
        }
        if let Some(distillation) = &self.distillation {
            distillation.check(classes)?;
            if self.batch_loss.is_some() {
                let expected = "none beside a teacher, which knows classes";
                return Err(Error::argument("a loss of the batch", expected, "one"));
            }
        }
        if self.accumulate == 0 || self.snapshot_every == Some(0) {
            return Err(Error::argument(
                "accumulate and snapshot_every",
                "at least 1",
                0,
            ));
        }
        if let Some(decay) = self.ema.filter(|decay| !(0.0..1.0).contains(decay)) {
            return Err(Error::argument(
                "decay of the average",
                "0 or more, below 1",
                decay,
            ));
        }
        let stopping = self.early_stopping.map(|stopping| stopping.min_delta);
        if let Some(delta) = stopping.filter(|delta| !(delta.is_finite() && *delta >= 0.0)) {
            return Err(Error::argument("min_delta", "0 or more, finite", delta));
        }
        match self.clip_norm.filter(|norm| norm.is_nan() || *norm <= 0.0) {
            Some(norm) => Err(Error::argument("clip_norm", "more than 0", norm)),
            None => Ok(()),
        }
    }

    /// The loss of a batch, against `targets` where they are not the batch's labels.
    pub(super) fn loss_of(
        &self,
        logits: &Tensor,
        batch: &Batch,
        targets: Option<&Tensor>,
    ) -> Result<LossSum> {
        match &self.batch_loss {
            Some(loss) => loss.sum(logits, batch),
            None => self.loss.sum(logits, targets.unwrap_or(&batch.labels)),
        }
    }
}
