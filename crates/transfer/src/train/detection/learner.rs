//! What trains a detector, and how it is set up.

use std::fmt;

use super::{BoxLoader, DetectionEpoch, DetectionHistory, DetectionStep};
use crate::models::Detector;
use crate::train::OptimizerConfig;

type OnStep = Box<dyn FnMut(&DetectionStep, &DetectionHistory)>;
type OnEpoch = Box<dyn FnMut(&DetectionEpoch, &DetectionHistory)>;

/// Trains a detector.
///
/// With pictures for validation, the net ends with the weights of the epoch that was best there, also where the training is interrupted or diverges. On a
/// CPU, the same net and pictures give the same weights, with any number of threads that decode. No step is taken with a loss or a gradient that is not
/// finite.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let loader = |seed: u64| {
///     let scenes = Scenes::new(SpeciesSet::Novel, 4, 64, seed).in_memory()?;
///     BoxLoader::new(Arc::new(scenes), Transform::detection(64, 64), 2)
/// };
/// let body = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 12, Device::Cpu, 0);
/// let net = Detector::new(DetectorConfig::fcos(12).small(), Box::new(body), 64, 0)?;
/// let mut learner = DetectionLearner::new(net, loader(0)?.shuffled(0)).validate_on(loader(1)?);
/// let history: DetectionHistory = learner.fit_one_cycle(1, 1e-3)?;
/// assert_eq!((history.steps.len(), history.best), (2, Some(1)));
/// let judged: JudgedDetector = learner.evaluate(&loader(2)?)?;
/// println!("average precision {:.3}", judged.eval.coco().ap);
/// # Ok(())
/// # }
/// ```
pub struct DetectionLearner {
    pub(super) net: Detector,
    pub(super) train: BoxLoader,
    pub(super) valid: Option<BoxLoader>,
    pub(super) optimizer: OptimizerConfig,
    pub(super) clip_norm: f64,
    pub(super) seed: u64,
    /// Those of earlier trainings: the next one goes on with the order and the changes of the pictures.
    pub(super) earlier_epochs: usize,
    pub(super) on_step: Option<OnStep>,
    pub(super) on_epoch: Option<OnEpoch>,
    pub(super) history: DetectionHistory,
}

impl fmt::Debug for DetectionLearner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DetectionLearner({:?} on {} pictures)",
            self.net.config(),
            self.train.dataset().len()
        )
    }
}

impl DetectionLearner {
    /// Trains a detector on these pictures: AdamW, gradients shortened to a norm of 1, unless told otherwise.
    #[must_use]
    pub fn new(net: Detector, train: BoxLoader) -> Self {
        Self {
            net,
            train,
            valid: None,
            optimizer: OptimizerConfig::adamw(),
            clip_norm: 1.0,
            seed: 0,
            earlier_epochs: 0,
            on_step: None,
            on_epoch: None,
            history: DetectionHistory::default(),
        }
    }

    /// Judges the net by these pictures after each epoch (COCO's average precision), and ends with the weights of the best one.
    #[must_use]
    pub fn validate_on(mut self, valid: BoxLoader) -> Self {
        self.valid = Some(valid);
        self
    }

    /// Sets the optimiser; it starts anew with every training.
    #[must_use]
    pub fn optimizer(mut self, optimizer: OptimizerConfig) -> Self {
        self.optimizer = optimizer;
        self
    }

    /// Sets the norm that all gradients together are shortened to where theirs is larger: a batch with one badly placed box can have a gradient a hundred
    /// times as long as others.
    #[must_use]
    pub fn clip_norm(mut self, norm: f64) -> Self {
        self.clip_norm = norm;
        self
    }

    /// Sets where libtorch's randomness starts: dropout, where the backbone has it.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Calls this after every step, with the step and everything before it.
    #[must_use]
    pub fn on_step(
        mut self,
        told: impl FnMut(&DetectionStep, &DetectionHistory) + 'static,
    ) -> Self {
        self.on_step = Some(Box::new(told));
        self
    }

    /// Calls this after every epoch, with the epoch and everything before it.
    #[must_use]
    pub fn on_epoch(
        mut self,
        told: impl FnMut(&DetectionEpoch, &DetectionHistory) + 'static,
    ) -> Self {
        self.on_epoch = Some(Box::new(told));
        self
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &Detector {
        &self.net
    }

    /// As [`net`](Self::net), to freeze layers between two trainings.
    pub fn net_mut(&mut self) -> &mut Detector {
        &mut self.net
    }

    /// The net by itself.
    #[must_use]
    pub fn into_net(self) -> Detector {
        self.net
    }

    /// What happened in the last training, also in one that was interrupted.
    #[must_use]
    pub fn history(&self) -> &DetectionHistory {
        &self.history
    }
}
