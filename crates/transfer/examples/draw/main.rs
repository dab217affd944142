//! The drawn world as files: leaves in class folders or with a table of targets, scenes as VOC, COCO or YOLO data, and
//! contact sheets of both.
//!
//! ```sh
//! cargo run --release -p transfer --example draw -- leaves --format folders --count 20 --out target/leaves
//! cargo run --release -p transfer --example draw -- scenes --format coco --count 500 --val-count 100 --out target/scenes
//! ```

mod arguments;
mod sheet;

use std::process::ExitCode;

use arguments::{Arguments, LeafFormat, What};
use transfer::data::synth::{LeafTasks, Leaves, Scenes, write_scenes};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes what was asked for, and says what it was.
fn run(arguments: &Arguments) -> transfer::Result<String> {
    let Arguments {
        out,
        species,
        count,
        size,
        seed,
        ..
    } = arguments;
    let scenes = |count, seed| Scenes::new(*species, count, *size, seed);
    match arguments.what {
        What::Leaves(format) => {
            let leaves = Leaves::new(*species, *count, *size, *seed).domain(arguments.domain);
            match format {
                LeafFormat::Folders => leaves.write(out)?,
                LeafFormat::Table => LeafTasks::new(leaves).write(out)?,
                LeafFormat::Sheet => sheet::leaves(&LeafTasks::new(leaves), out)?,
            }
            Ok(format!("{out:?}: pictures of each species: {count}"))
        }
        What::Scenes(Some(format), val) => {
            // Other scenes than those to learn from.
            let (train, val) = (scenes(*count, *seed), scenes(val, seed.wrapping_add(1)));
            write_scenes(format, out, &[("train", &train), ("val", &val)])?;
            Ok(format!("{out:?}: scenes: {} + {}", train.len(), val.len()))
        }
        What::Scenes(None, _) => {
            sheet::scenes(&scenes(*count, *seed), out)?;
            Ok(format!("{out:?}: scenes: {count}"))
        }
    }
}
