//! Bars with their spread: one bar per method, one dot per seed.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Figure;
use super::theme;
use crate::Result;
use crate::metrics::Summary;

/// One bar: a name and the value of each seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What the bar stands for.
    pub name: String,
    /// One value per seed.
    pub values: Vec<f64>,
}

impl Bar {
    /// A bar of these values.
    pub fn new(name: impl Into<String>, values: &[f64]) -> Self {
        Self {
            name: name.into(),
            values: values.to_vec(),
        }
    }
}

const SIZE: (u32, u32) = (680, 340);

/// A bar chart: the height is the mean over the seeds, the whisker one standard deviation to either side, each
/// dot one seed. `title` is the one idea, `unit` what the vertical axis measures ("test accuracy, %"); the axis
/// starts at 0 and ends at `top`.
///
/// # Errors
///
/// plotters fails, which it has no reason to.
pub fn bars(title: &str, unit: &str, top: f64, bars: &[Bar]) -> Result<Figure> {
    let alt = bars
        .iter()
        .map(|bar| format!("{} {:.1}", bar.name, Summary::of(&bar.values).mean));
    let alt = format!("{title} ({unit}): {}", alt.collect::<Vec<_>>().join(", "));
    let count = bars.len().max(1) as f64;
    Figure::draw(SIZE, &alt, |area| {
        let centred = |size: u32| theme::text(size).pos(Pos::new(HPos::Center, VPos::Bottom));
        let mut chart = ChartBuilder::on(area)
            .caption(title, theme::text(19))
            .margin(12)
            .x_label_area_size(34)
            .y_label_area_size(58)
            .build_cartesian_2d(0.0..count, 0.0..top)?;
        let number = |value: &f64| format!("{value}");
        let mut mesh = chart.configure_mesh();
        theme::mesh(&mut mesh);
        mesh.disable_x_mesh()
            .disable_x_axis()
            .x_labels(0)
            .y_label_formatter(&number)
            .y_desc(unit)
            .draw()?;
        drop(mesh);
        for (index, bar) in bars.iter().enumerate() {
            let colour = theme::rgb(theme::series(index));
            let (middle, summary) = (index as f64 + 0.5, Summary::of(&bar.values));
            let corners = [(middle - 0.3, 0.0), (middle + 0.3, summary.mean)];
            chart.draw_series([Rectangle::new(corners, colour.mix(0.5).filled())])?;
            let (low, high) = (summary.mean - summary.std, summary.mean + summary.std);
            let whisker = theme::rgb(theme::TEXT).stroke_width(2);
            let cap = |y: f64| PathElement::new([(middle - 0.06, y), (middle + 0.06, y)], whisker);
            chart.draw_series([
                PathElement::new([(middle, low), (middle, high)], whisker),
                cap(low),
                cap(high),
            ])?;
            let step = 0.28 / bar.values.len().max(1) as f64;
            let dots = bar.values.iter().enumerate().map(|(seed, &value)| {
                let x = middle + 0.12 + step * (seed as f64 + 0.5) * 0.6;
                Circle::new((x, value), 4, colour.filled())
            });
            chart.draw_series(dots)?;
            let above = high.max(bar.values.iter().copied().fold(0.0, f64::max));
            let label = format!("{:.1}", summary.mean);
            chart.draw_series([Text::new(label, (middle, above + top * 0.02), centred(16))])?;
            let (x, y) = chart.backend_coord(&(middle, 0.0));
            area.draw_text(
                &bar.name,
                &theme::text(15).pos(Pos::new(HPos::Center, VPos::Top)),
                (x, y + 9),
            )?;
        }
        Ok::<(), DrawingAreaErrorKind<std::io::Error>>(())
    })
}
