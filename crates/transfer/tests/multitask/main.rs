//! Multi-task learning: the formulas, the nets, their steps, their data and their trainings.

mod data;
mod formulas;
mod losses;
mod nets;
mod reference;
mod steps;
mod training;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tch::{Device, Tensor};
use transfer::Result;
use transfer::data::synth::{LeafTasks, Leaves, SpeciesSet};
use transfer::data::{DataLoader, Dataset, Transform};
use transfer::models::{Backbone, CifarResNet, CifarResNetConfig};
use transfer::multitask::*;
use transfer::train::{Maps, Target, TaskLoader};

/// The side of all pictures.
const SIZE: u32 = 16;

static GENERATOR: Mutex<()> = Mutex::new(());

/// libtorch has one generator for the process, and tests run at once: who draws from it holds this.
fn alone() -> MutexGuard<'static, ()> {
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn backbone(seed: u64) -> Box<dyn Backbone> {
    Box::new(CifarResNet::new(
        CifarResNetConfig { blocks: 1 },
        12,
        Device::Cpu,
        seed,
    ))
}

/// A species, a length, a direction and a map.
fn tasks() -> Vec<Box<dyn Task>> {
    vec![
        Box::new(Classification::new("species", 12)),
        Box::new(Regression::new("length", 1).hidden(8)),
        Box::new(Direction::new("angle")),
        Box::new(Segmentation::new("parts", 4)),
    ]
}

fn targets_of(leaves: &LeafTasks) -> Vec<Target> {
    let maps = Maps::new(leaves.len(), |index| Ok(leaves.parts(index))).unwrap();
    vec![
        Target::Label,
        Target::Numbers(vec![2]),
        Target::Numbers(vec![3, 4]),
        Target::Maps(Arc::new(maps)),
    ]
}

fn leaves(count: usize, seed: u64) -> LeafTasks {
    LeafTasks::new(Leaves::new(SpeciesSet::Novel, count, SIZE, seed))
}

fn loader(count: usize, seed: u64) -> TaskLoader {
    let leaves = leaves(count, seed);
    let targets = targets_of(&leaves);
    let loader = DataLoader::new(Arc::new(leaves), Transform::square(SIZE), 6);
    TaskLoader::new(loader.shuffled(seed), targets).unwrap()
}

/// A net of that architecture; each of its trunks begins differently, or gates between equals would have nothing to learn.
fn net(name: &str) -> Result<MultiTaskNet> {
    transfer::set_seed(1);
    let tasks = tasks();
    let made = architecture(name, tasks.len(), SIZE, |number| Ok(backbone(number)))?;
    MultiTaskNet::new(made, tasks, 1)
}

/// Pictures, and what is known of them.
fn batch() -> (Tensor, Vec<Tensor>) {
    let batch = loader(1, 0).batches(0).next().unwrap().unwrap();
    (batch.xs, batch.targets)
}
