//! polars tables as HTML, in the clothes of JupyterLab's own tables.

use polars::prelude::{AnyValue, Column, DataType};

pub use polars::df;
pub use polars::frame::DataFrame;

use super::Show;
use super::display::escaped;
use crate::{Error, Result};

const MOST_ROWS: usize = 60;

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    /// Times this factor, with so many places, and a sign after it.
    Fixed(f64, usize, &'static str),
    /// As [`places`] finds for the whole column.
    Common(usize),
}

/// A table with formats for some of its columns.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
/// let frame: DataFrame = df!("method" => ["linear head", "fine-tuned"], "accuracy" => [0.913, 0.947])?;
/// let table: Table = Table::new(frame).percent("accuracy", 1)?;
/// assert!(table.to_html().contains("94.7 %"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    frame: DataFrame,
    formats: Vec<(String, Format)>,
    rows: usize,
}

impl Table {
    /// The table as [`Show`] of a [`DataFrame`] shows it: the first 60 rows, and numbers with as many places as the
    /// column needs.
    #[must_use]
    pub fn new(frame: DataFrame) -> Self {
        Self {
            frame,
            formats: Vec::new(),
            rows: MOST_ROWS,
        }
    }

    /// With so many decimal places in a column of numbers.
    ///
    /// # Errors
    ///
    /// There is no such column, or it holds no numbers.
    pub fn decimals(self, column: &str, places: usize) -> Result<Self> {
        self.format(column, Format::Fixed(1.0, places, ""))
    }

    /// Shares in [0, 1] as percentages with so many decimal places.
    ///
    /// # Errors
    ///
    /// There is no such column, or it holds no numbers.
    pub fn percent(self, column: &str, places: usize) -> Result<Self> {
        self.format(column, Format::Fixed(100.0, places, " %"))
    }

    /// With at most so many rows; those that are left out are counted below the table.
    #[must_use]
    pub fn rows(mut self, most: usize) -> Self {
        self.rows = most;
        self
    }

    fn format(mut self, column: &str, format: Format) -> Result<Self> {
        let numeric =
            |found: &&Column| found.name() == column && found.dtype().is_primitive_numeric();
        if !self.frame.columns().iter().any(|found| numeric(&found)) {
            let names: Vec<&str> = self
                .frame
                .columns()
                .iter()
                .filter(|found| found.dtype().is_primitive_numeric())
                .map(|found| found.name().as_str())
                .collect();
            return Err(Error::argument(
                "column of numbers",
                format!("one of {names:?}"),
                format!("{column:?}"),
            ));
        }
        self.formats.push((column.to_owned(), format));
        Ok(self)
    }
}

/// Numbers to the right with the same places all down a column, text to the left.
impl Show for Table {
    fn to_html(&self) -> String {
        html(&self.frame, &self.formats, self.rows)
    }
}

/// As [`Table::new`] shows it.
impl Show for DataFrame {
    fn to_html(&self) -> String {
        html(self, &[], MOST_ROWS)
    }
}

