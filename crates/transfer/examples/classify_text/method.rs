//! The methods: what of an encoder learns, and by what.

use std::path::Path;
use std::time::Instant;

use transfer::metrics::accuracy;
use transfer::models::{Bert, LoraConfig, TextClassifier, TextEncoder};
use transfer::prelude::{Device, Tensor};
use transfer::text::{BagOfWords, Pooling, TextDataset, TextLoader, Tokenizer};
use transfer::train::{
    Features, HeadConfig, LearningRate, LinearHead, NearestNeighbors, SetFit, TextLearner,
    embeddings_of,
};
use transfer::{Error, Result};

use super::arguments::Arguments;

/// Steps that a fine-tuning has at least, however few the texts are.
const STEPS: usize = 60;
/// Neighbours that vote.
const NEIGHBOURS: i64 = 5;

/// What learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Method {
    /// Logistic regression on weighed counts of words and pairs.
    Bow,
    /// The encoder's architecture with new weights.
    Scratch,
    /// The nearest neighbours of frozen vectors.
    Knn,
    /// Logistic regression on frozen vectors.
    Probe,
    /// Vectors tuned by pairs, then logistic regression.
    SetFit,
    /// Small matrices beside every linear layer.
    Lora,
    /// The two topmost layers.
    Top,
    /// Everything.
    Full,
}

const ALL: [(&str, Method); 8] = [
    ("bow", Method::Bow),
    ("scratch", Method::Scratch),
    ("knn", Method::Knn),
    ("probe", Method::Probe),
    ("setfit", Method::SetFit),
    ("lora", Method::Lora),
    ("top", Method::Top),
    ("full", Method::Full),
];

/// What a method learns from and is judged by.
pub(crate) struct Task<'a> {
    pub(crate) train: &'a TextDataset,
    pub(crate) judges: &'a [(&'static str, TextDataset)],
    pub(crate) folder: &'a Path,
    pub(crate) tokenizer: &'a Tokenizer,
    pub(crate) device: Device,
    pub(crate) seed: u64,
}

/// How long and how fast.
pub(crate) struct Settings {
    batch: usize,
    epochs: Option<usize>,
    lr: f64,
    rank: i64,
    steps: usize,
}

/// What came out.
pub(crate) struct Outcome {
    pub(crate) accuracies: Vec<f64>,
    /// Numbers that learned, and all of them.
    pub(crate) trainable: (i64, i64),
    pub(crate) train_seconds: f64,
    pub(crate) net: Option<TextClassifier>,
}

impl Settings {
    pub(crate) fn of(method: Method, arguments: &Arguments) -> Self {
        let usual = match method {
            Method::Lora => 1e-3,
            Method::Scratch => 5e-4,
            Method::SetFit => 1e-4,
            _ => 2e-4,
        };
        Self {
            batch: arguments.batch,
            epochs: arguments.epochs,
            lr: arguments.lr.unwrap_or(usual),
            rank: arguments.rank,
            steps: arguments.steps,
        }
    }
}

impl Method {
    pub(crate) fn of(name: &str) -> Result<Self> {
        let found = ALL.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, method)| *method)
            .ok_or_else(|| Error::Argument {
                what: "method",
                expected: format!("one of {}", ALL.map(|(known, _)| known).join(", ")),
                found: name.into(),
            })
    }

    pub(crate) fn name(self) -> &'static str {
        ALL.iter()
            .find(|(_, method)| *method == self)
            .map_or("", |(name, _)| name)
    }

    pub(crate) fn run(self, task: &Task<'_>, settings: &Settings) -> Result<Outcome> {
        match self {
            Method::Bow => task.bag_of_words(),
            Method::Knn | Method::Probe => {
                task.on_vectors(self, TextEncoder::open(task.folder, task.device)?, 0.0)
            }
            Method::SetFit => {
                let start = Instant::now();
                let mut encoder = TextEncoder::open(task.folder, task.device)?;
                let few = task.loader(task.train, settings.batch)?;
                SetFit::new(settings.steps)
                    .lr(settings.lr)
                    .seed(task.seed)
                    .tune(&mut encoder, &few, |_| ())?;
                task.on_vectors(self, encoder, start.elapsed().as_secs_f64())
            }
            _ => task.fine_tune(self, settings),
        }
    }
}

