//! An encoder that learns from a handful of texts which are alike.

use std::time::Instant;

use tch::{Kind, Tensor};

use crate::data::rng::Rng;
use crate::models::{TextEncoder, normalized};
use crate::text::TextLoader;
use crate::train::gradients::clipped;
use crate::train::schedule::{Schedule, Span, Timeline};
use crate::train::{LearningRate, Optimizer, OptimizerConfig};
use crate::{Error, Result, check_interrupt};

/// Contrastive tuning with few labels (SetFit; Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022): the encoder learns to give texts of one
/// class vectors with a cosine of 1, and others one of 0; then a classifier such as [`LinearHead`](crate::train::LinearHead) learns on what it makes of the same
/// texts.
///
/// The paper draws pairs and encodes both texts of each. Here a step encodes some texts of every class once and takes all pairs among them: 32 texts
/// are 496 pairs. Those of one class count as much as those of two.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let folder = hub::locate_text_encoder("all-MiniLM-L6-v2")?;
/// let tokenizer = Tokenizer::open(&folder)?;
/// let mut encoder = TextEncoder::open(&folder, device("auto")?)?;
/// let messages = support_messages("train")?;
/// let few = messages.select(&stratified(messages.labels(), Amount::PerClass(8), 0)?.chosen);
/// let few = TextLoader::new(&few, &tokenizer, 32)?;
/// SetFit::new(40).tune(&mut encoder, &few, |step| println!("{:.3}", step.loss))?;
/// let head = LinearHead::fit(&embeddings_of(&encoder, &few)?, &HeadConfig::default())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SetFit {
    /// How many steps; the rate rises for a tenth of them and then falls along half a cosine.
    pub steps: usize,
    /// How many texts a step has, shared evenly by the classes: at least two of each.
    pub texts: usize,
    /// The rates of the encoder's layers, as in a [`TextLearner`](super::TextLearner), of whose head there is none here.
    pub lr: LearningRate,
    /// The optimiser.
    pub optimizer: OptimizerConfig,
    /// Decides which texts are in which step, and dropout.
    pub seed: u64,
}

/// What one step came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetFitStep {
    /// Its number, from 1.
    pub step: usize,
    /// The mean squared distance of the cosines from what they should be.
    pub loss: f64,
    /// How many pairs it learned from.
    pub pairs: usize,
    /// How long it took.
    pub seconds: f64,
}

impl SetFit {
    /// So many steps of 32 texts, AdamW with a rate of 5e-5.
    #[must_use]
    pub fn new(steps: usize) -> Self {
        Self {
            steps,
            texts: 32,
            lr: LearningRate::Same(5e-5),
            optimizer: OptimizerConfig::adamw().sparing_norm_and_bias(),
            seed: 0,
        }
    }

