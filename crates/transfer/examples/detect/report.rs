//! What came of the runs: a table, files, pictures.

use std::fmt::{Display, Write};
use std::path::Path;
use std::sync::Arc;

use transfer::data::{BoxDataset, BoxSplits};
use transfer::metrics::Summary;
use transfer::models::Detector;
use transfer::viz::{
    BoxTile, box_grid, detection_errors_chart, detection_history_chart, precision_recall_chart,
};
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
pub(crate) const SURE: f64 = 0.5;

/// What the files have that was left out, or may be wrong.
pub(crate) fn bad_boxes(parts: &BoxSplits) {
    for one in parts.bad.iter().take(NAMED) {
        println!("  {one}");
    }
    if parts.bad.len() > NAMED {
        println!("  … and {} more", parts.bad.len() - NAMED);
    }
    if !parts.without_labels.is_empty() {
        let count = parts.without_labels.len();
        println!("  {count} pictures have no text about them and are taken as background");
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| io("make", folder, source))
}

pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        action,
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
pub(crate) fn table(study: &Study, about: &[(&str, String)], starts: &[Start]) -> Result<String> {
    let mut text = format!(
        "{:<12}{:>6}{:>18}{:>18}{:>18}{:>12}",
        "start", "seeds", "AP at 0.5, %", "AP, %", "AP at 0.75, %", "seconds"
    );
    for start in starts {
        let mut keys: Vec<(&str, &dyn Display)> = vec![("start", start)];
        keys.extend(
            about
                .iter()
                .map(|(name, value)| (*name, value as &dyn Display)),
        );
        let of = |column: &str| study.values(column, &keys);
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

/// The model, and what it found in the pictures for testing.
pub(crate) fn save(
    folder: &Path,
    net: &Detector,
    test: &Arc<dyn BoxDataset>,
    run: &Run,
) -> Result<()> {
    net.save(folder.join("model.safetensors"))?;
    let mut tiles = Vec::new();
    for (index, found) in run.judged.detections.iter().enumerate() {
        // What could not be decoded was not judged.
        let Ok(picture) = test.picture(index) else {
            continue;
        };
        let sure = found.iter().filter(|found| found.score >= SURE);
        let sure: Vec<_> = sure.copied().collect();
        let name = test.name(index);
        let caption = name.file_name().unwrap_or_default().to_string_lossy();
        let tile = BoxTile::new(picture, &*caption);
        tiles.push(tile.truth(test.boxes(index)).found(&sure));
        if tiles.len() == SHOWN {
            break;
        }
    }
    let eval = &run.judged.eval;
    box_grid("What it finds", &tiles, test.classes(), 2)?.save(folder.join("found.png"))?;
    let curves = precision_recall_chart("Precision and recall", eval, 0.5)?;
    curves.save(folder.join("curves.svg"))?;
    detection_errors_chart("What goes wrong", &eval.errors(SURE)?)?
        .save(folder.join("errors.svg"))?;
    detection_history_chart("Training", &run.history)?.save(folder.join("history.svg"))
}
