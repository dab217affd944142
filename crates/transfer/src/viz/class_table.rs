//! Figures class by class as tables.

use super::{DataFrame, Show, Table, df};
use crate::metrics::{ClassReport, CocoSummary, Scores};

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
        let table = table(
            frame.map_err(|error| error.to_string()),
            &["precision", "recall", "F1"],
        );
        format!("{table}\n<p>accuracy {:.1} %</p>", 100.0 * self.accuracy)
    }
}

/// One row per class, in percent, "–" where there are no objects; the last one has the means of the classes and the
/// sums of the counts. Below are those of COCO's figures that are not given class by class.
impl Show for CocoSummary {
    fn to_html(&self) -> String {
        let known = |value: f64| (!value.is_nan()).then_some(value);
        let figures: Vec<(&str, f64, f64, [usize; 2])> = self
            .classes
            .iter()
            .map(|class| {
                let counts = [class.objects, class.detections];
                (class.name.as_str(), class.ap, class.ap50, counts)
            })
            .collect();
        let sums = [0, 1].map(|which| figures.iter().map(|class| class.3[which]).sum());
        let mean = ("mean of the classes", self.ap, self.ap50, sums);
        let rows: Vec<_> = figures.iter().chain([&mean]).collect();
        let counts = |which: usize| {
            rows.iter()
                .map(|row| row.3[which] as u64)
                .collect::<Vec<_>>()
        };
        let frame = df!(
            "class" => rows.iter().map(|row| row.0).collect::<Vec<_>>(),
            "AP" => rows.iter().map(|row| known(row.1)).collect::<Vec<_>>(),
            "AP50" => rows.iter().map(|row| known(row.2)).collect::<Vec<_>>(),
            "objects" => counts(0),
            "detections" => counts(1),
        );
        let table = table(frame.map_err(|error| error.to_string()), &["AP", "AP50"]);
        let percent = |(name, value): (&str, f64)| match known(value) {
            Some(value) => format!("{name}: {:.1} %", 100.0 * value),
            None => format!("{name}: –"),
        };
        let line = |figures: &[(&str, f64)]| {
            let said: Vec<String> = figures.iter().copied().map(percent).collect();
            said.join(", ")
        };
        let precision = line(&[
            ("AP75", self.ap75),
            ("AP of small objects", self.ap_small),
            ("medium", self.ap_medium),
            ("large", self.ap_large),
        ]);
        let recall = line(&[
            ("AR of the surest detection", self.ar_1),
            ("of ten", self.ar_10),
            ("of a hundred", self.ar_100),
            ("of small objects", self.ar_small),
            ("medium", self.ar_medium),
            ("large", self.ar_large),
        ]);
        format!("{table}\n<p>{precision}<br>{recall}</p>")
    }
}

/// All rows of a frame, with percentages in these columns. The frames are the ones above, with columns of the same length
/// and of those names: no error is ever shown.
fn table(frame: Result<DataFrame, String>, percent: &[&str]) -> String {
    let table = frame.and_then(|frame| {
        let rows = frame.height();
        percent
            .iter()
            .try_fold(Table::new(frame).rows(rows), |table, name| {
                table.percent(name, 1)
            })
            .map_err(|error| error.to_string())
    });
    table.map_or_else(
        |error| format!("<p>{}</p>", super::display::escaped(&error)),
        |table| table.to_html(),
    )
}
