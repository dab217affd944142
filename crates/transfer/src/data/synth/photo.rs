//! A leaf as a photograph shows it: ground, shadow, shaded skin, veins, light, sensor.

use image::RgbImage;
use tiny_skia::{FillRule, LineCap, Mask, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::blade::{Blade, Point, Vein};
use super::colour::{Colour, load, mix, store};
use super::leaf::Leaf;
use super::noise::Noise;
use super::skin::Skin;
use super::species::Species;
use crate::data::rng::Rng;

/// Draws the picture with that number: `size` pixels square. The same arguments give the same picture.
///
/// # Panics
///
/// `size` is 0.
#[must_use]
pub fn draw(species: &Species, index: u64, seed: u64, size: u32) -> RgbImage {
    assert!(size > 0, "a picture has at least one pixel");
    let name = species.name.bytes().fold(0u64, |hash, byte| {
        hash.wrapping_mul(131).wrapping_add(u64::from(byte))
    });
    let mut rng = Rng::new(seed, &[name, index]);
    let mut photo = Photo::new(size, &mut rng);
    let leaf = Leaf::grow(species, &mut rng);
    let to_pixels = pose(&leaf, size, &mut rng);
    photo.lay(species, &leaf, to_pixels, &mut rng);
    photo.develop(&mut rng)
}

/// Where the leaf lies: the tip more or less up (seldom more than 60 degrees off), foreshortened, somewhere near
/// the middle.
fn pose(leaf: &Leaf, size: u32, rng: &mut Rng) -> Transform {
    let size = size as f32;
    let scale = size * rng.range(0.70, 0.96) / leaf.extent;
    let tilt = rng.range(0.0, 180.0);
    let squash = rng.range(0.82, 1.0);
    let drift = [size * 0.045 * rng.bell(), size * 0.045 * rng.bell()];
    Transform::from_translate(-leaf.middle[0], -leaf.middle[1])
        .post_concat(Transform::from_rotate(180.0 + 28.0 * rng.bell()))
        .post_concat(Transform::from_rotate(tilt))
        .post_concat(Transform::from_scale(scale, scale * squash))
        .post_concat(Transform::from_rotate(-tilt))
        .post_translate(0.5 * size + drift[0], 0.5 * size + drift[1])
}

/// A picture in the making.
pub(super) struct Photo {
    pub(super) size: usize,
    pub(super) canvas: Pixmap,
    /// Where the light comes from, in the picture.
    light: Point,
}

impl Photo {
    fn new(size: u32, rng: &mut Rng) -> Self {
        let angle = rng.range(0.0, std::f32::consts::TAU);
        let canvas = Pixmap::new(size, size).expect("the size is positive");
        let mut photo = Self {
            size: size as usize,
            canvas,
            light: [angle.cos(), angle.sin()],
        };
        photo.ground(rng);
        photo
    }

    fn lay(&mut self, species: &Species, leaf: &Leaf, to_pixels: Transform, rng: &mut Rng) {
        let skin = Skin::new(species, rng);
        let paths: Vec<(Option<Path>, Transform)> = leaf
            .blades
            .iter()
            .map(|(blade, place)| (closed(&blade.outline), place.post_concat(to_pixels)))
            .collect();
        let stalk = curve(&leaf.stalk);
        let unit = to_pixels.get_scale().0.max(to_pixels.get_scale().1);
        let stalk_stroke = Stroke {
            width: (0.028 * leaf.extent).max(0.7 / unit),
            line_cap: LineCap::Round,
            ..Default::default()
        };

        // The shadow of the whole leaf, away from the light.
        let height = self.size as f32 * rng.range(0.012, 0.045);
        let away = Transform::from_translate(-self.light[0] * height, -self.light[1] * height);
        let mut shadow =
            Mask::new(self.size as u32, self.size as u32).expect("the size is positive");
        for (path, place) in &paths {
            if let Some(path) = path {
                shadow.fill_path(path, FillRule::Winding, true, place.post_concat(away));
            }
        }
        let soft = blurred(shadow.data(), self.size, (height * 0.8).ceil() as usize);
        let depth = rng.range(0.35, 0.65);
        for (pixel, cover) in self.canvas.data_mut().chunks_exact_mut(4).zip(&soft) {
            let dim = 1.0 - depth * f32::from(*cover) / 255.0;
            store(pixel, load(pixel).map(|value| value * dim));
        }

        if let Some(stalk) = &stalk {
            let paint = paint(skin.stalk, 1.0);
            self.canvas
                .stroke_path(stalk, &paint, &stalk_stroke, to_pixels, None);
        }
        for ((blade, _), (path, place)) in leaf.blades.iter().zip(&paths) {
            if let Some(path) = path {
                self.blade(species, blade, path, *place, &skin, rng);
            }
        }
    }

    fn blade(
        &mut self,
        species: &Species,
        blade: &Blade,
        path: &Path,
        place: Transform,
        skin: &Skin,
        rng: &mut Rng,
    ) {
        let mut mask = Mask::new(self.size as u32, self.size as u32).expect("the size is positive");
        mask.fill_path(path, FillRule::Winding, true, place);
        let Some(back) = place.invert() else { return };
        let noise = Noise::new(rng.next());
        let bounds = path.clone().transform(place).map(|path| path.bounds());
        let Some(bounds) = bounds else { return };
        let last = self.size as f32 - 1.0;
        let columns =
            bounds.left().clamp(0.0, last) as usize..=bounds.right().clamp(0.0, last) as usize;
        let rows =
            bounds.top().clamp(0.0, last) as usize..=bounds.bottom().clamp(0.0, last) as usize;
        let light = to_blade(self.light, back);
        let size = self.size;
        let data = self.canvas.data_mut();
        for row in rows {
            for column in columns.clone() {
                let cover = mask.data()[row * size + column];
                if cover == 0 {
                    continue;
                }
                let mut point = tiny_skia::Point::from_xy(column as f32 + 0.5, row as f32 + 0.5);
                back.map_point(&mut point);
                let x = point.x - blade.bend * point.y * point.y;
                let colour = skin.shade(x, point.y, light, blade.relief, noise);
                let pixel = &mut data[4 * (row * size + column)..][..4];
                let below = load(pixel);
                store(pixel, mix(below, colour, f32::from(cover) / 255.0));
            }
        }
        self.veins(species, &blade.veins, place, &mask, skin);
    }

    fn veins(
        &mut self,
        species: &Species,
        veins: &[Vein],
        place: Transform,
        mask: &Mask,
        skin: &Skin,
    ) {
        let unit = place.get_scale().0.max(place.get_scale().1);
        for vein in veins {
            let Some(path) = curve(&vein.points) else {
                continue;
            };
            // A line thinner than a pixel is drawn a pixel wide and fainter.
            let wanted = vein.width * skin.vein_width;
            let width = wanted.max(0.9 / unit);
            let alpha = (0.35 + 0.5 * species.surface.contrast) * (wanted / width).sqrt();
            let stroke = Stroke {
                width,
                line_cap: LineCap::Round,
                ..Default::default()
            };
            self.canvas
                .stroke_path(&path, &paint(skin.vein, alpha), &stroke, place, Some(mask));
        }
    }

    /// Dappled light, vignette, exposure, white balance, sensor noise.
    fn develop(mut self, rng: &mut Rng) -> RgbImage {
        let dapple = Noise::new(rng.next());
        let (strength, scale) = (rng.range(0.0, 0.22), rng.range(1.5, 3.5));
        let exposure = rng.range(0.82, 1.18);
        let balance: Colour = std::array::from_fn(|_| exposure * (1.0 + 0.05 * rng.bell()));
        let (grain, vignette) = (rng.range(0.004, 0.022), rng.range(0.0, 0.35));
        let gradient = rng.range(0.0, 0.22);
        let size = self.size as f32;
        let mut picture = RgbImage::new(self.size as u32, self.size as u32);
        for (number, (from, to)) in self
            .canvas
            .data_mut()
            .chunks_exact_mut(4)
            .zip(picture.pixels_mut())
            .enumerate()
        {
            let (x, y) = (
                (number % self.size) as f32 / size - 0.5,
                (number / self.size) as f32 / size - 0.5,
            );
            let light = 1.0
                + strength * dapple.octaves(x * scale, y * scale, 2, 0.5)
                + gradient * (x * self.light[0] + y * self.light[1])
                - vignette * (x * x + y * y);
            let random = rng.next();
            let colour = load(from);
            for channel in 0..3 {
                let speck = ((random >> (16 * channel)) & 0xFFFF) as f32 / 32_768.0 - 1.0;
                let value = colour[channel] * light * balance[channel] + grain * speck;
                to.0[channel] = (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
        }
        picture
    }
}

/// A direction of the picture in a blade's frame, of length 1.
fn to_blade(direction: Point, back: Transform) -> Point {
    let x = back.sx * direction[0] + back.kx * direction[1];
    let y = back.ky * direction[0] + back.sy * direction[1];
    let length = (x * x + y * y).sqrt().max(1e-6);
    [x / length, y / length]
}

fn closed(points: &[Point]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (number, &[x, y]) in points.iter().enumerate() {
        if number == 0 {
            builder.move_to(x, y)
        } else {
            builder.line_to(x, y)
        }
    }
    builder.close();
    builder.finish()
}

/// A smooth line: straight for two points, a quadratic curve for three, a polyline for more.
fn curve(points: &[Point]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    match *points {
        [[x0, y0], [x1, y1], [x2, y2]] => {
            builder.move_to(x0, y0);
            builder.quad_to(x1, y1, x2, y2);
        }
        _ => {
            for (number, &[x, y]) in points.iter().enumerate() {
                if number == 0 {
                    builder.move_to(x, y)
                } else {
                    builder.line_to(x, y)
                }
            }
        }
    }
    builder.finish()
}

fn paint(colour: Colour, alpha: f32) -> Paint<'static> {
    let [r, g, b] = colour.map(|value| (value.clamp(0.0, 1.0) * 255.0) as u8);
    let mut paint = Paint {
        anti_alias: true,
        ..Default::default()
    };
    paint.set_color_rgba8(r, g, b, (alpha.clamp(0.0, 1.0) * 255.0) as u8);
    paint
}

/// A box filter over rows, then columns, twice: close to a Gaussian.
fn blurred(data: &[u8], size: usize, radius: usize) -> Vec<u8> {
    let mut now = data.to_vec();
    let mut next = vec![0u8; now.len()];
    for _ in 0..2 {
        for (step, line) in [(1, size), (size, 1)] {
            for start in (0..size).map(|number| number * line) {
                let at = |position: usize| u32::from(now[start + position * step]);
                let mut sum: u32 = (0..radius.min(size)).map(at).sum();
                for position in 0..size {
                    if position + radius < size {
                        sum += at(position + radius);
                    }
                    if position > radius {
                        sum -= at(position - radius - 1);
                    }
                    next[start + position * step] = (sum / (2 * radius as u32 + 1)) as u8;
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
    }
    now
}
