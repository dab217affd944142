//! What all strategies have in common: a net, weights, how pictures are shown, how long and how fast.

use std::path::PathBuf;
use std::sync::Arc;

use tch::Device;

use crate::checkpoint::LoadOptions;
use crate::data::{Amount, DataLoader, Dataset, Subset, Transform, stratified};
use crate::models::{self, Backbone, WeightFiles};
use crate::{Result, best_device, set_seed};

/// How many pictures are judged at once.
const JUDGED: usize = 64;

/// The setting of a comparison of [strategies](super::Strategy).
#[derive(Debug, Clone)]
pub struct StrategyTrial {
    /// The net, one of [`ARCHITECTURES`](models::ARCHITECTURES).
    pub arch: String,
    /// The file of its pretrained weights.
    pub weights: PathBuf,
    /// How pictures are shown to be judged.
    pub still: Transform,
    /// How they are shown to be learned from.
    pub moving: Transform,
    /// Pictures in a step.
    pub batch: usize,
    /// Steps of a training.
    pub steps: usize,
    /// How often, evenly over its steps, a training is watched.
    pub looks: usize,
    /// The highest learning rate, from which strategies derive theirs.
    pub lr: f64,
    /// LoRA's rank.
    pub rank: i64,
    /// Whose probe teaches where one is distilled, and how many pixels a side its pictures have; none: the net itself, pretrained,
    /// on the pictures as they are.
    pub teacher: Option<(Box<StrategyTrial>, i64)>,
    /// Where it is computed.
    pub device: Device,
}

/// What there is to learn, and to be judged by.
#[derive(Debug, Clone)]
pub struct StrategyTask {
    /// Labelled pictures to learn from.
    pub train: Arc<dyn Dataset>,
    /// Pictures to watch a training by, of which it learns nothing.
    pub watched: Arc<dyn Dataset>,
    /// Pictures to judge by, once.
    pub test: Arc<dyn Dataset>,
    /// Pictures of the same classes that look different, with a name for how.
    pub elsewhere: Vec<(String, Arc<dyn Dataset>)>,
}

impl StrategyTask {
    /// That share of the labelled pictures of each class, drawn by the seed.
    ///
    /// # Errors
    ///
    /// The share is not between 0 and 1.
    pub fn share(&self, share: f64, seed: u64) -> Result<Arc<dyn Dataset>> {
        let split = stratified(&self.train.labels(), Amount::Share(share), seed)?;
        Ok(Arc::new(Subset::new(self.train.clone(), split.chosen)))
    }
}

impl StrategyTrial {
    /// Pictures of `size` pixels a side, shown as `still` shows them, and to be learned from shifted by a few pixels and mirrored at
    /// random. Batches of 16, 96 steps, watched eight times, a rate of 0.0005, LoRA's rank 8: change what you like.
    #[must_use]
    pub fn new(arch: &str, weights: PathBuf, still: Transform, size: u32) -> Self {
        let shifted = still.clone().random_crop(size, size / 16);
        Self {
            arch: arch.to_owned(),
            weights,
            moving: shifted.random_horizontal_flip(0.5),
            still,
            batch: 16,
            steps: 96,
            looks: 8,
            lr: 5e-4,
            rank: 8,
            teacher: None,
            device: best_device(),
        }
    }

    /// The same with as many steps as go with a share of the labels, where `steps` go with all of them: they grow with its root, so
    /// that few pictures are seen more often and many at all. Rounded to whole parts between two looks.
    #[must_use]
    pub fn with_steps_for(&self, share: f64, steps: usize) -> Self {
        let looks = self.looks.max(1);
        let between = steps as f64 * share.max(0.0).sqrt() / looks as f64;
        Self {
            steps: looks * (between.round() as usize).max(1),
            ..self.clone()
        }
    }

    /// The pictures as they are judged.
    pub(super) fn to_judge(&self, pictures: &Arc<dyn Dataset>) -> DataLoader {
        DataLoader::new(pictures.clone(), self.still.clone(), JUDGED)
    }

    /// The pictures as they are learned from, in parts between two looks.
    pub(super) fn to_learn(&self, pictures: &Arc<dyn Dataset>, seed: u64) -> DataLoader {
        DataLoader::new(pictures.clone(), self.moving.clone(), self.batch)
            .epoch_len(self.batch * self.steps.div_ceil(self.looks.max(1)))
            .shuffled(seed)
    }

    /// The net with a new head, on pretrained weights or on new ones.
    pub(super) fn net(
        &self,
        classes: usize,
        pretrained: bool,
        seed: u64,
    ) -> Result<Box<dyn Backbone>> {
        let classes = classes as i64;
        if !pretrained {
            return models::build(&self.arch, classes, self.device, seed);
        }
        // No weights are drawn: the file has them.
        let mut net = models::build_undrawn(&self.arch, 1, self.device)?;
        let _report = net.load(&self.weights, &LoadOptions::new().without(net.head_name()))?;
        set_seed(seed);
        net.replace_head(classes);
        Ok(net)
    }
}
