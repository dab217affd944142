//! Precision, recall and F1 as a table.

use super::{Show, Table, df};
use crate::metrics::{ClassReport, Scores};

/// One row per class, then the averages, in percent.
impl Show for ClassReport {
    fn to_html(&self) -> String {
        let averages = [
            ("mean of the classes".to_owned(), self.macro_avg),
            ("weighted by support".to_owned(), self.weighted_avg),
        ];
        let rows: Vec<&(String, Scores)> = self.classes.iter().chain(&averages).collect();
        let column = |value: fn(&Scores) -> f64| {
            rows.iter()
                .map(|(_, scores)| value(scores))
                .collect::<Vec<f64>>()
        };
        let frame = df!(
            "class" => rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            "precision" => column(|scores| scores.precision),
            "recall" => column(|scores| scores.recall),
            "F1" => column(|scores| scores.f1),
            "support" => rows.iter().map(|(_, scores)| scores.support as u64).collect::<Vec<_>>(),
        );
        let table = frame.map_err(|error| error.to_string()).and_then(|frame| {
            let count = frame.height();
            let table = ["precision", "recall", "F1"]
                .into_iter()
                .try_fold(Table::new(frame).rows(count), |table, name| {
                    table.percent(name, 1)
                });
            table.map_err(|error| error.to_string())
        });
        // The columns are the ones above, of the same length: neither can fail.
        let table = table.map_or_else(
            |error| format!("<p>{}</p>", super::display::escaped(&error)),
            |table| table.to_html(),
        );
        format!("{table}\n<p>accuracy {:.1} %</p>", 100.0 * self.accuracy)
    }
}
