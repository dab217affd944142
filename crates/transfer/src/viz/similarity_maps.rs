//! How alike all pairs of some things are, as maps.

use plotters::style::text_anchor::HPos;
use tch::Tensor;

use super::canvas::Canvas;
use super::pen::{self, line, stroke, text};
use super::pixels::{MapScale, map_pictures, value_range};
use super::scale::{counted, short};
use super::{Figure, font, theme};
use crate::{Error, Result};

const LABEL: f64 = 12.0;
const SIDE: f64 = 280.0;
const GAP: f64 = 20.0;
/// Where the maps begin.
const TOP: f64 = 66.0;

/// Maps `[N, N]` of how alike each of N things is to each, all on one scale in the colours of viridis, each with a caption
/// above it. The things are sorted by group: `groups` has the names and sizes, which stand beside the rows; the columns are in
/// the same order.
///
/// # Errors
///
/// There is no map, or one has another shape than the groups.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let features = Tensor::randn([6, 8], (Kind::Float, Device::Cpu));
/// let alike = features.matmul(&features.tr());
/// let groups = [("ants".to_string(), 2), ("bees".to_string(), 4)];
/// let chart: Figure = similarity_maps("How alike?", &[("before", &alike)], &groups)?;
/// assert!(chart.alt().contains("6 x 6"));
/// # Ok(())
/// # }
/// ```
pub fn similarity_maps(
    title: &str,
    maps: &[(&str, &Tensor)],
    groups: &[(String, usize)],
) -> Result<Figure> {
    let count: usize = groups.iter().map(|group| group.1).sum();
    let expected = [count as i64; 2];
    if let Some((name, map)) = maps.iter().find(|(_, map)| map.size() != expected) {
        let found = format!("{:?} in {name:?}", map.size());
        let expected = format!("{expected:?}, as the groups have it");
        return Err(Error::argument("similarity map", expected, found));
    }
    if maps.is_empty() {
        return Err(Error::argument("similarity maps", "one or more", "none"));
    }
    let all: Vec<&Tensor> = maps.iter().map(|(_, map)| *map).collect();
    let all = Tensor::stack(&all, 0);
    let said = value_range(&all)?.map_or_else(String::new, |(low, high)| {
        format!("dark blue: {}, yellow: {}", short(low), short(high))
    });
    let names: Vec<&str> = groups.iter().map(|group| group.0.as_str()).collect();
    let names = font::fitted_names(&names, LABEL, 160.0);
    let widest = names.iter().map(|name| font::width(name, LABEL));
    let left = widest.fold(0.0, f64::max) + 22.0;
    let corner = |map: usize| (left + map as f64 * (SIDE + GAP), TOP);
    let end = corner(maps.len()).0.max(font::width(title, 17.0) + 24.0);
    let mut canvas = Canvas::new(end, TOP + SIDE + 30.0);
    for (number, picture) in map_pictures(&all, MapScale::Common)?
        .into_iter()
        .enumerate()
    {
        let crisp = f64::from(picture.width()) <= 2.0 * SIDE;
        canvas.picture(corner(number), (SIDE, SIDE), picture, crisp);
    }
    canvas.draw(|area| {
        pen::title(area, title)?;
        for (number, (caption, _)) in maps.iter().enumerate() {
            let caption = font::fitted(caption, LABEL, SIDE);
            text(
                area,
                &caption,
                LABEL,
                HPos::Left,
                (corner(number).0, TOP - 12.0),
            )?;
        }
        let row = SIDE / count.max(1) as f64;
        let (mut begin, mut free) = (0, TOP);
        for (name, (_, size)) in names.iter().zip(groups) {
            let (above, below) = (begin as f64 * row, (begin + size) as f64 * row);
            let middle = TOP + (above + below) / 2.0;
            // Names that would run into each other are left out.
            if middle >= free {
                text(area, name, LABEL, HPos::Right, (left - 10.0, middle))?;
                free = middle + LABEL;
            }
            let edge = [(left - 5.0, TOP + below), (left - 1.0, TOP + below)];
            line(area, &edge, stroke(&theme::axis(), 1.0))?;
            begin += size;
        }
        let under = (left, TOP + SIDE + 14.0);
        text(area, &said, LABEL, HPos::Left, under)
    })?;
    let shown = counted(maps.len(), "map");
    let captions: Vec<&str> = maps.iter().map(|(caption, _)| *caption).collect();
    let captions = captions.join(", ");
    let alt = format!("{title}. {shown} of {count} x {count} pairs ({captions}); {said}");
    Figure::new(canvas, &alt)
}
