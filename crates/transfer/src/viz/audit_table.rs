//! What was found in a folder of pictures, as a table.

use super::display::escaped;
use super::{DataFrame, Show, Table, df};
use crate::data::Audit;

/// One row per class with its pictures in each part; below, what the text of the audit says.
impl Show for Audit {
    fn to_html(&self) -> String {
        let counts: Vec<Vec<u64>> = (0..self.parts.len())
            .map(|part| {
                self.counts(part)
                    .iter()
                    .map(|&count| count as u64)
                    .collect()
            })
            .collect();
        let frame: Result<DataFrame, String> =
            df!("class" => self.classes.clone()).map_err(|error| error.to_string());
        let frame = self
            .parts
            .iter()
            .zip(counts)
            .fold(frame, |frame, (part, counts)| {
                let mut frame = frame?;
                let column = df!(part.as_str() => counts).map_err(|error| error.to_string())?;
                frame
                    .hstack_mut(column.columns())
                    .map_err(|error| error.to_string())?;
                Ok(frame)
            });
        let rows = self.classes.len();
        // Columns of one length and of different names: no error is ever shown.
        let table = frame.map_or_else(
            |error| format!("<p>{}</p>", escaped(&error)),
            |frame| Table::new(frame).rows(rows).to_html(),
        );
        let lines: Vec<String> = self.to_string().lines().map(escaped).collect();
        format!("{table}\n<p>{}</p>", lines.join("<br>\n"))
    }
}