impl Task<'_> {
    fn loader(&self, of: &TextDataset, batch: usize) -> Result<TextLoader> {
        TextLoader::new(of, self.tokenizer, batch)
    }

    /// The share of right answers on each of the files that judge.
    fn judged(&self, mut says: impl FnMut(&TextDataset) -> Result<Tensor>) -> Result<Vec<f64>> {
        let right = |(_, of): &(&str, TextDataset)| {
            let labels: Vec<i64> = of.labels().iter().map(|&label| label as i64).collect();
            Ok(accuracy(&says(of)?, &Tensor::from_slice(&labels)))
        };
        self.judges.iter().map(right).collect()
    }

    fn bag_of_words(&self) -> Result<Outcome> {
        let start = Instant::now();
        let words = BagOfWords::fit(self.train.texts(), 2)?;
        let labels: Vec<i64> = self
            .train
            .labels()
            .iter()
            .map(|&label| label as i64)
            .collect();
        let train = Features {
            xs: words.transform(self.train.texts())?,
            labels: Tensor::from_slice(&labels),
            classes: self.train.classes().to_vec(),
            indices: (0..self.train.len()).collect(),
            skipped: Vec::new(),
        };
        // scikit-learn's default, C = 1, as a penalty on the mean loss; rows of length 1 need large weights.
        let weight_decay = 1.0 / self.train.len() as f64;
        let config = HeadConfig {
            steps: 300,
            lr: 0.2,
            weight_decay,
            standardize: false,
            seed: self.seed,
        };
        let head = LinearHead::fit(&train, &config)?;
        let train_seconds = start.elapsed().as_secs_f64();
        let numbers = (words.vocabulary().len() + 1) as i64 * self.train.classes().len() as i64;
        Ok(Outcome {
            accuracies: self.judged(|of| Ok(head.predict(&words.transform(of.texts())?)))?,
            trainable: (numbers, numbers),
            train_seconds,
            net: None,
        })
    }

    /// A classifier on an encoder's vectors; `before` is how long the encoder itself learned.
    fn on_vectors(&self, method: Method, encoder: TextEncoder, before: f64) -> Result<Outcome> {
        let start = Instant::now();
        let vectors = |of: &TextDataset| embeddings_of(&encoder, &self.loader(of, 32)?);
        let train = vectors(self.train)?;
        let config = HeadConfig {
            seed: self.seed,
            ..HeadConfig::default()
        };
        let head = LinearHead::fit(&train, &config)?;
        let nearest = NearestNeighbors::new(&train)?;
        let train_seconds = before + start.elapsed().as_secs_f64();
        let accuracies = self.judged(|of| {
            let xs = vectors(of)?.xs;
            match method {
                Method::Knn => nearest.predict(&xs, NEIGHBOURS.min(train.len() as i64)),
                _ => Ok(head.predict(&xs)),
            }
        })?;
        let (_, all) = encoder.bert().parameter_counts();
        let of_head = (encoder.feature_dim() + 1) * train.classes.len() as i64;
        let learned = match method {
            Method::Knn => 0,
            Method::SetFit => all + of_head,
            _ => of_head,
        };
        Ok(Outcome {
            accuracies,
            trainable: (learned, all + of_head),
            train_seconds,
            net: None,
        })
    }

    fn fine_tune(&self, method: Method, settings: &Settings) -> Result<Outcome> {
        let start = Instant::now();
        let mut encoder = TextEncoder::open(self.folder, self.device)?;
        if method == Method::Scratch {
            let bert = Bert::new(encoder.bert().config(), self.device, self.seed)?;
            encoder = TextEncoder::new(bert, Pooling::Mean);
        }
        let mut net = TextClassifier::new(encoder, self.train.classes(), self.seed)?;
        match method {
            Method::Lora => net.bert_mut().add_lora(&LoraConfig::new(settings.rank))?,
            Method::Top => net.bert_mut().train_top(2),
            _ => {}
        }
        let decay = if method == Method::Full { 0.8 } else { 1.0 };
        let rates = LearningRate::LayerWise {
            head: 1e-3,
            top: settings.lr,
            decay,
        };
        let loader = self.loader(self.train, settings.batch)?.shuffled(self.seed);
        let epochs = settings
            .epochs
            .unwrap_or_else(|| STEPS.div_ceil(loader.num_batches()).max(3));
        let trainable = net.parameter_counts();
        let mut learner = TextLearner::new(net, loader).seed(self.seed);
        learner.fit_warm(epochs, rates)?;
        let train_seconds = start.elapsed().as_secs_f64();
        let accuracies = self.judged(|of| {
            let judged = learner.evaluate(&self.loader(of, 32)?)?;
            Ok(judged.predictions.predictions)
        })?;
        let mut net = learner.into_net();
        net.bert_mut().merge_lora();
        Ok(Outcome {
            accuracies,
            trainable,
            train_seconds,
            net: Some(net),
        })
    }
}
