//! A leaf as a botanical plate shows it: outline, veins, hatching or stipple, sometimes a wash of watercolour.

use image::RgbImage;
use tiny_skia::{PathBuilder, Rect, Transform};

use super::paper::{Paper, scribble};
use crate::data::rng::Rng;
use crate::data::synth::canvas::{Canvas, curve};
use crate::data::synth::colour::{Colour, mix};
use crate::data::synth::growth::Leaf;
use crate::data::synth::laid::Laid;
use crate::data::synth::species::{Mark, Species};

mod line;
mod shade;
mod wash;

use shade::Shade;
use wash::Wash;

const WHITE: Colour = [1.0; 3];

/// A plate in the making: drawn on white, printed on paper.
pub(crate) struct Plate {
    canvas: Canvas,
    ink: Colour,
    paper: Paper,
}

impl Plate {
    /// An empty plate: paper, perhaps a frame and a caption.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    pub(crate) fn new(size: u32, rng: &mut Rng) -> Self {
        const INKS: [Colour; 5] = [
            [0.09, 0.08, 0.08],
            [0.12, 0.09, 0.07],
            [0.24, 0.14, 0.08],
            [0.33, 0.20, 0.11],
            [0.11, 0.13, 0.20],
        ];
        let cream = mix([0.97, 0.94, 0.86], [0.93, 0.86, 0.71], rng.unit());
        let mut plate = Self {
            canvas: Canvas::new(size),
            ink: INKS[rng.below(INKS.len())],
            paper: Paper::new(cream, rng.range(0.012, 0.035), rng),
        };
        plate.canvas.change(|_, _, _| WHITE);
        plate.furnish(rng);
        plate
    }

    /// A frame, a caption.
    fn furnish(&mut self, rng: &mut Rng) {
        let size = self.canvas.size as f32;
        let faint = (self.ink, rng.range(0.3, 0.6));
        if rng.chance(0.35) {
            for (inset, width) in [(0.03, 0.008), (0.05, 0.003)] {
                let side = size * (1.0 - 2.0 * inset);
                let Some(frame) = Rect::from_xywh(size * inset, size * inset, side, side) else {
                    continue;
                };
                let frame = PathBuilder::from_rect(frame);
                let width = (size * width, 0.6);
                self.canvas
                    .stroke(&frame, faint, width, Transform::identity(), None);
            }
        }
        if rng.chance(0.5) {
            let length = size * rng.range(0.16, 0.34);
            let left = if rng.chance(0.5) {
                0.09
            } else {
                0.88 - length / size
            };
            let line = (
                [size * left, size * rng.range(0.91, 0.935)],
                length,
                0.026 * size,
            );
            scribble(
                &mut self.canvas,
                line,
                faint,
                Transform::identity(),
                None,
                rng,
            );
        }
    }

    /// Draws a leaf over what is there.
    pub(crate) fn lay(
        &mut self,
        species: &Species,
        leaf: &Leaf,
        to_pixels: Transform,
        rng: &mut Rng,
    ) {
        let size = self.canvas.size as f32;
        let wash = Wash::new(species, rng);
        let shade = Shade::new(size, wash.is_some(), rng);
        let pen = size.max(48.0) * rng.range(0.0075, 0.0115);
        let patterned = rng.chance(species.pattern.share);
        let mark = if patterned {
            species.pattern.mark
        } else {
            Mark::Plain
        };
        let ink = (self.ink, 0.92);

        if let Some(stalk) = curve(&leaf.stalk) {
            let (sx, sy) = to_pixels.get_scale();
            let width = 0.022 * leaf.extent;
            let line = (width + 1.3 * pen / sx.max(sy), 1.2);
            self.canvas.stroke(&stalk, ink, line, to_pixels, None);
            let inside = wash.as_ref().map_or(WHITE, |wash| wash.stalk);
            self.canvas
                .stroke(&stalk, (inside, 1.0), (width, 0.3), to_pixels, None);
        }
        let many = leaf.blades.len() > 3;
        for laid in Laid::all(leaf, to_pixels, self.canvas.size) {
            let noise = laid.blade.noise;
            let lines = shade.on(&laid);
            laid.paint(&mut self.canvas, |place, at, _| {
                let marked = mark.at(place, noise);
                let ground = match &wash {
                    Some(wash) => wash.colour(place, marked, noise),
                    None => WHITE,
                };
                let ink = lines.ink(place, at, marked * species.pattern.tone.darkness());
                mix(ground, self.ink, ink)
            });
            line::veins(&mut self.canvas, &laid, self.ink, pen);
            line::outline(&mut self.canvas, &laid, self.ink, pen, many);
        }
    }

    /// The finished picture.
    pub(crate) fn print(mut self, rng: &mut Rng) -> RgbImage {
        self.paper.show_through(&mut self.canvas);
        let (warm, light) = (0.02 * rng.bell(), rng.range(0.95, 1.03));
        let balance = [light * (1.0 + warm), light, light * (1.0 - warm)];
        self.canvas
            .change(|_, _, [r, g, b]| [r * balance[0], g * balance[1], b * balance[2]]);
        self.canvas.picture()
    }
}
