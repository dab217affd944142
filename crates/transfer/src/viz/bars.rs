//! Bars with their spread: one bar per method, one dot per seed; and groups of bars.

use plotters::element::{Circle, PathElement, Rectangle};
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::axes::{Chart, NAME, axes, beside};
use super::backend::{Area, Drawn};
use super::pen::{self, FINE, pixels, px, stroke, text, turned};
use super::scale::{Scale, bounds};
use super::{Figure, font, legend, theme};
use crate::metrics::Summary;
use crate::{Error, Result};

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

/// A bar chart: the height is the mean over the seeds, the whisker one standard deviation to either side, each
/// dot one seed. `title` is the one idea, `unit` what the vertical axis measures ("test accuracy, %"); the axis
/// starts at 0 (or at the lowest value, where that is negative) and ends at `top`, or higher where a value is. A whisker
/// does not go below 0 or above `top` where no value does. All means have the same decimals: three digits of the
/// greatest, none where all bars are counts (one whole number each).
///
/// # Errors
///
/// The markup cannot be made, which it has no reason to.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let seeds = [Bar::new("pretrained", &[88.1, 90.4, 87.9]), Bar::new("random", &[41.0, 44.2, 39.5])];
/// let chart = bars("A linear head on 20 labels per class", "test accuracy, %", 100.0, &seeds)?;
/// assert!(chart.alt().ends_with("pretrained 88.8, random 41.6"));
/// # Ok(())
/// # }
/// ```
pub fn bars(title: &str, unit: &str, top: f64, bars: &[Bar]) -> Result<Figure> {
    let series: Vec<(&str, Vec<&Bar>)> = bars
        .iter()
        .map(|bar| (bar.name.as_str(), vec![bar]))
        .collect();
    draw(title, unit, top, &series, None)
}

/// Bars in groups: `groups[g].1` has a bar for every one of `names`, in their order, and the legend names their
/// colours (from the seventh on, the same ones paler and with an edge). Everything else as in [`bars`]; the bars' own names are not shown.
///
/// # Errors
///
/// A group has more or fewer bars than there are names.
pub fn grouped_bars(
    title: &str,
    unit: &str,
    top: f64,
    names: &[String],
    groups: &[(String, Vec<Bar>)],
) -> Result<Figure> {
    if let Some((group, bars)) = groups.iter().find(|(_, bars)| bars.len() != names.len()) {
        let expected = format!("{} in every group, one per name", names.len());
        return Err(Error::argument(
            "bars of a group",
            expected,
            format!("{} in {group:?}", bars.len()),
        ));
    }
    let series: Vec<(&str, Vec<&Bar>)> = groups
        .iter()
        .map(|(name, bars)| (name.as_str(), bars.iter().collect()))
        .collect();
    draw(title, unit, top, &series, Some(names))
}

const LABEL: f64 = 13.0;

