//! A finished chart: SVG markup.

use std::path::Path;

use base64::Engine;
use plotters::prelude::{IntoDrawingArea, SVGBackend};

use super::Show;
use super::display::escaped;
use crate::{Error, Result};

/// An SVG picture that owns its markup. Its background is transparent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    svg: String,
    width: u32,
    alt: String,
}

/// What plotters calls a place to draw on.
pub(super) type Area<'a> = plotters::drawing::DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Figure {
    /// A figure of SVG markup. `width` is its natural width in CSS pixels, `alt` says in words what it shows.
    pub(super) fn new(svg: String, width: u32, alt: &str) -> Self {
        Self {
            svg,
            width,
            alt: alt.to_owned(),
        }
    }

    /// Draws with plotters on an area of that size.
    pub(super) fn draw<E>(
        (width, height): (u32, u32),
        alt: &str,
        draw: impl FnOnce(&Area<'_>) -> std::result::Result<(), E>,
    ) -> Result<Self>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
            let failed = |error: E| Error::Display {
                what: "chart",
                source: Box::new(error),
            };
            draw(&area).map_err(failed)?;
            area.present().map_err(|error| Error::Display {
                what: "chart",
                source: Box::new(error),
            })?;
        }
        Ok(Self::new(restyled(&svg), width, alt))
    }

    /// The SVG markup.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// Writes the SVG to a file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        std::fs::write(&path, &self.svg).map_err(Error::io("write", path))
    }
}

/// As an image: JupyterLab shows those in notebooks that it does not trust yet too, which it does not with
/// inline SVG.
impl Show for Figure {
    fn to_html(&self) -> String {
        let data = base64::engine::general_purpose::STANDARD.encode(&self.svg);
        let (width, alt) = (self.width, escaped(&self.alt));
        format!(
            "<img width=\"{width}\" alt=\"{alt}\" src=\"data:image/svg+xml;base64,{data}\" style=\"max-width:100%\">"
        )
    }
}

/// plotters names the generic sans-serif; a notebook's own font comes first.
fn restyled(svg: &str) -> String {
    svg.replace(
        "font-family=\"sans-serif\"",
        "font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\"",
    )
}
