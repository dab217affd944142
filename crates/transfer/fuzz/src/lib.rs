//! Reads whatever bytes a fuzzer makes up as a weights file: the index, the entries, the bytes of every tensor.
//!
//! Nothing may panic, hang, or take memory out of proportion; whether the outcome is an error or tensors does not
//! matter. The code under test is the crate's own `checkpoint/archive`, compiled here without libtorch.

#[path = "../../src/checkpoint/archive/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod archive;

use archive::{Archive, Flaw, Source};

/// What is read of each tensor, at most: a small file may rightly describe much.
const MOST: u64 = 1 << 20;

/// Reads `bytes` as a weights file.
pub fn drive(bytes: &[u8]) {
    drop(read(bytes));
}

fn read(bytes: &[u8]) -> Result<(), Flaw> {
    let source = Source::new(std::io::Cursor::new(bytes.to_vec())).map_err(Flaw::Io)?;
    let archive = Archive::open(source)?;
    let mut budget = 64 * MOST;
    let mut buffer = Vec::new();
    for path in [None]
        .into_iter()
        .chain(archive.entries().iter().take(8).map(Some))
    {
        let Ok(entry) = archive.choose(path.map(String::as_str)) else {
            continue;
        };
        for name in entry.names().take(64) {
            let Some(Ok(view)) = archive.view(&entry, name) else {
                continue;
            };
            let size = view.element.size;
            let (start, end) = (view.hull.start * size, view.hull.end * size);
            let range = start..end.min(start + MOST);
            budget = budget.saturating_sub(range.end - range.start);
            if budget == 0 {
                return Ok(());
            }
            let mut left = range.end - range.start;
            let done = archive.read(view, range, &mut buffer, |piece| -> Result<(), Flaw> {
                left = left
                    .checked_sub(piece.len() as u64)
                    .expect("more than was asked for");
                Ok(())
            });
            assert!(
                done.is_err() || left == 0,
                "{left} bytes of {name} are missing"
            );
        }
    }
    for path in ["epoch", "best_prec1", "optimizer.param_groups.0.lr", ""] {
        archive.plain(path);
    }
    Ok(())
}
