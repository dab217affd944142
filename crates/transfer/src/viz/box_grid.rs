//! Pictures side by side, with boxes drawn over them.

use plotters::style::text_anchor::HPos;

use super::box_layout::{CAPTION, LINE, Layout};
use super::box_view::{View, outline, views_of};
use super::canvas::Canvas;
use super::pen::{self, text};
use super::scale::counted;
use super::{BoxTile, Figure, legend};
use crate::Result;

/// A grid with so many tiles in a row: pictures with their boxes, as lines that stay sharp at any size, and a caption
/// below each.
///
/// A class has the same colour in all pictures: the [`series_ink`](super::series_ink) of its number. After six classes,
/// colours come back with a double line, after twelve with a triple one. Boxes that are
/// [`crowd`](crate::data::BoxLabel::crowd) or [`difficult`](crate::data::BoxLabel::difficult) are dashed.
///
/// A tile with true boxes and with boxes that were found is a pair: its picture twice, left with the truth, right with
/// what was found. Beside pairs, every other tile has its picture on the side of its boxes.
///
/// A label says the class of a box and, where it was found, the score. Labels stay inside their picture and never
/// cover each other. Where there is no room for that, or where they would cover more than a quarter of the picture,
/// the tile has none, and a legend on top names the classes. A box is cut at the edges of its picture; what is
/// beyond them is not drawn.
///
/// # Errors
///
/// A class has no name in `classes`; an edge is not finite, or a box's right edge left of its left one, or its bottom
/// above its top; a score is not finite. The message says which box of which tile, both counted from 0.
///
/// ```
/// use transfer::data::BoxLabel;
/// use transfer::metrics::Detection;
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let scenes = Scenes::new(SpeciesSet::Novel, 4, 128, 0);
/// let tiles = (0..4).map(|index| {
///     let scene = scenes.scene(index);
///     let truth: Vec<BoxLabel> =
///         scene.objects.iter().map(|leaf| BoxLabel::new(leaf.bbox, leaf.label)).collect();
///     // A detector would say these.
///     let found = [Detection::new([20.0, 20.0, 80.0, 90.0], 0, 0.97)];
///     BoxTile::new(scene.picture, format!("scene {index}")).truth(&truth).found(&found)
/// });
/// let figure = box_grid("Leaves", &tiles.collect::<Vec<_>>(), scenes.classes(), 2)?;
/// assert!(figure.alt().starts_with("Leaves. 4 pictures, left the truth, right what was found: "));
/// # Ok(())
/// # }
/// ```
pub fn box_grid(
    title: &str,
    tiles: &[BoxTile],
    classes: &[String],
    columns: u32,
) -> Result<Figure> {
    let layout = Layout::new(tiles, columns);
    let mut views: Vec<View> = Vec::new();
    for (number, tile) in tiles.iter().enumerate() {
        let sides = tile.sides(number, classes)?;
        let frames = [0, 1].map(|side| layout.frame(number, side, &tile.picture));
        views.extend(views_of(&tile.picture, frames, sides));
    }
    let mut shown: Vec<usize> = views
        .iter()
        .filter(|view| view.labels.is_none())
        .flat_map(|view| view.boxes.iter().map(|outline| outline.class))
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let names: Vec<String> = shown.iter().map(|&class| classes[class].clone()).collect();
    let key = legend::places(&names, layout.width);

    let titled = if title.is_empty() { 0.0 } else { 34.0 };
    let keyed = key.last().map_or(0.0, |(_, (_, y))| y + 26.0);
    let headed = if layout.pairs { 20.0 } else { 0.0 };
    let top = titled + keyed + headed;
    let mut canvas = Canvas::new(layout.width, top + layout.height(tiles.len()));
    for view in &mut views {
        view.lower(top);
        view.lay(&mut canvas);
    }
    let alt = words(title, tiles, layout.pairs);
    canvas.draw(|area| {
        pen::title(area, title)?;
        for (&class, (name, (x, y))) in shown.iter().zip(&key) {
            let (x, y) = (*x, titled + 10.0 + y);
            outline(area, [x, y - 6.0, x + 12.0, y + 6.0], class, false)?;
            text(area, name, 13.0, HPos::Left, (x + 20.0, y))?;
        }
        if layout.pairs {
            for column in 0..layout.columns.min(tiles.len()) {
                for (side, heading) in ["truth", "found"].into_iter().enumerate() {
                    let (x, _) = layout.corner(column, side);
                    let at = (x + layout.side / 2.0, titled + keyed + 11.0);
                    text(area, heading, 13.0, HPos::Center, at)?;
                }
            }
        }
        for view in &views {
            view.draw(area)?;
        }
        for (number, caption) in layout.captions.iter().enumerate() {
            let (x, y) = layout.corner(number, 0);
            let (x, y) = (x + layout.tile / 2.0, top + y + layout.deep);
            for (row, said) in caption.iter().enumerate() {
                let at = (x, y + LINE * (row + 1) as f64 - 4.0);
                text(area, said, CAPTION, HPos::Center, at)?;
            }
        }
        Ok(())
    })?;
    Figure::new(canvas, &alt)
}

fn words(title: &str, tiles: &[BoxTile], pairs: bool) -> String {
    let said: Vec<String> = tiles
        .iter()
        .map(BoxTile::words)
        .filter(|said| !said.is_empty())
        .collect();
    let title = if title.is_empty() {
        String::new()
    } else {
        format!("{title}. ")
    };
    let sides = if pairs {
        ", left the truth, right what was found"
    } else {
        ""
    };
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {}", said.join("; "))
    };
    format!("{title}{}{sides}{said}", counted(tiles.len(), "picture"))
}
