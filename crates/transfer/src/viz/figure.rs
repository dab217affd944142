//! A finished chart: SVG markup, and files of it.

use std::path::Path;

use base64::Engine;

use super::backend::{Area, Drawn};
use super::canvas::Canvas;
use super::display::{escaped, page};
use super::{Show, raster, svg};
use crate::files::write_bytes;
use crate::{Error, Result};

/// A picture that owns its markup. Its background is transparent.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    canvas: Canvas,
    svg: String,
    alt: String,
}

impl Figure {
    /// A chart of your own, drawn with plotters on an area of that size in pixels; `alt` says in words what it shows.
    /// Text is in the page's font, as large as in plotters' own SVG files: 15 gives letters of 12 pixels. Black becomes
    /// the grey of this library's charts, which reads on a light and on a dark page, and `fill(&WHITE)` leaves the
    /// sheet transparent; [`series_ink`](super::series_ink) has colours that read on both. plotters counts in whole
    /// pixels, so steep or dense lines are a little less smooth than those of the library's own charts.
    ///
    /// # Errors
    ///
    /// What `draw` returns.
    ///
    /// ```
    /// use transfer::prelude::*;
    /// use transfer::viz::plotters::prelude::*;
    ///
    /// # fn main() -> transfer::Result<()> {
    /// let figure = Figure::draw((480, 260), "A parabola from -1 to 1", |area| {
    ///     let mut chart = ChartBuilder::on(area)
    ///         .caption("A parabola", ("sans-serif", 21))
    ///         .margin(8)
    ///         .x_label_area_size(30)
    ///         .y_label_area_size(40)
    ///         .build_cartesian_2d(-1.0..1.0, 0.0..1.0)?;
    ///     let letters = ("sans-serif", 15);
    ///     chart.configure_mesh().light_line_style(TRANSPARENT).label_style(letters).draw()?;
    ///     let points = (-50..=50).map(|i| f64::from(i) / 50.0).map(|x| (x, x * x));
    ///     chart.draw_series(LineSeries::new(points, series_ink(0).stroke_width(2)))?;
    ///     Ok(())
    /// })?;
    /// assert!(figure.svg().contains(">A parabola</text>"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn draw(
        (width, height): (u32, u32),
        alt: &str,
        draw: impl FnOnce(&Area<'_>) -> Drawn,
    ) -> Result<Self> {
        let mut canvas = Canvas::new(f64::from(width), f64::from(height));
        canvas.draw_in(1.0, draw)?;
        Self::new(canvas, alt)
    }

    /// One of the library's own charts, in tenths of a pixel on a sheet of that size in pixels.
    pub(super) fn fine(
        (width, height): (f64, f64),
        alt: &str,
        draw: impl FnOnce(&Area<'_>) -> Drawn,
    ) -> Result<Self> {
        let mut canvas = Canvas::new(width, height);
        canvas.draw(draw)?;
        Self::new(canvas, alt)
    }

    /// A figure of what is on the canvas. `alt` says in words what it shows.
    pub(super) fn new(canvas: Canvas, alt: &str) -> Result<Self> {
        Ok(Self {
            svg: svg::svg(&canvas)?,
            canvas,
            alt: alt.to_owned(),
        })
    }

    /// The SVG markup.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// What the figure shows, in words.
    #[must_use]
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Writes the figure to a file whose ending says how: `.svg`, `.png` (two pixels to each of the SVG's, on a
    /// transparent background), or `.html` (a page of its own). A PNG has the letters of Latin, Greek and Cyrillic;
    /// those of other scripts, which an SVG leaves to the reader's fonts, are boxes in it.
    ///
    /// # Errors
    ///
    /// Another ending, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        let bytes = match ending.as_deref() {
            Some("svg") => self.svg.clone().into_bytes(),
            Some("png") => svg::png(raster::pixels(&self.canvas)?)?,
            Some("html") => page(&self.to_html()).into_bytes(),
            _ => {
                return Err(Error::argument(
                    "file of a figure",
                    "a name that ends in .svg, .png or .html",
                    path.display(),
                ));
            }
        };
        write_bytes(path, &bytes)
    }
}

/// As an image: JupyterLab shows those in notebooks that it does not trust yet too, which it does not with
/// inline SVG.
impl Show for Figure {
    fn to_html(&self) -> String {
        let data = base64::engine::general_purpose::STANDARD.encode(&self.svg);
        let (width, alt) = (self.canvas.width, escaped(&self.alt));
        format!(
            "<img width=\"{width}\" alt=\"{alt}\" src=\"data:image/svg+xml;base64,{data}\" style=\"max-width:100%\">"
        )
    }
}
