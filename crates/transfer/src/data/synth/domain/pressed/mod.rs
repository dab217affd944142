//! A leaf on a herbarium's sheet: pressed flat, faded, glued down with straps, labelled, scanned.

use image::RgbImage;
use tiny_skia::{FillRule, Mask, Transform};

use super::paper::Paper;
use crate::data::rng::Rng;
use crate::data::synth::canvas::{Canvas, curve};
use crate::data::synth::colour::{Colour, mix};
use crate::data::synth::growth::{Leaf, Point};
use crate::data::synth::laid::{Laid, shadow};
use crate::data::synth::species::Species;

mod furniture;
mod skin;
mod strap;

use skin::Skin;

const WHITE: Colour = [1.0; 3];

/// A sheet in the making: everything on white, until the paper shows through.
pub(crate) struct Sheet {
    canvas: Canvas,
    paper: Paper,
    /// Where nothing lies yet.
    free: Mask,
    /// Where the scanner's lamp is.
    lamp: Point,
}

impl Sheet {
    /// An empty sheet.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    pub(crate) fn new(size: u32, rng: &mut Rng) -> Self {
        let colour = mix([0.95, 0.94, 0.90], [0.86, 0.79, 0.66], rng.unit());
        let mut canvas = Canvas::new(size);
        canvas.change(|_, _, _| WHITE);
        let mut free = Mask::new(size, size).expect("a picture has at least one pixel");
        free.invert();
        let angle = rng.range(0.0, std::f32::consts::TAU);
        Self {
            canvas,
            paper: Paper::new(colour, rng.range(0.010, 0.028), rng),
            free,
            lamp: [angle.cos(), angle.sin()],
        }
    }

    /// Lays a leaf on what is there, and straps it down.
    pub(crate) fn lay(
        &mut self,
        species: &Species,
        leaf: &Leaf,
        to_pixels: Transform,
        rng: &mut Rng,
    ) {
        let size = self.canvas.size;
        let skin = Skin::new(species, rng);
        let blades = Laid::all(leaf, to_pixels, size);
        let height = size as f32 * rng.range(0.004, 0.012);
        let away = [-self.lamp[0] * height, -self.lamp[1] * height];
        let soft = shadow(&blades, away, height.ceil() as usize, size);
        let depth = rng.range(0.25, 0.45);
        self.canvas.change(|column, row, below| {
            let cover = depth * f32::from(soft[row * size + column]) / 255.0;
            below.map(|value| value * (1.0 - cover))
        });

        if let Some(stalk) = curve(&leaf.stalk) {
            let width = 0.024 * leaf.extent;
            let dark = mix(skin.stalk, [0.1, 0.06, 0.04], 0.5);
            self.canvas
                .stroke(&stalk, (dark, 0.9), (width, 0.9), to_pixels, None);
            let line = (0.55 * width, 0.5);
            self.canvas
                .stroke(&stalk, (skin.stalk, 1.0), line, to_pixels, None);
        }
        for laid in &blades {
            let lamp = laid.direction(self.lamp);
            let noise = laid.blade.noise;
            laid.paint(&mut self.canvas, |place, _, below| {
                let colour = skin.shade(place, lamp, noise);
                // Dry leaves let what lies below them through.
                let through: Colour = std::array::from_fn(|c| colour[c] * (0.55 + 0.45 * below[c]));
                through
            });
            let ink = (skin.vein, skin.vein_strength);
            laid.veins(&mut self.canvas, ink, 0.8, 0.7);
            let rim = (mix(skin.dark, [0.0; 3], 0.2), 0.35);
            self.canvas
                .stroke(&laid.path, rim, (0.006, 0.5), laid.place, Some(&laid.mask));
        }
        let mut covered = Mask::new(size as u32, size as u32).expect("a picture has pixels");
        for laid in &blades {
            covered.fill_path(&laid.path, FillRule::Winding, true, laid.place);
        }
        for (free, covered) in self.free.data_mut().iter_mut().zip(covered.data()) {
            *free = (*free).min(255 - covered);
        }
        self.straps(leaf, to_pixels, rng);
    }

    /// The finished picture: labelled, on its paper, scanned.
    pub(crate) fn scan(mut self, rng: &mut Rng) -> RgbImage {
        self.furnish(rng);
        self.paper.show_through(&mut self.canvas);
        let side = 1.0 / self.canvas.size as f32;
        let lamp = self.lamp;
        let (fall, light) = (rng.range(0.0, 0.12), rng.range(0.92, 1.06));
        let tint: Colour = std::array::from_fn(|_| light * (1.0 + 0.012 * rng.bell()));
        self.canvas.change(|column, row, colour| {
            let (x, y) = (column as f32 * side - 0.5, row as f32 * side - 0.5);
            let lit = 1.0 + fall * (x * lamp[0] + y * lamp[1]);
            std::array::from_fn(|c| colour[c] * lit * tint[c])
        });
        self.canvas.picture()
    }
}
