//! polars tables as HTML, in the clothes of JupyterLab's own tables.

use polars::prelude::{AnyValue, DataType};

pub use polars::df;
pub use polars::frame::DataFrame;

use super::Show;
use super::display::escaped;

const MOST_ROWS: usize = 60;

/// A table with right-aligned numbers; whole numbers as they are, others with three significant places. Of a
/// long table, the first rows and how many there are.
impl Show for DataFrame {
    fn to_html(&self) -> String {
        let columns = self.columns();
        let align = |numeric: bool| if numeric { "right" } else { "left" };
        let mut html = String::from("<table>\n<thead><tr>");
        for column in columns {
            let align = align(column.dtype().is_primitive_numeric());
            html += &format!(
                "<th style=\"text-align:{align}\">{}</th>",
                escaped(column.name())
            );
        }
        html += "</tr></thead>\n<tbody>\n";
        for row in 0..self.height().min(MOST_ROWS) {
            html += "<tr>";
            for column in columns {
                let align = align(column.dtype().is_primitive_numeric());
                let value = column.get(row).map_or_else(
                    |error| error.to_string(),
                    |value| cell(&value, column.dtype()),
                );
                html += &format!("<td style=\"text-align:{align}\">{}</td>", escaped(&value));
            }
            html += "</tr>\n";
        }
        html += "</tbody></table>";
        if self.height() > MOST_ROWS {
            html += &format!("\n<p>{MOST_ROWS} of {} rows</p>", self.height());
        }
        html
    }
}

fn cell(value: &AnyValue<'_>, dtype: &DataType) -> String {
    match value {
        AnyValue::Null => "–".into(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        _ if dtype.is_float() => value.extract::<f64>().map_or_else(String::new, float),
        _ => value.to_string(),
    }
}

fn float(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".into()
    } else if (1e-3..1e6).contains(&size) {
        let places = (2 - size.log10().floor() as i32).clamp(1, 5) as usize;
        format!("{value:.places$}")
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_text_is_escaped() {
        let frame =
            df!("method" => ["a<b", "c"], "accuracy" => [0.98765, 87.123], "seeds" => [3, 5])
                .unwrap();
        let html = frame.to_html();
        for part in ["a&lt;b", ">0.988<", ">87.1<", "text-align:right\">3<"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(float(1.5e-7), "1.50e-7");
    }
}
