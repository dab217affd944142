//! The classic benchmark of domain adaptation: digits of MNIST, with labels, to digits over photographs (MNIST-M), without.
//!
//! ```sh
//! cargo run --release -p transfer --example mnist_m -- --mnist mnist --photos photographs/train --test-photos photographs/val
//! ```
//!
//! Every row has the same net (LeNet, unless told otherwise with batch normalisation), the same number of steps, rate and batch, and the constants of its
//! paper; a method that builds on a net which has learned the source spends half of the steps on that. What counts is the accuracy
//! after the last step. Beside it: after the epochs that measures without labels would choose, and after the one that the test
//! labels would, which is no result.

mod arguments;
mod pictures;

use std::process::ExitCode;
use std::sync::Arc;

use arguments::Arguments;
use pictures::Blended;
use transfer::adapt::{Criterion, method};
use transfer::data::{DataLoader, Dataset, ImageFolder, InMemory, Subset, Transform, mnist};
use transfer::metrics::Summary;
use transfer::models::{LeNet, LeNetConfig};
use transfer::prelude::{Device, OptimizerConfig};
use transfer::train::{Domains, Technique, TrainConfig, Verdict};
use transfer::viz::{Tile, grid};
use transfer::{Result, Study};

/// How many pictures an epoch is chosen by, of the target and of the source.
const WATCHED: usize = 2000;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All pictures.
struct World {
    source: Arc<dyn Dataset>,
    held_out: Arc<dyn Dataset>,
    target: Arc<dyn Dataset>,
    test: Arc<dyn Dataset>,
}

impl World {
    fn open(arguments: &Arguments) -> Result<Self> {
        let digits = |train: bool| -> Result<Arc<dyn Dataset>> {
            let packed = mnist(&arguments.mnist, train)?;
            Ok(Arc::new(InMemory::of(Arc::new(packed))?))
        };
        let (source, held_out) = (digits(true)?, digits(false)?);
        let photos = ImageFolder::open_flat(&arguments.photos)?;
        let test_photos = ImageFolder::open_flat(&arguments.test_photos)?;
        Ok(Self {
            target: Arc::new(Blended::new(source.clone(), &photos, 1)?),
            test: Arc::new(Blended::new(held_out.clone(), &test_photos, 2)?),
            source,
            held_out,
        })
    }

    fn domains(&self, arguments: &Arguments, seed: u64) -> (Domains, DataLoader) {
        let still = Transform::new().normalize([0.5; 3], [0.5; 3]);
        let first = |of: &Arc<dyn Dataset>| -> Arc<dyn Dataset> {
            Arc::new(Subset::new(
                of.clone(),
                (0..WATCHED.min(of.len())).collect(),
            ))
        };
        let loader = |of: Arc<dyn Dataset>, batch| DataLoader::new(of, still.clone(), batch);
        let learned = |of: &Arc<dyn Dataset>, seed| {
            let loader = loader(of.clone(), arguments.batch).epoch_len(arguments.epoch_len);
            loader.drop_last().shuffled(seed)
        };
        let target = [
            // In another order than the source's, or each digit would meet itself.
            learned(&self.target, seed + 1000),
            loader(first(&self.target), 256),
            loader(self.test.clone(), 256),
        ];
        let held_out = loader(first(&self.held_out), 256);
        let domains = Domains::new(learned(&self.source, seed), held_out, target);
        (domains, learned(&self.target, seed))
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let world = World::open(arguments)?;
    println!(
        "{} digits to learn from, {} over photographs without labels, {} to be judged by",
        world.source.len(),
        world.target.len(),
        world.test.len()
    );
    if let Some(path) = &arguments.sheet {
        sheet(&world)?.save(path)?;
    }
    let mut columns = vec!["last", "peeked", "seconds"];
    columns.extend(Criterion::ALL.map(Criterion::name));
    let keys = ["row", "epochs", "epoch_len", "batch", "lr", "seed"];
    let mut study = Study::open(&arguments.out, &keys, &columns)?;
    for seed in arguments.seeds.clone() {
        for row in &arguments.rows {
            let (epochs, batch, lr) = (arguments.epochs, arguments.batch, arguments.lr);
            let found = study.run(
                &[row, &epochs, &arguments.epoch_len, &batch, &lr, &seed],
                || {
                    let (verdict, seconds) = train(&world, arguments, row, seed)?;
                    let mut values = vec![verdict.last, verdict.peeked, seconds];
                    values.extend(verdict.chosen.iter().map(|(_, accuracy)| *accuracy));
                    Ok::<_, transfer::Error>(values)
                },
            )?;
            println!(
                "{row}, seed {seed}: {:.1} %, {:.0} s",
                100.0 * found[0],
                found[2]
            );
        }
    }
    print_table(arguments, &study, &columns)
}

fn train(world: &World, arguments: &Arguments, row: &str, seed: u64) -> Result<(Verdict, f64)> {
    let (mut domains, labelled) = world.domains(arguments, seed);
    let technique = match row {
        "source only" => Technique::SourceOnly,
        "AdaBN" => Technique::TargetStatistics,
        "target oracle" => {
            domains = domains.with_source(labelled);
            Technique::SourceOnly
        }
        name => Technique::Adapted(method(name)?),
    };
    let described = match arguments.without_batch_norm {
        true => LeNetConfig::DIGITS.without_batch_norm(),
        false => LeNetConfig::DIGITS,
    };
    let classes = world.source.classes().len() as i64;
    let net = LeNet::new(described, classes, Device::Cpu, seed);
    let config = TrainConfig::new()
        .optimizer(OptimizerConfig::adamw())
        .seed(seed);
    let outcome = domains.train(
        Box::new(net),
        technique,
        (arguments.epochs, arguments.lr),
        &config,
    )?;
    Ok((outcome.judge(&*world.test)?, outcome.seconds))
}

fn print_table(arguments: &Arguments, study: &Study, columns: &[&str]) -> Result<()> {
    let seeds = arguments.seeds.clone().count();
    println!(
        "\naccuracy on MNIST-M's test pictures, %, and seconds: mean ± deviation over {seeds} seeds"
    );
    let head: String = columns.iter().map(|name| format!(" {name:>12}")).collect();
    println!("{:<14}{head}", "row");
    for row in &arguments.rows {
        let mut line = format!("{row:<14}");
        for column in columns {
            let (epochs, batch, lr) = (arguments.epochs, arguments.batch, arguments.lr);
            let of: [(&str, &dyn std::fmt::Display); 5] = [
                ("row", row),
                ("epochs", &epochs),
                ("epoch_len", &arguments.epoch_len),
                ("batch", &batch),
                ("lr", &lr),
            ];
            let scale = if *column == "seconds" { 1.0 } else { 100.0 };
            let values: Vec<f64> = study
                .values(column, &of)?
                .iter()
                .map(|value| scale * value)
                .collect();
            let Summary { mean, std, .. } = Summary::of(&values);
            line += &format!(" {:>12}", format!("{mean:.1} ± {std:.1}"));
        }
        println!("{line}");
    }
    Ok(())
}

/// Ten digits of either domain.
fn sheet(world: &World) -> Result<transfer::viz::Figure> {
    let mut tiles = Vec::new();
    for (name, of) in [("MNIST", &world.source), ("MNIST-M", &world.target)] {
        for index in 0..10 {
            tiles.push(Tile::new(of.picture(index)?, name));
        }
    }
    grid(&tiles, 10)
}
