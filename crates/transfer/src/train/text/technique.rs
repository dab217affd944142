//! The ways from a pretrained encoder to a classifier, side by side.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Instant;

use tch::{Device, Tensor};

use super::embed::BATCH;
use super::{NearestNeighbors, SetFit, TextLearner, embeddings_of, predict_texts};
use crate::metrics::accuracy;
use crate::models::{Bert, BertConfig, LoraConfig, TextClassifier, TextEncoder};
use crate::text::{BagOfWords, Pooling, TextDataset, TextLoader, Tokenizer};
use crate::train::{Features, HeadConfig, LearningRate, LinearHead};
use crate::{Error, Result};

/// Words and pairs of words that are counted.
const COLUMNS: usize = 10_000;
/// Neighbours that vote.
const NEIGHBOURS: i64 = 5;

/// What learns from labelled texts, from nothing of the encoder to all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTechnique {
    /// Logistic regression on weighed counts of words and pairs, without an encoder.
    BagOfWords,
    /// The encoder's architecture with new weights.
    FromScratch,
    /// The five nearest neighbours of frozen vectors.
    NearestNeighbors,
    /// Logistic regression on frozen vectors.
    Probe,
    /// Vectors that are tuned by [pairs](SetFit), then logistic regression.
    SetFit,
    /// [Small matrices](LoraConfig) beside every linear layer.
    Lora,
    /// The two topmost layers.
    TopLayers,
    /// Everything, lower layers at lower rates.
    Full,
}

/// The setting of the techniques that train the encoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextBudget {
    /// Texts in a step.
    pub batch: usize,
    /// Passes over the texts.
    pub epochs: usize,
    /// Steps that a training has at least, whatever the epochs: few texts are seen more often.
    pub steps: usize,
    /// SetFit's steps.
    pub setfit_steps: usize,
    /// LoRA's rank.
    pub rank: i64,
}

impl Default for TextBudget {
    fn default() -> Self {
        Self {
            batch: 16,
            epochs: 3,
            steps: 60,
            setfit_steps: 20,
            rank: 4,
        }
    }
}

/// What all techniques start from.
#[derive(Debug, Clone)]
pub struct TextTrial {
    /// The encoder's Hugging Face folder.
    pub folder: PathBuf,
    /// Its tokenizer.
    pub tokenizer: Tokenizer,
    /// Where it is computed.
    pub device: Device,
    /// How long.
    pub budget: TextBudget,
    /// Another highest rate of the encoder's than the technique's own.
    pub lr: Option<f64>,
}

/// What came out of a technique.
#[derive(Debug)]
pub struct TrainedText {
    /// How many numbers learned, and how many there are.
    pub parameters: (i64, i64),
    /// How long it took, the reading of the encoder's file included.
    pub seconds: f64,
    classes: Vec<String>,
    tokenizer: Tokenizer,
    by: By,
}

#[derive(Debug)]
enum By {
    Words(BagOfWords, LinearHead),
    Neighbours(TextEncoder, NearestNeighbors, i64),
    Head(TextEncoder, LinearHead),
    Net(Box<TextClassifier>),
}

impl TextTechnique {
    /// All of them, from nothing of the encoder to all of it.
    pub const ALL: [Self; 8] = [
        Self::BagOfWords,
        Self::FromScratch,
        Self::NearestNeighbors,
        Self::Probe,
        Self::SetFit,
        Self::Lora,
        Self::TopLayers,
        Self::Full,
    ];

