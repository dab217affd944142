//! A picture as a file has it, and what becomes of its boxes.

use std::collections::HashMap;
use std::path::PathBuf;

use super::bad::Note;
use super::canvas::{Canvas, Stated};
use super::measured::Measured;
use super::{BadBox, BoxFlaw, BoxLabel, BoxOptions};

/// A box as a file has it.
pub(super) struct Found {
    pub(super) line: Option<usize>,
    /// What a message begins with: "annotation 7 of a.jpg: ".
    pub(super) what: String,
    /// Its label with its bounds as they are written, or why there is none.
    pub(super) label: Result<(BoxLabel, [f64; 4]), Note>,
}

/// A picture as a file has it.
pub(super) struct Draft {
    pub(super) picture: PathBuf,
    /// The file that says what is in it, and the line that names it.
    pub(super) file: PathBuf,
    pub(super) line: Option<usize>,
    /// What a message begins with.
    pub(super) what: String,
    pub(super) stated: Option<Stated>,
    /// Whether the bounds are shares of the picture's sides.
    pub(super) in_shares: bool,
    pub(super) boxes: Vec<Found>,
}

/// A picture file and the boxes on it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    /// Its columns and rows, as it is shown.
    pub(super) size: (u32, u32),
    pub(super) boxes: Vec<BoxLabel>,
}

impl Draft {
    /// Holds the boxes against the picture, whose header was read. What is wrong in some is in `bad`; the error is
    /// why there is no such picture in the set. `seen` has the pictures that are, with the files that are about them.
    pub(super) fn place(
        self,
        measured: Result<Measured, String>,
        options: &BoxOptions,
        seen: &mut HashMap<PathBuf, PathBuf>,
        bad: &mut Vec<BadBox>,
    ) -> Result<Item, BadBox> {
        let (what, count) = (&self.what, self.boxes.len());
        let shown = self.picture.display();
        let refused = |flaw, reason: String| {
            let reason = format!("{what}{reason} (its boxes: {count})");
            BadBox::new(&self.file, self.line, (flaw, reason))
        };
        let measured =
            measured.map_err(|reason| refused(BoxFlaw::NoPicture, format!("{shown}: {reason}")))?;
        if let Some(first) = seen.insert(self.picture.clone(), self.file.clone()) {
            let reason = format!(
                "expected each picture once, found {shown} a second time (the first is in {})",
                first.display()
            );
            return Err(refused(BoxFlaw::Duplicate, reason));
        }
        let (canvas, note) = Canvas::of(&measured, self.stated.as_ref(), options.frame);
        if let Some((flaw, reason)) = note {
            let line = self.stated.as_ref().and_then(|stated| stated.line);
            let note = (flaw, format!("{what}{shown}: {reason}"));
            bad.push(BadBox::new(&self.file, line.or(self.line), note));
        }
        let mut boxes = Vec::new();
        for found in self.boxes {
            let placed = found.label.and_then(|(label, bounds)| {
                let bounds = match self.in_shares {
                    true => canvas.scaled(bounds),
                    false => bounds,
                };
                let (bounds, note) = canvas.fit(bounds)?;
                boxes.push(BoxLabel { bounds, ..label });
                Ok(note)
            });
            if let Some((flaw, reason)) = placed.unwrap_or_else(Some) {
                let note = (flaw, format!("{}{reason}", found.what));
                bad.push(BadBox::new(&self.file, found.line, note));
            }
        }
        Ok(Item {
            path: self.picture,
            size: measured.upright().into(),
            boxes,
        })
    }
}
