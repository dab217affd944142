//! What a figure is made of before it is SVG or pixels: a list of lines, areas, words and pictures.

use image::RgbImage;
use plotters::style::RGBAColor;

use super::backend::{Area, Backend, Drawn};
use super::pen::FINE;
use crate::{Error, Result};

/// How a shape is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Paint {
    Fill(RGBAColor),
    /// A line of that width along its edge.
    Stroke(RGBAColor, f64),
}

/// Where a text begins, has its middle, or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing on the canvas, in pixels from the top left corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// An open line, or the edge of what is filled.
    Path {
        points: Vec<(f64, f64)>,
        paint: Paint,
    },
    Rect {
        corner: (f64, f64),
        size: (f64, f64),
        paint: Paint,
    },
    Circle {
        centre: (f64, f64),
        radius: f64,
        paint: Paint,
    },
    /// A line of text with its base line at `at`, turned clockwise about it by so many degrees.
    Text {
        at: (f64, f64),
        text: String,
        size: f64,
        ink: RGBAColor,
        anchor: Anchor,
        turn: i32,
    },
    /// A picture stretched over a rectangle; its own pixels stay visible as squares where `crisp`.
    Picture {
        corner: (f64, f64),
        size: (f64, f64),
        picture: RgbImage,
        crisp: bool,
    },
}

/// The items, first at the bottom, and the size of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) items: Vec<Item>,
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self {
            width: width.ceil().max(1.0),
            height: height.ceil().max(1.0),
            items: Vec::new(),
        }
    }

    /// Draws with plotters, in tenths of a pixel: see `pen`.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<()> {
        self.draw_in(FINE, draw)
    }

    /// Draws with plotters, with so many of its units to a pixel.
    pub(super) fn draw_in(
        &mut self,
        units: f64,
        draw: impl FnOnce(&Area<'_>) -> Drawn,
    ) -> Result<()> {
        draw(&Backend::area(self, units)).map_err(|source| Error::Display {
            what: "chart",
            source,
        })
    }

    /// The picture as large as it fits into the rectangle, in its middle. plotters draws pictures only pixel by
    /// pixel, so this is the one thing that does not go through it.
    pub(super) fn picture(
        &mut self,
        corner: (f64, f64),
        size: (f64, f64),
        picture: RgbImage,
        crisp: bool,
    ) {
        let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
        if w < 1.0 || h < 1.0 {
            return;
        }
        let scale = (size.0 / w).min(size.1 / h);
        let fitted = (w * scale, h * scale);
        let corner = (
            corner.0 + (size.0 - fitted.0) / 2.0,
            corner.1 + (size.1 - fitted.1) / 2.0,
        );
        self.items.push(Item::Picture {
            corner,
            size: fitted,
            picture,
            crisp,
        });
    }
}
