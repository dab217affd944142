//! What a model needs to be used again, beside its weights.

use std::fs;
use std::path::Path;

use transfer::detection::DetectorKind;
use transfer::models::DetectorConfig;
use transfer::{Error, Result};

use crate::arguments::Arguments;
use crate::report::io;

/// The file in the folder of the results.
const FILE: &str = "detector.txt";

/// The detector, its backbone, and the frame that pictures are fitted into.
pub(crate) struct Settings {
    pub(crate) kind: DetectorKind,
    pub(crate) arch: String,
    /// Rows and columns.
    pub(crate) size: [u32; 2],
}

impl Settings {
    pub(crate) fn of(arguments: &Arguments) -> Self {
        Self {
            kind: match arguments.retinanet {
                true => DetectorKind::RetinaNet,
                false => DetectorKind::Fcos,
            },
            arch: arguments.arch.clone(),
            size: arguments.size,
        }
    }

    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            DetectorKind::Fcos => "fcos",
            DetectorKind::RetinaNet => "retinanet",
        }
    }

    pub(crate) fn size_name(&self) -> String {
        let [rows, columns] = self.size;
        format!("{rows}x{columns}")
    }

    /// The small variant of either kind.
    pub(crate) fn config(&self, classes: usize) -> DetectorConfig {
        DetectorConfig {
            kind: self.kind,
            ..DetectorConfig::fcos(classes as i64).small()
        }
    }

    /// Three words on the first line, and a class on each of the others.
    pub(crate) fn write(&self, folder: &Path, classes: &[String]) -> Result<()> {
        let path = folder.join(FILE);
        let text = format!(
            "{} {} {}\n{}\n",
            self.kind_name(),
            self.arch,
            self.size_name(),
            classes.join("\n")
        );
        fs::write(&path, text).map_err(|source| io("write", &path, source))
    }

    /// What [`write`](Self::write) wrote, and the classes.
    pub(crate) fn read(folder: &Path) -> Result<(Self, Vec<String>)> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).map_err(|source| io("read", &path, source))?;
        let mut lines = text.lines();
        let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
        let read = || {
            let [kind, arch, size] = first[..] else {
                return None;
            };
            let (rows, columns) = size.split_once('x')?;
            Some(Self {
                kind: match kind {
                    "fcos" => DetectorKind::Fcos,
                    "retinanet" => DetectorKind::RetinaNet,
                    _ => return None,
                },
                arch: arch.into(),
                size: [rows.parse().ok()?, columns.parse().ok()?],
            })
        };
        let settings = read().ok_or_else(|| Error::Dataset {
            path: path.clone(),
            reason: format!(
                "expected a first line such as \"fcos resnet18 256x320\", found {first:?}"
            ),
        })?;
        Ok((settings, lines.map(str::to_owned).collect()))
    }
}