fn draw(
    title: &str,
    unit: &str,
    top: f64,
    groups: &[(&str, Vec<&Bar>)],
    legend: Option<&[String]>,
) -> Result<Figure> {
    let each = groups
        .iter()
        .map(|group| group.1.len())
        .max()
        .unwrap_or(0)
        .max(1);
    let slots = groups.len().max(1) as f64;
    let width = (slots * (each as f64 * 22.0 + 16.0) + 110.0).clamp(680.0, 1400.0);
    let step = (width - 110.0) / slots;
    // Names that are wider than their bars are written upwards.
    let widest = groups
        .iter()
        .map(|group| font::width(group.0, LABEL))
        .fold(0.0, f64::max);
    let upright = widest > step - 6.0;
    let names: Vec<&str> = groups.iter().map(|group| group.0).collect();
    let names = font::fitted_names(&names, LABEL, 150.0);
    let below = if upright {
        widest.min(150.0) + 20.0
    } else {
        34.0
    };
    let signs = legend.map_or_else(Vec::new, |names| legend::places(names, width));
    let begin = 48.0 + signs.last().map_or(0.0, |(_, (_, y))| y + 20.0);
    let all = || groups.iter().flat_map(|group| &group.1);
    let found = Common::of(all().copied(), top);
    let values = || {
        let whiskers = all().map(|bar| summary(bar)).filter(|of| of.n > 0);
        let ends = whiskers.map(|of| found.whisker(&of));
        let ends = ends.flat_map(|(low, high)| [low, high]);
        ends.chain(all().flat_map(|bar| bar.values.iter().copied()))
    };
    let (low, high) = bounds(values()).unwrap_or((0.0, 0.0));
    let most = if high > top || !top.is_finite() {
        high
    } else {
        top
    };
    let over = if high > 0.94 * most { 0.08 } else { 0.0 };
    let y = Scale::linear([low.min(0.0), most.max(0.0)].into_iter(), 5, false)
        .padded(if low < 0.0 { 0.12 } else { 0.0 }, over);
    let said: Vec<String> = groups
        .iter()
        .flat_map(|(group, bars)| {
            let found = &found;
            bars.iter().enumerate().map(move |(index, bar)| {
                let name = legend.map_or_else(String::new, |names| format!(" {}", names[index]));
                let summary = summary(bar);
                let value = if summary.n == 0 {
                    "without values".into()
                } else {
                    number(summary.mean, found.decimals)
                };
                format!("{group}{name} {value}")
            })
        })
        .collect();
    let said = if said.is_empty() {
        "no bars".into()
    } else {
        said.join(", ")
    };
    let alt = format!("{title} ({unit}): {said}");
    Figure::fine((width, 242.0 + begin + below), &alt, |area| {
        pen::title(area, title)?;
        legend::draw(area, &signs, 48.0)?;
        let x = Scale::linear([0.0, slots].into_iter(), 1, false).bare();
        let left = beside(&y);
        let plot = area.margin(px(begin), px(6.0), 0, px(16.0));
        let mut chart = axes(&plot, (x, ""), (y, unit), (left, below - 6.0))?;
        for (place, (name, bars)) in groups.iter().enumerate() {
            for (index, bar) in bars.iter().enumerate() {
                let wide = (0.76 / each as f64).min(0.6);
                let offset = (index as f64 - (bars.len() - 1) as f64 / 2.0) * wide;
                let (shown, series) = if legend.is_some() {
                    (wide * 0.88, index)
                } else {
                    (wide, place % theme::SERIES.len())
                };
                let middle = place as f64 + 0.5 + offset;
                draw_bar(area, &mut chart, bar, (middle, shown), series, &found)?;
            }
            let middle = pixels(chart.backend_coord(&(place as f64 + 0.5, 0.0))).0;
            let (_, rows) = chart.plotting_area().get_pixel_range();
            let under = f64::from(rows.end) / FINE;
            if upright {
                turned(
                    area,
                    &names[place],
                    LABEL,
                    HPos::Right,
                    (middle, under + 10.0),
                )?;
            } else {
                text(area, name, LABEL, HPos::Center, (middle, under + 15.5))?;
            }
        }
        Ok(())
    })
}

/// What the bars of a chart have in common.
struct Common {
    /// Where whiskers end at the latest.
    ends: (f64, f64),
    /// Those of all means.
    decimals: usize,
    /// The width of the widest mean in letters of one pixel.
    widest: f64,
}

impl Common {
    fn of<'a>(bars: impl Iterator<Item = &'a Bar> + Clone, top: f64) -> Self {
        let values = bars.clone().flat_map(|bar| bar.values.iter().copied());
        let (low, high) = bounds(values).unwrap_or((0.0, 0.0));
        let shown = bars.map(summary).filter(|of| of.n > 0);
        let decimals = decimals(shown.clone(), top);
        let width = |of: Summary| font::width(&number(of.mean, decimals), 1.0);
        Self {
            ends: (
                if low < 0.0 { f64::MIN } else { 0.0 },
                if high <= top { top } else { f64::MAX },
            ),
            decimals,
            widest: shown.map(width).fold(1.0, f64::max),
        }
    }

    /// One standard deviation to either side, as far as there can be values.
    fn whisker(&self, of: &Summary) -> (f64, f64) {
        let (low, high) = (of.mean - of.std, of.mean + of.std);
        (low.max(self.ends.0), high.min(self.ends.1))
    }
}