    /// Its name in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BagOfWords => "bag of words",
            Self::FromScratch => "from scratch",
            Self::NearestNeighbors => "nearest neighbours",
            Self::Probe => "probe",
            Self::SetFit => "SetFit",
            Self::Lora => "LoRA",
            Self::TopLayers => "top layers",
            Self::Full => "full",
        }
    }

    /// The highest rate of the encoder's layers: the better of two on the support messages for validation (16 labels of each intent, 3 draws): LoRA
    /// 2e-3 and 1e-3 (63.0 and 58.9 %), full 2e-4 and 5e-4 (66.1, 65.1), top layers 2e-4 and 5e-4 (65.1, 63.8). SetFit's is that of the fewest steps among
    /// three settings that are level (61.5 to 63.3); for a net from scratch no other was tried.
    fn lr(self) -> f64 {
        match self {
            Self::Lora => 2e-3,
            Self::FromScratch => 5e-4,
            Self::SetFit => 1e-4,
            _ => 2e-4,
        }
    }

    /// Whether it trains a net that can be saved ([`TrainedText::classifier`]).
    #[must_use]
    pub fn trains_a_net(self) -> bool {
        matches!(
            self,
            Self::FromScratch | Self::Lora | Self::TopLayers | Self::Full
        )
    }

    /// Learns from these texts.
    ///
    /// # Errors
    ///
    /// As the parts that it is made of: [`TextLearner::fit`], [`SetFit::tune`], [`LinearHead::fit`].
    pub fn train(self, trial: &TextTrial, train: &TextDataset, seed: u64) -> Result<TrainedText> {
        let start = Instant::now();
        let (by, parameters) = match self {
            Self::BagOfWords => bag_of_words(train, seed)?,
            Self::NearestNeighbors | Self::Probe | Self::SetFit => {
                self.on_vectors(trial, train, seed)?
            }
            _ => self.fine_tune(trial, train, seed)?,
        };
        Ok(TrainedText {
            parameters,
            seconds: start.elapsed().as_secs_f64(),
            classes: train.classes().to_vec(),
            tokenizer: trial.tokenizer.clone(),
            by,
        })
    }

    fn on_vectors(
        self,
        trial: &TextTrial,
        train: &TextDataset,
        seed: u64,
    ) -> Result<(By, (i64, i64))> {
        let mut encoder = TextEncoder::open(&trial.folder, trial.device)?;
        let loader = TextLoader::new(train, &trial.tokenizer, BATCH)?;
        if self == Self::SetFit {
            let setfit = SetFit::new(trial.budget.setfit_steps).lr(trial.lr.unwrap_or(self.lr()));
            setfit.seed(seed).tune(&mut encoder, &loader, |_| ())?;
        }
        let seen = embeddings_of(&encoder, &loader)?;
        let (learning, all) = encoder.bert().parameter_counts();
        if self == Self::NearestNeighbors {
            let votes = NEIGHBOURS.min(seen.len() as i64);
            let by = By::Neighbours(encoder, NearestNeighbors::new(&seen)?, votes);
            return Ok((by, (0, all)));
        }
        let config = HeadConfig {
            seed,
            ..HeadConfig::default()
        };
        let head = LinearHead::fit(&seen, &config)?;
        let of_head = (encoder.feature_dim() + 1) * train.classes().len() as i64;
        let of_encoder = if self == Self::SetFit { learning } else { 0 };
        let parameters = (of_encoder + of_head, all + of_head);
        Ok((By::Head(encoder, head), parameters))
    }

    fn fine_tune(
        self,
        trial: &TextTrial,
        train: &TextDataset,
        seed: u64,
    ) -> Result<(By, (i64, i64))> {
        let encoder = if self == Self::FromScratch {
            let bert = Bert::new(BertConfig::open(&trial.folder)?, trial.device, seed)?;
            TextEncoder::new(bert, Pooling::of_folder(&trial.folder)?)
        } else {
            TextEncoder::open(&trial.folder, trial.device)?
        };
        let mut net = TextClassifier::new(encoder, train.classes(), seed)?;
        let budget = trial.budget;
        match self {
            Self::Lora => net
                .bert_mut()
                .add_lora(&LoraConfig::new(budget.rank).seed(seed))?,
            Self::TopLayers => net.bert_mut().train_top(2),
            _ => {}
        }
        let rates = LearningRate::LayerWise {
            head: 1e-3,
            top: trial.lr.unwrap_or(self.lr()),
            decay: if self == Self::Full { 0.8 } else { 1.0 },
        };
        let loader = TextLoader::new(train, &trial.tokenizer, budget.batch)?.shuffled(seed);
        let epochs = (budget.epochs).max(budget.steps.div_ceil(loader.num_batches()));
        let parameters = net.parameter_counts();
        let mut learner = TextLearner::new(net, loader).seed(seed);
        learner.fit_warm(epochs, rates)?;
        let mut net = learner.into_net();
        net.bert_mut().merge_lora();
        Ok((By::Net(Box::new(net)), parameters))
    }
}

