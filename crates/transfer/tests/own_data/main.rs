//! Somebody's own pictures: what is in their folder, what is wrong with it, and a classifier that leaves the notebook.

#[path = "../folders/mod.rs"]
mod folders;

mod audit;
mod classifier;
mod confident;
mod flawed;
mod python;
mod table;

use std::path::PathBuf;
use std::sync::OnceLock;

use transfer::prelude::*;

/// The flawed folder of seed 0, written once, and what was planted in it.
fn flawed() -> &'static (PathBuf, Vec<PlantedFlaw>) {
    static FLAWED: OnceLock<(PathBuf, Vec<PlantedFlaw>)> = OnceLock::new();
    FLAWED.get_or_init(|| {
        // In the folder that cargo makes for tests, and taken again by the next run.
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("own_data_flawed");
        if write_flawed_leaves(&folder, 0).is_err() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        let planted = write_flawed_leaves(&folder, 0).unwrap();
        (folder, planted)
    })
}
