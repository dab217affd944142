//! What trains a classifier of texts, and how it is set up.

use std::fmt;

use super::embed::evaluate_texts;
use crate::Result;
use crate::models::TextClassifier;
use crate::text::TextLoader;
use crate::train::{CrossEntropy, Epoch, Evaluation, History, OptimizerConfig, Step};

type OnStep = Box<dyn FnMut(&Step, &History)>;
type OnEpoch = Box<dyn FnMut(&Epoch, &History)>;

/// Trains a classifier of texts: whatever of it requires gradients (everything, its [top layers](crate::models::Bert::train_top),
/// [LoRA's matrices](crate::models::Bert::add_lora)) and the head.
///
/// The net ends with the weights of its last step; texts for validation are watched, not chosen by. On a CPU, the same net, texts
/// and seed give the same weights. What the history calls pictures are texts.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let folder = hub::locate_text_encoder("all-MiniLM-L6-v2")?;
/// let tokenizer = Tokenizer::open(&folder)?;
/// let loader = |part: &str| TextLoader::new(&support_messages(part)?, &tokenizer, 16);
/// let encoder = TextEncoder::open(&folder, device("auto")?)?;
/// let net = TextClassifier::new(encoder, loader("train")?.classes(), 0)?;
/// let mut learner = TextLearner::new(net, loader("train")?.shuffled(0)).validate_on(loader("valid")?);
/// // The head fastest, the top layer at a tenth of that, each one below slower still.
/// let rates = LearningRate::LayerWise { head: 1e-3, top: 1e-4, decay: 0.8 };
/// let history: History = learner.fit_warm(3, rates)?;
/// println!("{:.1} %", 100.0 * learner.evaluate(&loader("test")?)?.accuracy);
/// # Ok(())
/// # }
/// ```
pub struct TextLearner {
    pub(super) net: TextClassifier,
    pub(super) train: TextLoader,
    pub(super) valid: Option<TextLoader>,
    pub(super) optimizer: OptimizerConfig,
    pub(super) loss: CrossEntropy,
    pub(super) clip_norm: Option<f64>,
    pub(super) seed: u64,
    /// Those of earlier trainings: the next one goes on with the order of the texts.
    pub(super) earlier_epochs: usize,
    pub(super) on_step: Option<OnStep>,
    pub(super) on_epoch: Option<OnEpoch>,
    pub(super) history: History,
}

impl fmt::Debug for TextLearner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes = self.net.classes().len();
        write!(f, "TextLearner({classes} classes, {:?})", self.train)
    }
}

impl TextLearner {
    /// Trains a classifier on these texts: AdamW without decay of biases and norms, gradients shortened to a norm of 1, unless told otherwise.
    #[must_use]
    pub fn new(net: TextClassifier, train: TextLoader) -> Self {
        Self {
            net,
            train,
            valid: None,
            optimizer: OptimizerConfig::adamw().sparing_norm_and_bias(),
            loss: CrossEntropy::default(),
            clip_norm: Some(1.0),
            seed: 0,
            earlier_epochs: 0,
            on_step: None,
            on_epoch: None,
            history: History::default(),
        }
    }

    /// Judges the net by these texts after each epoch.
    #[must_use]
    pub fn validate_on(mut self, valid: TextLoader) -> Self {
        self.valid = Some(valid);
        self
    }

    /// Sets the optimiser; it starts anew with every training.
    #[must_use]
    pub fn optimizer(mut self, optimizer: OptimizerConfig) -> Self {
        self.optimizer = optimizer;
        self
    }

    /// Sets the loss: label smoothing, weights of the classes.
    #[must_use]
    pub fn loss(mut self, loss: CrossEntropy) -> Self {
        self.loss = loss;
        self
    }

    /// Sets the norm that all gradients together are shortened to where theirs is larger; `None` leaves them.
    #[must_use]
    pub fn clip_norm(mut self, norm: impl Into<Option<f64>>) -> Self {
        self.clip_norm = norm.into();
        self
    }

    /// Sets where libtorch's randomness starts: dropout.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Calls this after every step, with the step and everything before it.
    #[must_use]
    pub fn on_step(mut self, told: impl FnMut(&Step, &History) + 'static) -> Self {
        self.on_step = Some(Box::new(told));
        self
    }

    /// Calls this after every epoch, with the epoch and everything before it.
    #[must_use]
    pub fn on_epoch(mut self, told: impl FnMut(&Epoch, &History) + 'static) -> Self {
        self.on_epoch = Some(Box::new(told));
        self
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &TextClassifier {
        &self.net
    }

    /// As [`net`](Self::net), to freeze layers between two trainings.
    pub fn net_mut(&mut self) -> &mut TextClassifier {
        &mut self.net
    }

    /// The net by itself.
    #[must_use]
    pub fn into_net(self) -> TextClassifier {
        self.net
    }

    /// What happened in the last training, also in one that was interrupted.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// How good the net is on other texts, and what it says of each, in their order.
    ///
    /// # Errors
    ///
    /// As [`evaluate_texts`].
    pub fn evaluate(&self, loader: &TextLoader) -> Result<Evaluation> {
        evaluate_texts(&self.net, loader, &self.loss)
    }
}