/// Values that are not finite have no place in a mean.
pub(super) fn summary(bar: &Bar) -> Summary {
    Summary::of(
        &bar.values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect::<Vec<_>>(),
    )
}

fn draw_bar(
    area: &Area<'_>,
    chart: &mut Chart<'_, '_>,
    bar: &Bar,
    (middle, wide): (f64, f64),
    series: usize,
    common: &Common,
) -> Drawn {
    let summary = summary(bar);
    let (low, high) = common.whisker(&summary);
    let at = |chart: &Chart<'_, '_>, value: f64| pixels(chart.backend_coord(&(middle, value)));
    let (centre, zero) = at(chart, 0.0);
    if summary.n == 0 {
        return text(area, "–", LABEL, HPos::Center, (centre, zero - 10.5));
    }
    let (left, right) = (middle - 0.5 * wide, middle + 0.5 * wide);
    let corners = [(left, summary.mean), (right, 0.0)];
    let ink = theme::series_ink(series);
    for style in legend::styles(series) {
        chart.draw_series([Rectangle::new(corners, style)])?;
    }
    let size = 2.0 * (centre - pixels(chart.backend_coord(&(left, 0.0))).0);
    if summary.std > 0.0 {
        let cap = (0.1 * size).clamp(2.0, 8.0) / size * wide;
        let whisker = [
            [(middle, low), (middle, high)],
            [(middle - cap, low), (middle + cap, low)],
            [(middle - cap, high), (middle + cap, high)],
        ];
        let style = stroke(&theme::TEXT, 1.8);
        chart.draw_series(whisker.map(|line| PathElement::new(line, style)))?;
    }
    let values = bar.values.iter().copied().filter(|value| value.is_finite());
    let values: Vec<f64> = values.collect();
    let mut above = at(chart, high).1;
    if values.len() > 1 {
        let dot = |(seed, &value): (usize, &f64)| {
            let share = (seed as f64 + 0.5) / values.len() as f64;
            let place = (middle + (0.16 + 0.28 * share) * wide, value);
            Circle::new(place, px((size * 0.06).clamp(1.6, 3.8)), ink.filled())
        };
        chart.draw_series(values.iter().enumerate().map(dot))?;
        let highest = values.iter().copied().fold(f64::MIN, f64::max);
        above = above.min(at(chart, highest).1 - 3.0);
    }
    let label = number(summary.mean, common.decimals);
    let letters = NAME.min(size / common.widest * 1.1);
    if letters < 9.0 {
        return Ok(());
    }
    let y = if summary.mean < 0.0 {
        at(chart, low).1 + 0.65 * letters + 3.0
    } else {
        above - 6.0 - 0.35 * letters
    };
    text(area, &label, letters, HPos::Center, (centre, y))
}

/// How many decimals the means of one chart or column have, so that they can be compared: three digits of the
/// greatest, or of `top` where that is greater; none where nothing but whole numbers, counts, is shown and no mean of several.
pub(super) fn decimals(bars: impl Iterator<Item = Summary> + Clone, top: f64) -> usize {
    let means = bars.clone().map(|of| of.mean.abs());
    let most = means.fold(top.max(0.0), f64::max);
    let is_count = |of: Summary| of.n == 1 && of.mean.fract() == 0.0;
    match most {
        _ if bars.clone().all(is_count) => 0,
        1e3.. => 0,
        1e1..1e3 => 1,
        1e0..1e1 => 2,
        _ => 3,
    }
}

/// A mean as it stands over its bar. What the decimals would make 0 of keeps digits of its own, but for what is left of a
/// difference between equal numbers.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let least = 0.5 * 0.1f64.powi(decimals as i32);
    match value.abs() {
        size if size < 1e-9 * least => "0".into(),
        size if size < 1e5 && size >= least => format!("{value:.decimals$}"),
        1e-3..1e0 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    }
}
