//! What a net says of pictures, as a table for people and spreadsheets.

use std::path::Path;

use tch::Kind;

use super::Predictions;
use crate::csv::quoted;
use crate::data::{Dataset, Skipped};
use crate::files::write_bytes;
use crate::{Error, Result};

const HEADER: &str = "file,class,probability,second_class,second_probability,problem\n";

impl Predictions {
    /// Writes a row for each picture: its file ([`Dataset::name`]), the likeliest class, its probability, and the same of the
    /// second one (empty where there is one class alone). Below, those that could not be read, with the reason in the last
    /// column: `unreadable` (of [`FolderReport::unreadable`](crate::data::FolderReport::unreadable), for example) and what
    /// decoding found ([`skipped`](Self::skipped)), so that no file is missing without a word. Fields are quoted where they have
    /// to be (RFC 4180). The file appears complete or not at all.
    ///
    /// # Errors
    ///
    /// `pictures` has fewer pictures than were predicted, there are more logits than `classes` or fewer, or the file cannot be
    /// written.
    pub fn write_csv(
        &self,
        path: impl AsRef<Path>,
        pictures: &dyn Dataset,
        classes: &[String],
        unreadable: &[Skipped],
    ) -> Result<()> {
        let width = self.logits.size().get(1).copied().unwrap_or_default();
        if width != classes.len() as i64 || width == 0 {
            let expected = format!("{width}, a name for each logit");
            return Err(Error::argument("names of classes", expected, classes.len()));
        }
        if let Some(index) = self.indices.iter().find(|&&index| index >= pictures.len()) {
            let expected = format!("those that were predicted, of which one is number {index}");
            return Err(Error::argument(
                "pictures",
                expected,
                format!("{} others", pictures.len()),
            ));
        }
        let (values, order) = self.probabilities().topk(width.min(2), -1, true, true);
        let values = Vec::<f64>::try_from(values.to_kind(Kind::Double).flatten(0, -1))?;
        let order = Vec::<i64>::try_from(order.flatten(0, -1))?;
        let shown = width.min(2) as usize;
        let mut text = HEADER.to_owned();
        let places = order.chunks_exact(shown).zip(values.chunks_exact(shown));
        for (&index, (order, values)) in self.indices.iter().zip(places) {
            text += &quoted(&pictures.name(index).to_string_lossy());
            for (&class, probability) in order.iter().zip(values) {
                let class = quoted(&classes[class as usize]);
                text += &format!(",{class},{probability:.6}");
            }
            text += &",,".repeat(2 - shown);
            text += ",\n";
        }
        for (number, one) in unreadable.iter().chain(&self.skipped).enumerate() {
            let known = unreadable.iter().chain(&self.skipped).take(number);
            if known.into_iter().all(|known| known.path != one.path) {
                text += &format!(
                    "{},,,,,{}\n",
                    quoted(&one.path.to_string_lossy()),
                    quoted(&one.reason)
                );
            }
        }
        write_bytes(path.as_ref(), text.as_bytes())
    }
}
