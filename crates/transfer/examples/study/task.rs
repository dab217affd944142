//! The pictures: drawn leaves, or folders.

use std::path::Path;
use std::sync::Arc;

use transfer::data::synth::{Domain, Leaves, SpeciesSet};
use transfer::data::{Amount, Dataset, ImageFolder, InMemory, Subset, stratified};
use transfer::train::StrategyTask;

use crate::Failure;
use crate::arguments::Arguments;

/// The side of the drawn pictures, whatever the net sees of it.
const DRAWN: u32 = 64;
/// Drawn pictures of each class to learn from, to watch by, to judge by, and in each other look.
const COUNTS: [usize; 4] = [40, 8, 30, 10];
/// The share of a folder's pictures that is set apart to judge by where it has no `val/`, and of the rest to watch by.
const APART: [f64; 2] = [0.3, 0.15];

pub(crate) fn task(arguments: &Arguments) -> Result<StrategyTask, Failure> {
    match &arguments.data {
        Some(folder) => of_folder(folder, arguments),
        None => of_leaves(arguments.drawn),
    }
}

/// Twelve species as photographs, and in ink and pressed.
fn of_leaves(seed: u64) -> Result<StrategyTask, Failure> {
    let [learned, watched, judged, elsewhere] = COUNTS;
    let drawn = |count, number, domain| {
        let leaves = Leaves::new(SpeciesSet::Novel, count, DRAWN, seed + number).domain(domain);
        in_memory(Arc::new(leaves))
    };
    Ok(StrategyTask {
        train: drawn(learned, 1, Domain::Photo)?,
        test: drawn(judged, 2, Domain::Photo)?,
        watched: drawn(watched, 3, Domain::Photo)?,
        elsewhere: vec![
            ("in ink".to_owned(), drawn(elsewhere, 2, Domain::Ink)?),
            ("pressed".to_owned(), drawn(elsewhere, 2, Domain::Pressed)?),
        ],
    })
}

fn of_folder(folder: &Path, arguments: &Arguments) -> Result<StrategyTask, Failure> {
    let splits = ImageFolder::open_splits(folder, APART[0], arguments.drawn)?;
    for report in &splits.reports {
        println!("{report}");
    }
    let amount = Amount::Share(APART[1]);
    let split = stratified(&splits.train.labels(), amount, arguments.drawn)?;
    let part = |indices| in_memory(Arc::new(Subset::new(splits.train.clone(), indices)));
    let mut elsewhere = Vec::new();
    if let Some(folder) = &arguments.elsewhere {
        let other = ImageFolder::open(folder)?;
        if other.classes() != splits.train.classes() {
            let (ours, theirs) = (splits.train.classes(), other.classes());
            return Err(format!("{folder:?} has the classes {theirs:?} and not {ours:?}").into());
        }
        elsewhere.push(("elsewhere".to_owned(), in_memory(Arc::new(other))?));
    }
    Ok(StrategyTask {
        train: part(split.rest)?,
        watched: part(split.chosen)?,
        test: in_memory(splits.test.clone())?,
        elsewhere,
    })
}

fn in_memory(pictures: Arc<dyn Dataset>) -> Result<Arc<dyn Dataset>, Failure> {
    Ok(Arc::new(InMemory::of(pictures)?))
}
