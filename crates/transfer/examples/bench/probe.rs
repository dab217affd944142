//! A linear head on stored features: an epoch of the Learner in batches, and the full-batch fit of `LinearHead`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use transfer::data::{DataLoader, RgbImage, Transform};
use transfer::models::{Backbone, Step, Variables};
use transfer::prelude::{
    Dataset, Device, Features, HeadConfig, Kind, Learner, LinearHead, ModuleT, Tensor, nn, tch,
};

use crate::nets::input;
use crate::{Failure, Task, timed};

const CLASSES: usize = 10;
const BATCH: usize = 64;

fn classes() -> Vec<String> {
    (0..CLASSES).map(|class| class.to_string()).collect()
}

/// Pictures of one pixel whose colour is their number: what the [`Table`] behind them looks up.
#[derive(Debug)]
struct Numbered {
    labels: Vec<i64>,
    classes: Vec<String>,
}

impl Dataset for Numbered {
    fn len(&self) -> usize {
        self.labels.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        self.labels[index] as usize
    }

    fn name(&self, index: usize) -> PathBuf {
        format!("row {index}").into()
    }

    fn picture(&self, index: usize) -> transfer::Result<RgbImage> {
        let [low, high, ..] = index.to_le_bytes();
        Ok(RgbImage::from_pixel(1, 1, image::Rgb([low, high, 0])))
    }
}

/// The trunk: a row of the stored features for each picture.
#[derive(Debug)]
struct Table(Tensor);

impl ModuleT for Table {
    fn forward_t(&self, xs: &Tensor, _train: bool) -> Tensor {
        let bytes = (xs.flatten(1, -1) * 255.0).round().to_kind(Kind::Int64);
        let rows = bytes.select(1, 0) + bytes.select(1, 1) * 256;
        self.0.index_select(0, &rows)
    }
}

/// A net whose features are known, with a linear head to train.
#[derive(Debug)]
struct Stored {
    variables: Variables,
    table: Table,
    fc: Option<nn::Linear>,
}

impl Backbone for Stored {
    fn variables(&self) -> &Variables {
        &self.variables
    }

    fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let table = Step::new("table", &self.table);
        let fc = self.fc.iter().map(|fc| Step::new(self.head_name(), fc));
        std::iter::once(table).chain(fc).collect()
    }

    fn layer_names(&self) -> Vec<String> {
        vec![self.head_name().to_owned()]
    }

    fn head_name(&self) -> &'static str {
        "fc"
    }

    fn feature_dim(&self) -> i64 {
        self.table.0.size()[1]
    }

    fn replace_head(&mut self, num_classes: i64) {
        let place = self.var_store().root() / self.head_name();
        let config = nn::LinearConfig::default();
        self.fc = Some(nn::linear(place, self.feature_dim(), num_classes, config));
    }
}

impl ModuleT for Stored {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.logits(xs, train)
    }
}

/// Epochs of the Learner on stored features.
pub(crate) struct Probe(Learner);

impl Probe {
    pub(crate) fn open(work: &Path, device: Device) -> Result<Self, Failure> {
        let mut net = Stored {
            variables: Variables::new(device),
            table: Table(input("features", work, device)?),
            fc: None,
        };
        net.replace_head(CLASSES as i64);
        for (name, mut variable) in net.var_store().variables() {
            let start = input(&name, work, device)?;
            tch::no_grad(|| variable.copy_(&start));
        }
        let rows = Numbered {
            labels: Vec::<i64>::try_from(input("labels", work, Device::Cpu)?)?,
            classes: classes(),
        };
        let loader = DataLoader::new(Arc::new(rows), Transform::new(), BATCH);
        Ok(Self(Learner::new(Box::new(net), loader)))
    }
}

impl Task for Probe {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        let history = self.0.fit_head_on_features(2, None)?;
        Ok(history.epochs.iter().map(|epoch| epoch.loss).collect())
    }

    /// The time of one epoch; that the features are looked up before it is not in it.
    fn run(&mut self) -> Result<f64, Failure> {
        let history = self.0.fit_head_on_features(5, None)?;
        let mut seconds: Vec<f64> = history.epochs.iter().map(|epoch| epoch.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        Ok(seconds[seconds.len() / 2])
    }
}

/// `LinearHead::fit` with its defaults.
pub(crate) struct Head {
    features: Features,
    device: Device,
}

impl Head {
    pub(crate) fn open(work: &Path, device: Device) -> Result<Self, Failure> {
        let xs = input("features", work, device)?;
        let features = Features {
            indices: (0..xs.size()[0] as usize).collect(),
            labels: input("labels", work, device)?,
            classes: classes(),
            skipped: Vec::new(),
            xs,
        };
        Ok(Self { features, device })
    }
}

impl Task for Head {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        let head = LinearHead::fit(&self.features, &HeadConfig::default())?;
        Ok(vec![head.final_loss])
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(self.device, || {
            LinearHead::fit(&self.features, &HeadConfig::default())?;
            Ok(())
        })
    }
}