fn html(frame: &DataFrame, formats: &[(String, Format)], most: usize) -> String {
    let shown = frame.height().min(most);
    let columns: Vec<(&Column, Format, &str)> = frame
        .columns()
        .iter()
        .map(|column| {
            let own = formats
                .iter()
                .rfind(|(name, _)| name == column.name().as_str());
            let format = own.map_or_else(
                || Format::Common(places(column, shown)),
                |(_, format)| *format,
            );
            let numeric = column.dtype().is_primitive_numeric();
            let style = if numeric {
                "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums"
            } else {
                "text-align:left"
            };
            (column, format, style)
        })
        .collect();
    let mut html = String::from("<table>\n<thead><tr>");
    for (column, _, style) in &columns {
        html += &format!("<th style=\"{style}\">{}</th>", escaped(column.name()));
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in 0..shown {
        html += "<tr>";
        for (column, format, style) in &columns {
            let value = column.get(row).map_or_else(
                |error| error.to_string(),
                |value| cell(&value, column.dtype(), *format),
            );
            html += &format!("<td style=\"{style}\">{}</td>", escaped(&value));
        }
        html += "</tr>\n";
    }
    html += "</tbody></table>";
    if frame.height() > shown {
        html += &format!("\n<p>{shown} of {} rows</p>", frame.height());
    }
    html
}

fn cell(value: &AnyValue<'_>, dtype: &DataType, format: Format) -> String {
    let number = || value.extract::<f64>();
    match (value, format) {
        (AnyValue::Null, _) => "–".into(),
        (AnyValue::String(text), _) => (*text).to_owned(),
        (AnyValue::StringOwned(text), _) => text.to_string(),
        (_, Format::Fixed(factor, places, sign)) => number().map_or_else(String::new, |number| {
            format!("{:.places$}{sign}", factor * number)
        }),
        (_, Format::Common(places)) if dtype.is_float() => {
            number().map_or_else(String::new, |number| float(number, places))
        }
        _ => value.to_string(),
    }
}

/// As many places as give the greatest number of the column three significant digits and the least one two; 1 to 5.
fn places(column: &Column, rows: usize) -> usize {
    let sizes = (0..rows)
        .filter_map(|row| column.get(row).ok()?.extract::<f64>())
        .map(f64::abs);
    let (least, greatest) =
        super::scale::bounds(sizes.filter(|size| *size > 0.0)).unwrap_or((1.0, 1.0));
    let digits = |size: f64| size.log10().floor() as i32;
    (2 - digits(greatest)).max(1 - digits(least)).clamp(1, 5) as usize
}

fn float(value: f64, places: usize) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".into()
    } else if !value.is_finite() {
        value.to_string()
    } else if size >= 1e6 || size < 10f64.powi(1 - places as i32) * 0.5 {
        format!("{value:.2e}")
    } else {
        format!("{value:.places$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(html: &str) -> Vec<&str> {
        html.split("<td")
            .skip(1)
            .filter_map(|cell| {
                cell.split_once('>')?
                    .1
                    .split_once("</td>")
                    .map(|cell| cell.0)
            })
            .collect()
    }

    #[test]
    fn numbers_stand_below_each_other_and_text_is_escaped() {
        let frame =
            df!("method" => ["a<b", "c"], "accuracy" => [0.98765, 87.123], "seeds" => [3, 5])
                .unwrap();
        let html = frame.to_html();
        assert_eq!(cells(&html), ["a&lt;b", "0.99", "3", "c", "87.12", "5"]);
        assert!(html.contains("text-align:right"));
    }

    #[test]
    fn any_number_can_be_read() {
        let frame = df!("x" => [Some(1e-8), Some(-2.5), Some(0.0), Some(3e9), Some(f64::NAN), None, Some(f64::NEG_INFINITY)]).unwrap();
        assert_eq!(
            cells(&frame.to_html()),
            ["1.00e-8", "-2.50000", "0", "3.00e9", "NaN", "–", "-inf"]
        );
        let frame = df!("lr" => [1e-5, 1e-2]).unwrap();
        assert_eq!(cells(&frame.to_html()), ["1.00e-5", "0.01000"]);
    }

    #[test]
    fn formats_and_rows() {
        let frame =
            df!("name" => ["a", "b", "c"], "share" => [0.5, 0.25, 1.0], "loss" => [1.0, 2.0, 3.0])
                .unwrap();
        let table = Table::new(frame)
            .percent("share", 1)
            .unwrap()
            .decimals("loss", 3)
            .unwrap()
            .rows(2);
        let html = table.to_html();
        assert_eq!(
            cells(&html),
            ["a", "50.0 %", "1.000", "b", "25.0 %", "2.000"]
        );
        assert!(html.ends_with("<p>2 of 3 rows</p>"));
        assert!(table.clone().percent("name", 1).is_err());
        assert!(
            table
                .decimals("nothing", 1)
                .unwrap_err()
                .to_string()
                .contains("\"share\"")
        );
    }

    #[test]
    fn long_and_empty_tables() {
        let long = df!("x" => (0..1000).collect::<Vec<i32>>())
            .unwrap()
            .to_html();
        assert_eq!(cells(&long).len(), MOST_ROWS);
        assert!(long.ends_with("<p>60 of 1000 rows</p>"));
        assert!(cells(&DataFrame::empty().to_html()).is_empty());
    }
}
