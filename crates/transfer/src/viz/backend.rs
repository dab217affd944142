//! plotters' way onto a canvas: each of its shapes becomes an item of the list, so that one drawing gives SVG and
//! pixels alike.

use std::convert::Infallible;

use image::RgbImage;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::style::RGBAColor;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};

use super::canvas::{Anchor, Canvas, Item, Paint};
use super::display::one_line;
use super::{font, theme};

/// What plotters draws on in [`Figure::draw`](super::Figure::draw).
pub type Area<'a> = DrawingArea<Backend<'a>, Shift>;

/// What drawing may fail with: an error of plotters, or any other that `?` meets.
pub type Drawn<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// plotters' size of a text to the size of its letters. plotters reckons with this when it makes room for a legend,
/// and its own SVG files have it too.
pub(super) const LINE: f64 = 1.24;

/// plotters' backend of this library's figures. Its fonts are the page's; black becomes the grey that reads on
/// white and on near-black, and a sheet filled with white stays transparent.
#[derive(Debug)]
pub struct Backend<'a> {
    canvas: &'a mut Canvas,
    /// plotters' units to a pixel: it counts in whole ones.
    units: f64,
}

/// How far below the text's anchor its base line is, as a share of the size.
fn below(anchor: VPos) -> f64 {
    match anchor {
        VPos::Top => 0.76,
        VPos::Center => 0.35,
        VPos::Bottom => -0.24,
    }
}

impl<'a> Backend<'a> {
    /// An area over the whole canvas whose unit is the `units`-th part of a pixel.
    pub(super) fn area(canvas: &'a mut Canvas, units: f64) -> Area<'a> {
        Self { canvas, units }.into_drawing_area()
    }

    fn at(&self, (x, y): BackendCoord) -> (f64, f64) {
        (f64::from(x) / self.units, f64::from(y) / self.units)
    }

    fn paint(&self, style: &impl BackendStyle, fill: bool) -> Paint {
        let ink = ink(style.color());
        if fill {
            Paint::Fill(ink)
        } else {
            Paint::Stroke(ink, f64::from(style.stroke_width()) / self.units)
        }
    }

    /// plotters draws what is transparent too: light grid lines, say.
    fn push(&mut self, item: Item) -> Done {
        let seen = |paint: &Paint| match paint {
            Paint::Fill(ink) => ink.3 > 0.0,
            Paint::Stroke(ink, width) => ink.3 > 0.0 && *width > 0.0,
        };
        let seen = match &item {
            Item::Path { points, paint } => points.len() > 1 && seen(paint),
            Item::Rect { paint, .. } | Item::Circle { paint, .. } => seen(paint),
            Item::Text { text, ink, .. } => ink.3 > 0.0 && !text.is_empty(),
            Item::Picture { .. } => true,
        };
        if seen {
            self.canvas.items.push(item);
        }
        Ok(())
    }
}

fn ink(colour: BackendColor) -> RGBAColor {
    let (r, g, b) = match colour.rgb {
        (0, 0, 0) => (theme::TEXT.0, theme::TEXT.1, theme::TEXT.2),
        other => other,
    };
    RGBAColor(r, g, b, colour.alpha)
}

impl DrawingBackend for Backend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = |pixels: f64| (pixels * self.units) as u32;
        (units(self.canvas.width), units(self.canvas.height))
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let (a, b) = (self.at(upper_left), self.at(bottom_right));
        let corner = (a.0.min(b.0), a.1.min(b.1));
        let size = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        let sheet = size.0 + 1.0 >= self.canvas.width && size.1 + 1.0 >= self.canvas.height;
        if fill && sheet && style.color().rgb == (255, 255, 255) {
            return Ok(());
        }
        let paint = self.paint(style, fill);
        self.push(Item::Rect {
            corner,
            size,
            paint,
        })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let points = path.into_iter().map(|point| self.at(point)).collect();
        let paint = self.paint(style, false);
        self.push(Item::Path { points, paint })
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        let (centre, radius) = (self.at(center), f64::from(radius) / self.units);
        let paint = self.paint(style, fill);
        self.push(Item::Circle {
            centre,
            radius,
            paint,
        })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Done {
        let points = vert.into_iter().map(|point| self.at(point)).collect();
        let paint = self.paint(style, true);
        self.push(Item::Path { points, paint })
    }

    fn draw_text<TStyle: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &TStyle,
        pos: BackendCoord,
    ) -> Done {
        let (anchor, size) = (style.anchor(), style.size() / LINE / self.units);
        let ((x, y), down) = (self.at(pos), size * below(anchor.v_pos));
        let (at, turn) = match style.transform() {
            FontTransform::None => ((x, y + down), 0),
            FontTransform::Rotate90 => ((x - down, y), 90),
            FontTransform::Rotate180 => ((x, y - down), 180),
            FontTransform::Rotate270 => ((x + down, y), 270),
        };
        let anchor = match anchor.h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        let ink = ink(style.color());
        self.push(Item::Text {
            at,
            text: one_line(text),
            size,
            ink,
            anchor,
            turn,
        })
    }

    fn estimate_text_size<TStyle: BackendTextStyle>(
        &self,
        text: &str,
        style: &TStyle,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() / LINE;
        Ok((font::width(text, size).ceil() as u32, size.ceil() as u32))
    }

    /// One unit to each pixel of the picture, three bytes to a pixel. A buffer that is too short is left out.
    fn blit_bitmap(&mut self, pos: BackendCoord, (w, h): (u32, u32), src: &[u8]) -> Done {
        let Some(picture) = RgbImage::from_raw(w, h, src.to_vec()) else {
            return Ok(());
        };
        self.push(Item::Picture {
            corner: self.at(pos),
            size: (f64::from(w) / self.units, f64::from(h) / self.units),
            picture,
            crisp: true,
        })
    }
}
