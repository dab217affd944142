//! A picture of a box grid on its sheet: where its boxes and their labels are, and how they are drawn.

use image::RgbImage;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor, ShapeStyle};

use super::backend::{Area, Drawn};
use super::box_tile::{LETTERS, Outline};
use super::canvas::Canvas;
use super::label_places::{Edges, label_places};
use super::pen::{inked, line, rect, stroke};
use super::pixels::thumbnail;
use super::{font, theme};

/// What the line of a box is wide.
const LINE: f64 = 1.8;
const DASH: f64 = 4.5;
const LABEL_HEIGHT: f64 = 14.0;
/// Letters on any ink of a series, 4.7:1 and more, and the edge that tells a line from a picture in its own colour.
const DARK: RGBColor = RGBColor(0x11, 0x11, 0x11);

/// A picture on the sheet.
pub(super) struct View<'a> {
    picture: &'a RgbImage,
    frame: Edges,
    /// With bounds on the sheet, inside the frame. The first is drawn on top.
    pub(super) boxes: Vec<Outline>,
    /// A place for the label of each, or none of them.
    pub(super) labels: Option<Vec<Edges>>,
}

/// The one or two pictures of a tile. Labels are where all boxes of the tile can have one.
pub(super) fn views_of(
    picture: &RgbImage,
    frames: [Edges; 2],
    sides: [Option<Vec<Outline>>; 2],
) -> Vec<View<'_>> {
    let bare = sides.iter().all(Option::is_none);
    let view = |(frame, boxes): (Edges, Vec<Outline>)| {
        let boxes = on_sheet(frame, boxes, picture);
        let sized = boxes.iter().map(|outline| {
            let [left, top, right, bottom] = outline.bounds;
            let half = LINE / 2.0;
            let edges = [left - half, top - half, right + half, bottom + half];
            let width = font::width(&outline.says, LETTERS) + 7.0;
            (edges, (width, LABEL_HEIGHT))
        });
        View {
            picture,
            frame,
            labels: label_places(frame, &sized.collect::<Vec<_>>()),
            boxes,
        }
    };
    let sides = frames.into_iter().zip(sides);
    let mut views: Vec<View<'_>> = sides
        .filter_map(|(frame, boxes)| Some(view((frame, boxes?))))
        .collect();
    if bare {
        views.push(view((frames[0], Vec::new())));
    }
    if views.iter().any(|view| view.labels.is_none()) {
        views.iter_mut().for_each(|view| view.labels = None);
    }
    views
}

/// The boxes of a picture where they lie on the sheet, cut at the edges of the picture, without those beyond them.
fn on_sheet(frame: Edges, boxes: Vec<Outline>, picture: &RgbImage) -> Vec<Outline> {
    let [left, top, right, bottom] = frame;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let seen = |outline: &Outline| {
        let [first, upper, last, lower] = outline.bounds;
        first < width && upper < height && last > 0.0 && lower > 0.0
    };
    let scale = (right - left) / width.max(1.0);
    let placed = |mut outline: Outline| {
        let [first, upper, last, lower] = outline.bounds;
        // So that the line of a box at the edge is inside, too.
        let within = |at: f64, low: f64, high: f64| at.min(high - LINE).max(low + LINE);
        let x = |x: f64| within(left + x * scale, left, right);
        let y = |y: f64| within(top + y * scale, top, bottom);
        outline.bounds = [x(first), y(upper), x(last), y(lower)];
        outline
    };
    boxes.into_iter().filter(seen).map(placed).collect()
}

impl View<'_> {
    /// Moves it down.
    pub(super) fn lower(&mut self, by: f64) {
        let boxes = self.boxes.iter_mut().map(|outline| &mut outline.bounds);
        let all = boxes.chain(self.labels.iter_mut().flatten());
        for edges in all.chain([&mut self.frame]) {
            edges[1] += by;
            edges[3] += by;
        }
    }

    /// Puts the picture on the sheet.
    pub(super) fn lay(&self, canvas: &mut Canvas) {
        let [left, top, right, bottom] = self.frame;
        let size = (right - left, bottom - top);
        // Small pictures are shown as they are: their pixels are what there is to see.
        let crisp = self.picture.width().max(self.picture.height()) <= 48;
        let picture = thumbnail(self.picture, (2.0 * size.0.max(size.1)) as u32);
        canvas.picture((left, top), size, picture, crisp);
    }

    /// Draws the boxes and their labels over it.
    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        for found in self.boxes.iter().rev() {
            outline(area, found.bounds, found.class, found.dashed)?;
        }
        for (found, place) in self.boxes.iter().zip(self.labels.iter().flatten()) {
            let [left, top, right, bottom] = *place;
            let ink = theme::series_ink(found.class);
            rect(area, (left, top), (right, bottom), ink.filled())?;
            let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
            inked(area, &found.says, LETTERS, &DARK, HPos::Center, middle)?;
        }
        Ok(())
    }
}

/// A box in the ink of its class, with as many lines as the ink has come round.
pub(super) fn outline(area: &Area<'_>, bounds: Edges, class: usize, dashed: bool) -> Drawn {
    let ink = theme::series_ink(class);
    for (style, wide) in [(DARK.mix(0.5), 2.0 * LINE), (ink.mix(1.0), LINE)] {
        for ring in 0..=class / theme::SERIES.len() {
            let inset = 2.0 * LINE * ring as f64;
            let [left, top, right, bottom] = bounds;
            let (left, top, right, bottom) =
                (left + inset, top + inset, right - inset, bottom - inset);
            if ring > 0 && (right - left).min(bottom - top) < 2.0 {
                break;
            }
            let style = stroke(&style, wide);
            if !dashed {
                rect(area, (left, top), (right, bottom), style)?;
                continue;
            }
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            for (number, from) in corners.into_iter().enumerate() {
                dashes(area, from, corners[(number + 1) % 4], style)?;
            }
        }
    }
    Ok(())
}

/// A dashed line, with half a dash at each end: corners are seen.
fn dashes(area: &Area<'_>, from: (f64, f64), to: (f64, f64), style: ShapeStyle) -> Drawn {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.hypot(y);
    let count = (length / (2.0 * DASH)).round().max(1.0);
    let half = (DASH / 2.0 / length.max(DASH)).min(0.5);
    for number in 0..=count as usize {
        let middle = number as f64 / count;
        let ends = [(middle - half).max(0.0), (middle + half).min(1.0)];
        let ends = ends.map(|share| (from.0 + share * x, from.1 + share * y));
        line(area, &ends, style)?;
    }
    Ok(())
}
