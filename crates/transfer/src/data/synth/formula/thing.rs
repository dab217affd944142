//! A thing: a shape with a texture, somewhere in the picture, in the light.

use tiny_skia::{FillRule, Mask, Pixmap, Transform};

use super::shape::{self, Part, SHAPES};
use super::surface::{Surface, close_to, natural};
use super::texture::TEXTURES;
use crate::data::rng::Rng;
use crate::data::synth::colour::{Colour, hsl, load, mix, store};

/// A thing, before it is painted.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) shape: usize,
    pub(super) texture: usize,
    pub(super) surface: Surface,
    /// How large it is, in parts of the picture.
    pub(super) scale: f32,
    /// Colours 1 to 3 of its parts.
    plain: [Colour; 3],
    place: [f32; 2],
    /// Degrees.
    turn: f32,
    mirrored: bool,
    narrow: f32,
    shadow: Option<Shadow>,
    shade: f32,
    gloss: f32,
    /// Where the exemplar's numbers start.
    seed: u64,
}

#[derive(Debug)]
struct Shadow {
    depth: f32,
    away: f32,
}

impl Thing {
    /// A thing of any shape and texture, there and so large.
    pub(super) fn drawn(place: [f32; 2], scale: f32, rng: &mut Rng) -> Self {
        let (shape, texture) = (rng.below(SHAPES), rng.below(TEXTURES));
        let surface = Surface::drawn(texture, rng);
        Self {
            shape,
            texture,
            surface,
            scale,
            plain: [
                close_to(surface.colours[0], rng),
                natural(rng),
                hsl(rng.range(0.0, 360.0), 0.1, rng.range(0.05, 0.25)),
            ],
            place,
            turn: if shape::lies_any_way(shape) {
                rng.range(0.0, 360.0)
            } else {
                14.0 * rng.bell()
            },
            mirrored: rng.chance(0.5),
            narrow: rng.range(0.75, 1.0),
            shadow: rng.chance(0.6).then(|| Shadow {
                depth: rng.range(0.15, 0.6),
                away: rng.range(0.01, 0.06),
            }),
            shade: rng.range(0.1, 0.9),
            gloss: if rng.chance(0.3) {
                rng.range(0.1, 0.5)
            } else {
                0.0
            },
            seed: rng.next(),
        }
    }

    /// Paints it over what is there. `light` is the direction that light comes from.
    pub(super) fn paint(&self, canvas: &mut Pixmap, light: [f32; 2]) {
        let side = canvas.width() as f32;
        let parts = shape::grow(self.shape, &mut Rng::new(self.seed, &[]));
        let place = Transform::from_scale(if self.mirrored { -1.0 } else { 1.0 }, 1.0)
            .post_rotate(self.turn)
            .post_scale(self.scale * side * self.narrow, self.scale * side)
            .post_translate(self.place[0] * side, self.place[1] * side);
        let Some(back) = place.invert() else { return };
        let mut mask = Mask::new(canvas.width(), canvas.height()).expect("a canvas has pixels");
        if let Some(Shadow { depth, away }) = self.shadow {
            let place = place.post_translate(-light[0] * away * side, -light[1] * away * side);
            for part in &parts {
                mask.fill_path(&part.outline, FillRule::Winding, true, place);
            }
            for (pixel, cover) in canvas.data_mut().chunks_exact_mut(4).zip(mask.data()) {
                if *cover > 0 {
                    let dim = 1.0 - depth * f32::from(*cover) / 255.0;
                    store(pixel, load(pixel).map(|value| value * dim));
                }
            }
        }
        for part in &parts {
            self.part(part, place, back, light, canvas, &mut mask);
        }
    }

    fn part(
        &self,
        part: &Part,
        place: Transform,
        back: Transform,
        light: [f32; 2],
        canvas: &mut Pixmap,
        mask: &mut Mask,
    ) {
        let Some(bounds) = part
            .outline
            .clone()
            .transform(place)
            .map(|path| path.bounds())
        else {
            return;
        };
        let size = canvas.width() as usize;
        let within = |value: f32| value.clamp(0.0, size as f32) as usize;
        let columns = within(bounds.left().floor())..within(bounds.right().ceil());
        let rows = within(bounds.top().floor())..within(bounds.bottom().ceil());
        mask.clear();
        mask.fill_path(&part.outline, FillRule::Winding, true, place);
        let middle = [
            0.5 * (bounds.left() + bounds.right()),
            0.5 * (bounds.top() + bounds.bottom()),
        ];
        let half = [bounds.width(), bounds.height()].map(|extent| 0.5 * extent.max(1.0));
        for row in rows {
            for column in columns.clone() {
                let cover = mask.data()[row * size + column];
                if cover == 0 {
                    continue;
                }
                let mut point = tiny_skia::Point::from_xy(column as f32 + 0.5, row as f32 + 0.5);
                let round = [
                    (point.x - middle[0]) / half[0],
                    (point.y - middle[1]) / half[1],
                ];
                let colour = match part.colour.checked_sub(1) {
                    Some(plain) => self.plain[plain],
                    None => {
                        back.map_point(&mut point);
                        self.surface.at(point.x, point.y)
                    }
                };
                let pixel = &mut canvas.data_mut()[4 * (row * size + column)..][..4];
                let below = load(pixel);
                let lit = self.lit(colour, round, light);
                store(pixel, mix(below, lit, f32::from(cover) / 255.0));
            }
        }
    }

    /// A colour on a part that bulges: brighter where it faces the light, darker towards its edge, and a glint.
    fn lit(&self, colour: Colour, [x, y]: [f32; 2], light: [f32; 2]) -> Colour {
        let facing = (x * light[0] + y * light[1]).clamp(-1.0, 1.0);
        let edge = (x * x + y * y).min(1.5);
        let brightness = 1.0 + self.shade * (0.55 * facing - 0.2 * edge);
        let (dx, dy) = (x - 0.45 * light[0], y - 0.45 * light[1]);
        let glint = self.gloss * (1.0 - 4.0 * (dx * dx + dy * dy)).max(0.0);
        colour.map(|value| value * brightness + glint)
    }
}
