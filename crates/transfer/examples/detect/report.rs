//! What came of the runs: a table, files, pictures.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use transfer::data::{BadBox, BoxDataset};
use transfer::metrics::Summary;
use transfer::models::Detector;
use transfer::viz::{BoxTile, box_grid, detection_errors_chart, precision_recall_chart};
use transfer::{Error, Result, Study};

use crate::Run;
use crate::start::Start;

/// The numbers of a run, all but the last two on the pictures for testing.
pub(crate) const COLUMNS: [&str; 5] = ["ap50", "ap", "ap75", "best_epoch", "seconds"];
/// How many bad boxes are named.
const NAMED: usize = 5;
/// How many pictures show what was found.
const SHOWN: usize = 6;
/// How sure an answer is that is shown, or counted as an error.
pub(crate) const SURE: f64 = 0.3;

pub(crate) fn bad_boxes(bad: &[BadBox]) {
    for one in bad.iter().take(NAMED) {
        println!("  {one}");
    }
    if bad.len() > NAMED {
        println!("  … and {} more", bad.len() - NAMED);
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| io(folder, source))
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        action: "write",
        path: path.into(),
        source,
    }
}

/// A run in a line.
pub(crate) fn line(values: &[f64]) -> String {
    format!(
        "AP at 0.5 {:.1} %, AP {:.1} %, AP at 0.75 {:.1} %, of epoch {}, {:.0} s",
        100.0 * values[0],
        100.0 * values[1],
        100.0 * values[2],
        values[3],
        values[4]
    )
}

/// Mean and deviation over the seeds, for people.
pub(crate) fn table(study: &Study, starts: &[Start]) -> Result<String> {
    let mut text = format!(
        "{:<12}{:>6}{:>18}{:>18}{:>18}{:>12}",
        "start", "seeds", "AP at 0.5, %", "AP, %", "AP at 0.75, %", "seconds"
    );
    for start in starts {
        let of = |column: &str| study.values(column, &[("start", start)]);
        let percent = |column: &str| -> Result<String> {
            let values: Vec<f64> = of(column)?.iter().map(|value| 100.0 * value).collect();
            Ok(Summary::of(&values).to_string())
        };
        let seconds = of("seconds")?;
        let _ = write!(
            text,
            "\n{:<12}{:>6}{:>18}{:>18}{:>18}{:>12.0}",
            start.name(),
            seconds.len(),
            percent("ap50")?,
            percent("ap")?,
            percent("ap75")?,
            Summary::of(&seconds).mean
        );
    }
    Ok(text)
}

/// The model, its classes, and what it found in the pictures for testing.
pub(crate) fn save(
    folder: &Path,
    net: &Detector,
    test: &Arc<dyn BoxDataset>,
    run: &Run,
) -> Result<()> {
    net.save(folder.join("model.safetensors"))?;
    let names = folder.join("classes.txt");
    std::fs::write(&names, test.classes().join("\n") + "\n")
        .map_err(|source| io(&names, source))?;
    let mut tiles = Vec::new();
    for index in 0..SHOWN.min(test.len()) {
        let found: Vec<_> = run.judged.detections[index]
            .iter()
            .filter(|found| found.score >= SURE)
            .copied()
            .collect();
        let name = test.name(index);
        let caption = name.file_name().unwrap_or_default().to_string_lossy();
        let tile = BoxTile::new(test.picture(index)?, &*caption);
        tiles.push(tile.truth(test.boxes(index)).found(&found));
    }
    let eval = &run.judged.eval;
    box_grid("What it finds", &tiles, test.classes(), 2)?.save(folder.join("found.png"))?;
    precision_recall_chart("Precision and recall", eval, 0.5)?.save(folder.join("curves.svg"))?;
    detection_errors_chart("What goes wrong", &eval.errors(SURE)?)?.save(folder.join("errors.svg"))
}