fn bag_of_words(train: &TextDataset, seed: u64) -> Result<(By, (i64, i64))> {
    let words = BagOfWords::fit(train.texts(), 2, COLUMNS)?;
    let seen = Features {
        xs: words.transform(train.texts())?,
        labels: train.label_tensor(),
        classes: train.classes().to_vec(),
        indices: (0..train.len()).collect(),
        skipped: Vec::new(),
    };
    // scikit-learn's default, C = 1, as a penalty on the mean loss. Rows of length 1 need large weights.
    let config = HeadConfig {
        steps: 300,
        lr: 0.2,
        weight_decay: 1.0 / train.len() as f64,
        standardize: false,
        seed,
    };
    let head = LinearHead::fit(&seen, &config)?;
    let numbers = (words.vocabulary().len() + 1) as i64 * train.classes().len() as i64;
    Ok((By::Words(words, head), (numbers, numbers)))
}

impl TrainedText {
    /// The likeliest class of each text: `[N]`.
    ///
    /// # Errors
    ///
    /// As [`embeddings_of`].
    pub fn predict(&self, texts: &TextDataset) -> Result<Tensor> {
        let loader = || TextLoader::new(texts, &self.tokenizer, BATCH);
        match &self.by {
            By::Words(words, head) => Ok(head.predict(&words.transform(texts.texts())?)),
            By::Neighbours(encoder, nearest, votes) => {
                nearest.predict(&embeddings_of(encoder, &loader()?)?.xs, *votes)
            }
            By::Head(encoder, head) => Ok(head.predict(&embeddings_of(encoder, &loader()?)?.xs)),
            By::Net(net) => {
                let said = predict_texts(net, &self.tokenizer, texts.texts())?;
                Ok(said.argmax(-1, false))
            }
        }
    }

    /// The share of texts whose class is found.
    ///
    /// # Errors
    ///
    /// As [`predict`](Self::predict); or the classes of the texts are not those that were learned.
    pub fn accuracy(&self, texts: &TextDataset) -> Result<f64> {
        if texts.classes() != self.classes {
            let expected = format!("those that were learned, {:?}", self.classes);
            let found = format!("{:?} (TextOptions::classes)", texts.classes());
            return Err(Error::argument("classes", expected, found));
        }
        Ok(accuracy(&self.predict(texts)?, &texts.label_tensor()))
    }

    /// The classifier, where the technique trains one: it can be saved. LoRA's matrices are part of it already.
    #[must_use]
    pub fn classifier(&self) -> Option<&TextClassifier> {
        match &self.by {
            By::Net(net) => Some(net),
            _ => None,
        }
    }
}

impl fmt::Display for TextTechnique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TextTechnique {
    type Err = Error;

    /// By its name, or in one short word: bow, scratch, knn, probe, setfit, lora, top, full.
    fn from_str(name: &str) -> Result<Self> {
        const SHORT: [&str; 8] = [
            "bow", "scratch", "knn", "probe", "setfit", "lora", "top", "full",
        ];
        let is_it = |(of, short): &(Self, &str)| *short == name || of.name() == name;
        let mut all = Self::ALL.into_iter().zip(SHORT);
        all.find(is_it).map(|(of, _)| of).ok_or_else(|| {
            Error::argument("technique", format!("one of {}", SHORT.join(", ")), name)
        })
    }
}
