//! What things are worth against what they cost, and which of them nothing else beats in both.

use plotters::element::Circle;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};

use super::axes::{BELOW, axes, beside};
use super::backend::{Area, Drawn};
use super::label_places::Edges;
use super::name_places::{Circled, line_end, name_places};
use super::pen::{self, FINE, inked, line, pixels, px, stroke, text};
use super::scale::{Scale, bounds, short};
use super::{Figure, font, theme};
use crate::metrics::Summary;
use crate::{Error, Result};

/// One way to do it: what it is called, costs and is worth, once for each run.
#[derive(Debug, Clone, PartialEq)]
pub struct Tradeoff {
    name: String,
    cost: Vec<f64>,
    worth: Vec<f64>,
    size: f64,
}

impl Tradeoff {
    /// A name ("probe"), what it cost in each run (seconds), what it was worth in each (an accuracy), and a second cost that the
    /// area of its circle shows (megabytes).
    pub fn new(name: impl Into<String>, cost: &[f64], worth: &[f64], size: f64) -> Self {
        Self {
            name: name.into(),
            cost: cost.to_vec(),
            worth: worth.to_vec(),
            size,
        }
    }

    /// The means, if there are any.
    fn middle(&self) -> Option<(f64, f64)> {
        let middle = (Summary::of(&self.cost).mean, Summary::of(&self.worth).mean);
        (middle.0.is_finite() && middle.0 > 0.0 && middle.1.is_finite()).then_some(middle)
    }
}

/// Those that none beats: no other costs less and is worth as much, or costs as much and is worth more (the Pareto front), the
/// cheapest first. By the means over the runs.
#[must_use]
pub fn pareto_front(points: &[Tradeoff]) -> Vec<usize> {
    let middles: Vec<Option<(f64, f64)>> = points.iter().map(Tradeoff::middle).collect();
    let beaten = |&(cost, worth): &(f64, f64)| {
        let others = middles.iter().flatten();
        let mut better = others.filter(|other| {
            other.0 <= cost && other.1 >= worth && (other.0 < cost || other.1 > worth)
        });
        better.next().is_some()
    };
    let mut front: Vec<(usize, f64)> = middles
        .iter()
        .enumerate()
        .filter_map(|(place, middle)| Some((place, middle.filter(|it| !beaten(it))?.0)))
        .collect();
    front.sort_by(|one, other| one.1.total_cmp(&other.1));
    front.into_iter().map(|(place, _)| place).collect()
}

/// A circle for every one: to the right it costs more (in powers of ten), further up it is worth more, the larger it is the more it
/// takes of the second cost. Whiskers are one standard deviation of the worth to either side. A line joins those that none beats
/// ([`pareto_front`]); the others are paler.
///
/// # Errors
///
/// A point has no name, or other numbers of costs than of worths.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let points = [
///     Tradeoff::new("probe", &[0.9, 1.0], &[76.0, 78.5], 160.0),
///     Tradeoff::new("all layers", &[40.0, 42.0], &[80.0, 81.5], 400.0),
///     Tradeoff::new("from scratch", &[40.0, 41.0], &[40.0, 41.5], 400.0),
/// ];
/// assert_eq!(pareto_front(&points), [0, 1]);
/// let names = ["processor time, s", "accuracy, %", "peak memory, MB"];
/// let chart: Figure = pareto_chart("Which strategy?", names, &points)?;
/// assert!(chart.alt().contains("None beats probe, all layers."));
/// # Ok(())
/// # }
/// ```
pub fn pareto_chart(
    title: &str,
    [cost, worth, size]: [&str; 3],
    points: &[Tradeoff],
) -> Result<Figure> {
    if let Some(wrong) = points.iter().find(|it| it.cost.len() != it.worth.len()) {
        let found = format!(
            "{} and {} of {:?}",
            wrong.cost.len(),
            wrong.worth.len(),
            wrong.name
        );
        return Err(Error::argument(
            "costs and worths",
            "as many of both",
            found,
        ));
    }
    let front = pareto_front(points);
    let largest = points
        .iter()
        .map(|it| it.size)
        .filter(|it| it.is_finite())
        .fold(0.0, f64::max);
    let radius = |it: &Tradeoff| match it.size.is_finite() && largest > 0.0 {
        true => LARGEST * (it.size.max(0.0) / largest).sqrt().max(0.2),
        false => 0.2 * LARGEST,
    };
    let xs = points.iter().filter_map(Tradeoff::middle).map(|it| it.0);
    let ys = points
        .iter()
        .filter_map(Tradeoff::middle)
        .zip(points.iter().filter(|it| it.middle().is_some()));
    let ys: Vec<f64> = ys
        .flat_map(|(it, of)| [-1.0, 0.0, 1.0].map(|side| it.1 + side * spread_of(of)))
        .collect();
    // Room for circles and names that stand at the edge.
    let x = Scale::log(xs).padded(0.1, 0.12);
    let y = Scale::linear(ys.into_iter(), 6, false).padded(0.08, 0.1);
    let left = beside(&y);
    Figure::fine(SHEET, &words(title, points, &front), |area| {
        pen::title(area, title)?;
        let (width, height) = (SHEET.0 - 16.0, SHEET.1 - TOP - 22.0);
        let plot = area
            .clone()
            .shrink((px(0.0), px(TOP)), (px(width), px(height)));
        let chart = axes(&plot, (x, cost), (y, worth), (left, BELOW))?;
        let place = |it: &Tradeoff| it.middle().map(|at| pixels(chart.backend_coord(&at)));
        let (columns, rows) = chart.plotting_area().get_pixel_range();
        let edge = |pixels: i32| f64::from(pixels) / FINE;
        let frame = [
            edge(columns.start),
            edge(rows.start),
            edge(columns.end),
            edge(rows.end),
        ];
        let joined: Vec<(f64, f64)> = front
            .iter()
            .filter_map(|index| place(&points[*index]))
            .collect();
        let stairs = stairs(&joined, frame[2]);
        line(area, &stairs, stroke(&theme::axis(), 1.6))?;
        let mut circles = Vec::new();
        for (index, point) in points.iter().enumerate() {
            let Some(at) = place(point) else { continue };
            circles.push((index, (at, radius(point))));
            let ink = ink(&front, index);
            let whisker = [-1.0, 1.0].map(|side| {
                let of = point.middle().unwrap_or_default();
                pixels(chart.backend_coord(&(of.0, of.1 + side * spread_of(point))))
            });
            line(area, &whisker, stroke(&ink, 1.2))?;
            circle(area, at, radius(point), &ink)?;
        }
        label(area, (frame, &stairs), &circles, points, |index| {
            ink(&front, index)
        })?;
        let sizes = points.iter().map(|it| it.size);
        let said = match bounds(sizes) {
            Some((least, most)) => format!(
                "The area of a circle: {size}, {} to {}. The line: what none beats.",
                short(least),
                short(most)
            ),
            None => "The line: what none beats.".to_owned(),
        };
        text(area, &said, SMALL, HPos::Left, (left, SHEET.1 - 10.0))
    })
}

