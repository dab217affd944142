//! Room on the disk and in memory.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

/// Free megabytes on the file system that holds `path`, or will hold it; `None` where `df` doesn't say.
pub(crate) fn free_mb(path: &Path) -> Option<u64> {
    let existing = path.ancestors().find(|dir| dir.exists())?;
    let output = Command::new("df").arg("-Pk").arg(existing).output().ok()?;
    parse_df(&String::from_utf8_lossy(&output.stdout))
}

/// Refuses to start what will not fit: `need` megabytes for `what` at `path`.
pub(crate) fn require(path: &Path, need: u64, what: &str) -> Result<()> {
    match free_mb(path) {
        Some(free) if free < need => bail!(
            "not enough disk space: {what} needs about {need} MB at {}, and {free} MB are free there.\n\
             Make room (`df -h {}` shows the file system; `cargo clean` empties target/), or clone to a larger \
             disk; then run the same command again: it goes on where it was",
            path.display(),
            path.display(),
        ),
        _ => Ok(()),
    }
}

/// Total memory in megabytes, where the system says.
pub(crate) fn memory_mb() -> Option<u64> {
    if let Ok(text) = std::fs::read_to_string("/proc/meminfo") {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        return Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024);
    }
    let output = Command::new("sysctl")
        .args(["-n", "hw.memsize"])
        .output()
        .ok()?;
    Some(
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<u64>()
            .ok()?
            / (1 << 20),
    )
}

/// Whether a failure's text says that a disk is full.
pub(crate) fn is_full(text: &str) -> bool {
    [
        "No space left on device",
        "os error 28",
        "ENOSPC",
        "Disk quota exceeded",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// What to do about a full disk.
pub(crate) const FULL: &str = "the disk is full. Make room (`df -h .` shows how much there is; `cargo clean` \
    empties target/), then run the same command again: it goes on where it was";

fn parse_df(text: &str) -> Option<u64> {
    let numbers: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
    // Name, blocks, used, available, capacity, mount point; the name may hold blanks, the rest of a mount
    // point too: the capacity with its % is the anchor.
    let capacity = numbers.iter().position(|word| word.ends_with('%'))?;
    Some(numbers.get(capacity.checked_sub(1)?)?.parse::<u64>().ok()? / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn df_is_read_whatever_the_name_of_the_disk() {
        let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/my disk 100 50 51200 50% /a b\n";
        assert_eq!(parse_df(text), Some(50));
        assert_eq!(parse_df("df: no such thing\n"), None);
    }

    #[test]
    fn too_little_room_names_the_need_and_the_mend() {
        let here = std::env::temp_dir();
        require(&here, 0, "nothing").unwrap();
        let text = require(&here, u64::MAX, "a universe")
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("a universe") && text.contains("cargo clean"),
            "{text}"
        );
    }
}
