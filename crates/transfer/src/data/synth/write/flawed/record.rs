//! What is kept in a folder, hidden, so that it is known again.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::Result;
use crate::files::{read_json, write_json};

pub(super) const NAME: &str = ".flawed-leaves.json";
/// Goes up when leaves are drawn in another way.
const VERSION: u64 = 1;

pub(super) fn write(folder: &Path, plan: &str, sizes: &[(&Path, u64)]) -> Result<()> {
    let files: Vec<Value> = sizes
        .iter()
        .map(|(path, bytes)| json!([path.to_string_lossy(), bytes]))
        .collect();
    let record = json!({ "version": VERSION, "plan": plan, "files": files });
    write_json(&folder.join(NAME), &record)
}

/// Whether the folder is of this plan and every file of it is there, of the size that it had.
pub(super) fn is_complete(folder: &Path, plan: &str) -> bool {
    let Ok(record) = read_json(&folder.join(NAME)) else {
        return false;
    };
    let there = |file: &Value| {
        let size = file[0]
            .as_str()
            .and_then(|path| fs::metadata(folder.join(path)).ok());
        size.is_some_and(|found| Some(found.len()) == file[1].as_u64())
    };
    record["version"] == VERSION
        && record["plan"] == plan
        && record["files"]
            .as_array()
            .is_some_and(|files| !files.is_empty() && files.iter().all(there))
}
