//! The drawn world as files: leaves in class folders or with a table of targets, scenes as VOC, COCO or YOLO data, and
//! the contact sheets of `docs`.
//!
//! ```sh
//! cargo run --release -p transfer --example draw -- leaves --format folders --count 20 --out target/leaves
//! cargo run --release -p transfer --example draw -- scenes --format coco --count 500 --val-count 100 --out target/scenes
//! cargo run --release -p transfer --example draw -- sheets --out crates/transfer/docs
//! ```

mod arguments;
mod sheet;
mod sheets;

use std::process::ExitCode;

use arguments::{Arguments, What};
use transfer::data::synth::{LeafTasks, Leaves, Scenes, write_scenes};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes what was asked for, and says what it was.
fn run(arguments: &Arguments) -> Result<(), Failure> {
    let out = &arguments.out;
    match &arguments.what {
        What::Leaves(of, domain, as_table) => {
            let leaves = Leaves::new(of.species, of.count, of.size, of.seed).domain(*domain);
            match as_table {
                false => leaves.write(out)?,
                true => LeafTasks::new(leaves).write(out)?,
            }
            println!("{out:?}: pictures of each species: {}", of.count);
        }
        What::Scenes(of, format, val) => {
            let scenes = |count, seed| Scenes::new(of.species, count, of.size, seed);
            // Other scenes than those to learn from.
            let (train, val) = (
                scenes(of.count, of.seed),
                scenes(*val, of.seed.wrapping_add(1)),
            );
            write_scenes(*format, out, &[("train", &train), ("val", &val)])?;
            println!("{out:?}: scenes: {} + {}", train.len(), val.len());
        }
        What::Sheets => sheets::write(out)?,
    }
    Ok(())
}