    /// Sets the rates of the encoder's layers.
    #[must_use]
    pub fn lr(mut self, lr: impl Into<LearningRate>) -> Self {
        self.lr = lr.into();
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Tunes whatever of an encoder requires gradients, and tells of each step.
    ///
    /// # Errors
    ///
    /// There are fewer than two classes with texts, or one of them has a single text; a rate makes no sense; a loss or a gradient is no longer
    /// finite ([`Error::Diverged`]); or the reader of the notebook asked to stop. The encoder then has the weights of its last step.
    pub fn tune(
        &self,
        encoder: &mut TextEncoder,
        few: &TextLoader,
        mut told: impl FnMut(&SetFitStep),
    ) -> Result<Vec<SetFitStep>> {
        self.optimizer.check()?;
        let mut draw = Draw::new(few, self.texts, self.seed)?;
        let groups = encoder.bert().parameter_groups();
        // As in a classifier, of which there is no head here.
        let mut rates = self.lr.of_groups(groups.len() + 1)?;
        rates.truncate(groups.len());
        let mut optimizer = Optimizer::new(self.optimizer, groups);
        let timeline = Timeline {
            epochs: 1,
            steps_per_epoch: self.steps,
        };
        let warm = Span::Steps((self.steps / 10).max(1));
        let schedule = Schedule::Cosine { end: 0.0 }.warmed_up(warm);
        let mut steps = Vec::with_capacity(self.steps);
        for number in 0..self.steps {
            check_interrupt()?;
            let start = Instant::now();
            let factor = schedule.at(number, timeline).factor;
            let lrs: Vec<f64> = rates.iter().map(|lr| lr * factor).collect();
            let diverged = |reason: String| Error::Diverged {
                epoch: 1,
                step: number + 1,
                lr: lrs.last().copied().unwrap_or_default(),
                reason,
            };
            crate::set_seed(Rng::new(self.seed, &[1, number as u64]).next());
            optimizer.zero_grad();
            let batch = few.batch(draw.next());
            let seen = normalized(&encoder.encode(&batch.ids, &batch.mask, true)?);
            let (loss, pairs) = pairs_loss(&seen, &batch.labels.to_device(seen.device()));
            let value = loss.double_value(&[]);
            if !value.is_finite() {
                return Err(diverged(format!("the loss became {value}")));
            }
            loss.f_backward()?;
            clipped(&optimizer, Some(1.0)).map_err(diverged)?;
            optimizer.step(&lrs, None)?;
            let step = SetFitStep {
                step: number + 1,
                loss: value,
                pairs,
                seconds: start.elapsed().as_secs_f64(),
            };
            told(&step);
            steps.push(step);
        }
        Ok(steps)
    }
}

/// The mean of `(cosine - 1)²` over pairs of one class and of `cosine²` over those of two, and how many pairs there are.
fn pairs_loss(seen: &Tensor, labels: &Tensor) -> (Tensor, usize) {
    let size = seen.size()[0];
    let cosines = seen.matmul(&seen.transpose(0, 1));
    let alike = labels.unsqueeze(0).eq_tensor(&labels.unsqueeze(1));
    let once = alike.ones_like().triu(1);
    let mean = |distance: Tensor, of: Tensor| {
        let of = of.to_kind(Kind::Float);
        let sum = (distance.square() * &of).sum(Kind::Float);
        sum / of.sum(Kind::Float).clamp_min(1.0)
    };
    let near = mean(&cosines - 1.0, alike.logical_and(&once));
    let far = mean(cosines, alike.logical_not().logical_and(&once));
    ((near + far) * 0.5, (size * (size - 1) / 2) as usize)
}

/// Draws texts of all classes; none of a class again before as many others as can be have been drawn.
struct Draw {
    members: Vec<Vec<usize>>,
    next: Vec<usize>,
    each: usize,
    rng: Rng,
}

impl Draw {
    fn new(few: &TextLoader, texts: usize, seed: u64) -> Result<Self> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); few.classes().len()];
        let labels = Vec::<i64>::try_from(few.labels())?;
        for (index, label) in labels.into_iter().enumerate() {
            members[label as usize].push(index);
        }
        members.retain(|of| !of.is_empty());
        if members.len() < 2 || members.iter().any(|of| of.len() < 2) {
            let sizes: Vec<usize> = members.iter().map(Vec::len).collect();
            let expected = "two classes or more, with two texts or more in each";
            return Err(Error::argument(
                "texts to tune with",
                expected,
                format!("{sizes:?}"),
            ));
        }
        let each = (texts / members.len()).max(2);
        let mut rng = Rng::new(seed, &[0]);
        members.iter_mut().for_each(|of| rng.shuffle(of));
        Ok(Self {
            next: vec![0; members.len()],
            members,
            each,
            rng,
        })
    }

    fn next(&mut self) -> Vec<usize> {
        let mut drawn = Vec::new();
        for (of, next) in self.members.iter_mut().zip(&mut self.next) {
            let each = self.each.min(of.len());
            if *next + each > of.len() {
                self.rng.shuffle(of);
                *next = 0;
            }
            drawn.extend_from_slice(&of[*next..*next + each]);
            *next += each;
        }
        drawn
    }
}
