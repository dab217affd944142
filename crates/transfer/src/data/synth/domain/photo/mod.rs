//! A leaf as a photograph in the field shows it: ground, shadow, shaded skin, veins, light, sensor.

use tiny_skia::Transform;

use crate::data::rng::Rng;
use crate::data::synth::canvas::{Canvas, curve};
use crate::data::synth::colour::mix;
use crate::data::synth::growth::{Leaf, Point};
use crate::data::synth::laid::{Laid, shadow};
use crate::data::synth::species::Species;

mod gravel;
mod ground;
mod light;
mod litter;
mod skin;

use skin::Skin;

/// A picture in the making.
pub(crate) struct Photo {
    pub(crate) canvas: Canvas,
    /// Where the light comes from, in the picture.
    pub(crate) light: Point,
}

impl Photo {
    /// Nothing but ground.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    pub(crate) fn new(size: u32, rng: &mut Rng) -> Self {
        let mut photo = Self::bare(size, rng.range(0.0, std::f32::consts::TAU));
        photo.ground(rng);
        photo
    }

    /// Not even ground, but light, which comes from that angle.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    pub(crate) fn bare(size: u32, angle: f32) -> Self {
        Self {
            canvas: Canvas::new(size),
            light: [angle.cos(), angle.sin()],
        }
    }

    /// Lays a leaf on what is there.
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

        // The shadow of the whole leaf, away from the light, and the darkness close beneath it.
        let height = size as f32 * rng.range(0.012, 0.05);
        let away = [-self.light[0] * height, -self.light[1] * height];
        let soft = shadow(&blades, away, (height * 0.8).ceil() as usize, size);
        let depth = rng.range(0.35, 0.7);
        self.canvas.change(|column, row, below| {
            let cover = depth * f32::from(soft[row * size + column]) / 255.0;
            // A shadow is lit by the sky: blue is left.
            let [r, g, b] = below;
            [
                r * (1.0 - cover),
                g * (1.0 - 0.97 * cover),
                b * (1.0 - 0.88 * cover),
            ]
        });
        self.body(species, leaf, &blades, to_pixels, &skin);
    }

    /// Lays a leaf on what is there, without a shadow.
    pub(crate) fn lay_flat(
        &mut self,
        species: &Species,
        leaf: &Leaf,
        to_pixels: Transform,
        rng: &mut Rng,
    ) {
        let skin = Skin::new(species, rng);
        let blades = Laid::all(leaf, to_pixels, self.canvas.size);
        self.body(species, leaf, &blades, to_pixels, &skin);
    }

    fn body(
        &mut self,
        species: &Species,
        leaf: &Leaf,
        blades: &[Laid],
        to_pixels: Transform,
        skin: &Skin,
    ) {
        if let Some(stalk) = curve(&leaf.stalk) {
            let width = 0.028 * leaf.extent;
            let dark = mix(skin.stalk, [0.0; 3], 0.4);
            let (x, y) = (-0.3 * width * self.light[0], -0.3 * width * self.light[1]);
            let (sx, sy) = to_pixels.get_scale();
            let below = to_pixels.post_translate(x * sx, y * sy);
            self.canvas
                .stroke(&stalk, (dark, 0.9), (width, 0.8), below, None);
            let line = (0.8 * width, 0.7);
            self.canvas
                .stroke(&stalk, (skin.stalk, 1.0), line, to_pixels, None);
        }
        for laid in blades {
            skin.fringe(laid, &mut self.canvas);
            let light = laid.direction(self.light);
            let noise = laid.blade.noise;
            laid.paint(&mut self.canvas, |place, _, _| {
                skin.shade(place, light, noise)
            });
            let opacity = 0.35 + 0.5 * species.surface.contrast;
            let ink = (skin.vein, opacity);
            laid.veins(&mut self.canvas, ink, skin.vein_width, 0.9);
        }
    }
}