const SHEET: (f64, f64) = (700.0, 470.0);
const TOP: f64 = 40.0;
const LABEL: f64 = 13.0;
const SMALL: f64 = 11.5;
/// A name that is so near to its circle needs no line.
const NEAR: f64 = 6.0;
/// The radius of the largest circle.
const LARGEST: f64 = 15.0;

fn spread_of(point: &Tradeoff) -> f64 {
    let std = Summary::of(&point.worth).std;
    if std.is_finite() { std } else { 0.0 }
}

/// What none beats has colour.
fn ink(front: &[usize], index: usize) -> RGBColor {
    theme::series_ink(if front.contains(&index) { 0 } else { 1 })
}

fn circle(area: &Area<'_>, centre: (f64, f64), radius: f64, ink: &impl Color) -> Drawn {
    area.draw(&Circle::new(
        pen::at(centre),
        px(radius),
        ink.mix(0.28).filled(),
    ))?;
    area.draw(&Circle::new(pen::at(centre), px(radius), stroke(ink, 1.4)))?;
    Ok(())
}

/// From each point straight on at its height to the next one's place, then up; on to the edge.
fn stairs(points: &[(f64, f64)], edge: f64) -> Vec<(f64, f64)> {
    let mut line = Vec::new();
    for (number, &(x, y)) in points.iter().enumerate() {
        let next = points.get(number + 1).map_or(edge, |next| next.0);
        line.extend([(x, y), (next, y)]);
    }
    line
}

/// The names, beside their circles or joined to them by a line.
fn label(
    area: &Area<'_>,
    (frame, stairs): (Edges, &[(f64, f64)]),
    circles: &[(usize, Circled)],
    points: &[Tradeoff],
    ink: impl Fn(usize) -> RGBColor,
) -> Drawn {
    let only: Vec<Circled> = circles.iter().map(|(_, circle)| *circle).collect();
    let size = |(index, _): &(usize, Circled)| {
        let width = font::width(&points[*index].name, LABEL);
        (width + 4.0, LABEL + 3.0)
    };
    let sizes: Vec<(f64, f64)> = circles.iter().map(size).collect();
    let level = |ends: &[(f64, f64)]| [ends[0].0, ends[0].1 - 1.0, ends[1].0, ends[0].1 + 1.0];
    let taken: Vec<Edges> = stairs.chunks_exact(2).map(level).collect();
    let places = name_places(frame, &only, &sizes, &taken);
    for ((index, circle), place) in circles.iter().zip(places) {
        let (ink, end) = (ink(*index), line_end(*circle, &place));
        let ((x, y), radius) = *circle;
        let length = (end.0 - x).hypot(end.1 - y);
        if length > radius + NEAR {
            let share = radius / length;
            let begin = (x + share * (end.0 - x), y + share * (end.1 - y));
            line(area, &[begin, end], stroke(&ink.mix(0.6), 1.0))?;
        }
        let at = (place[0] + 2.0, (place[1] + place[3]) / 2.0);
        inked(area, &points[*index].name, LABEL, &ink, HPos::Left, at)?;
    }
    Ok(())
}

fn words(title: &str, points: &[Tradeoff], front: &[usize]) -> String {
    let of = |point: &Tradeoff| match point.middle() {
        Some((cost, worth)) => format!("{}: {} for {}", point.name, short(worth), short(cost)),
        None => format!("{}: no values", point.name),
    };
    let all: Vec<String> = points.iter().map(of).collect();
    let best: Vec<&str> = front
        .iter()
        .map(|index| points[*index].name.as_str())
        .collect();
    format!(
        "{title}. {}. None beats {}.",
        all.join(", "),
        best.join(", ")
    )
}
