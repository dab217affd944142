//! What the tests of training share: a tiny net, tiny pictures, and turns at libtorch's one generator.

#![allow(dead_code, reason = "no test binary uses all of it")]

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tch::{Device, Tensor, nn::ModuleT};
use transfer::checkpoint::StateDict;
use transfer::data::{DataLoader, Dataset, RgbImage, Transform};
use transfer::models::{Backbone, CifarResNet, CifarResNetConfig, Step, Variables};
use transfer::train::{
    EarlyStopping, Every, Learner, Monitor, OptimizerConfig, Schedule, Span, TrainConfig,
};

/// libtorch has one generator for the whole process: tests that seed it take turns. One thread: these nets are so small
/// that a second one only waits, which is slow where the cores are busy.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    tch::set_num_threads(1);
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pictures of 8 × 8 pixels in three classes, told by their colour.
#[derive(Debug)]
struct Colours {
    len: usize,
    seed: u64,
    classes: Vec<String>,
}

fn colours(len: usize, seed: u64) -> Arc<dyn Dataset> {
    let classes = ["blue", "green", "red"].map(String::from).to_vec();
    Arc::new(Colours { len, seed, classes })
}

impl Dataset for Colours {
    fn len(&self) -> usize {
        self.len
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        index % 3
    }

    fn picture(&self, index: usize) -> transfer::Result<RgbImage> {
        let mut state = self.seed.wrapping_mul(31).wrapping_add(index as u64) | 1;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 57) as u8
        };
        let channel = 2 - index % 3;
        Ok(RgbImage::from_fn(8, 8, |_, _| {
            let mut pixel = [noise(), noise(), noise()];
            pixel[channel] += 60;
            image::Rgb(pixel)
        }))
    }
}

pub(crate) fn loader(len: usize, seed: u64, batch: usize) -> DataLoader {
    DataLoader::new(colours(len, seed), Transform::square(8), batch)
}

pub(crate) fn net(seed: u64) -> CifarResNet {
    CifarResNet::new(CifarResNetConfig { blocks: 1 }, 3, Device::Cpu, seed)
}

/// The tiny net with dropout on its input: its training draws from libtorch's generator.
#[derive(Debug)]
pub(crate) struct Dropping(pub(crate) CifarResNet);

impl ModuleT for Dropping {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Tensor {
        self.0.forward_t(&xs.dropout(0.2, train), train)
    }
}

impl Backbone for Dropping {
    fn variables(&self) -> &Variables {
        self.0.variables()
    }

    fn variables_mut(&mut self) -> &mut Variables {
        self.0.variables_mut()
    }

    fn steps(&self) -> Vec<Step<'_>> {
        self.0.steps()
    }

    fn layer_names(&self) -> Vec<String> {
        self.0.layer_names()
    }

    fn head_name(&self) -> &'static str {
        self.0.head_name()
    }

    fn feature_dim(&self) -> i64 {
        self.0.feature_dim()
    }

    fn replace_head(&mut self, num_classes: i64) {
        self.0.replace_head(num_classes);
    }
}

/// A configuration in which everything that has a state is on.
pub(crate) fn everything() -> TrainConfig {
    TrainConfig::new()
        .optimizer(OptimizerConfig::adamw())
        .lr(3e-3)
        .schedule(Schedule::Cosine { end: 0.0 }.warmed_up(Span::Epochs(0.5)))
        .label_smoothing(0.1)
        .clip_norm(2.0)
        .accumulate(2)
        .ema(0.9)
        .early_stopping(EarlyStopping {
            monitor: Monitor::ValidLoss,
            patience: 50,
            ..EarlyStopping::default()
        })
        .seed(7)
}

/// A learner of the tiny net with dropout: 5 batches, 3 steps an epoch.
pub(crate) fn learner(config: TrainConfig) -> Learner {
    let train = loader(18, 0, 4).shuffled(3);
    Learner::new(Box::new(Dropping(net(0))), train)
        .validate_on(loader(9, 1, 5))
        .config(config)
}

pub(crate) fn checkpointing(folder: &Path, every: Every) -> Learner {
    learner(everything()).checkpoint_to(folder, every)
}

pub(crate) fn weights(net: &dyn Backbone) -> StateDict {
    let variables = net.var_store().variables().into_iter();
    variables
        .map(|(name, variable)| (name, variable.detach().copy()))
        .collect()
}

/// Whether two nets are the same, bit for bit.
pub(crate) fn same(one: &StateDict, other: &StateDict) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .all(|(name, tensor)| other.get(name).is_some_and(|other| tensor.equal(other)))
}
