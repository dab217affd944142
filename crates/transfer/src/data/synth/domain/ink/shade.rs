//! Tone made of lines and dots.

use crate::data::rng::Rng;
use crate::data::synth::growth::{Place, Relief};
use crate::data::synth::laid::Laid;
use crate::data::synth::noise::{Noise, step};

/// How one drawing is shaded.
pub(super) struct Shade {
    hand: Hand,
    /// Pixels from line to line, or from dot to dot.
    gap: f32,
    /// How dark the whole is.
    depth: f32,
    noise: Noise,
}

#[derive(Clone, Copy)]
enum Hand {
    /// Lines that follow the veins and swell in the dark; a second set across them where it is darkest.
    Hatch,
    Stipple,
}

/// The shade of one blade.
pub(super) struct Lines<'a> {
    shade: &'a Shade,
    /// Where the light comes from, in the blade's frame.
    light: [f32; 2],
    relief: Relief,
    /// Pixels per unit of [`Place::vein`], and lines in one of those.
    pitch: f32,
    lines: f32,
}

impl Shade {
    pub(super) fn new(size: f32, washed: bool, rng: &mut Rng) -> Self {
        let hand = if rng.chance(0.55) {
            Hand::Hatch
        } else {
            Hand::Stipple
        };
        let fine = match hand {
            Hand::Hatch => rng.range(0.021, 0.028),
            Hand::Stipple => rng.range(0.017, 0.024),
        };
        Self {
            hand,
            gap: (fine * size).max(1.7),
            depth: if washed {
                rng.range(0.1, 0.6)
            } else {
                rng.range(0.65, 1.05)
            },
            noise: Noise::new(rng.next()),
        }
    }

    /// The light comes from the upper left, as in all drawings.
    pub(super) fn on<'a>(&'a self, laid: &Laid) -> Lines<'a> {
        let relief = laid.blade.relief;
        let scale = laid.scale();
        let pitch = match relief {
            Relief::Feather { pairs, rise } => {
                0.86 * scale / (pairs * (1.0 + 2.56 * rise * rise).sqrt())
            }
            Relief::Length { across } => scale / across,
            Relief::Rays { per_radian, .. } => scale / per_radian,
        };
        Lines {
            shade: self,
            light: laid.direction([-0.6, -0.8]),
            relief,
            pitch,
            lines: (pitch / self.gap).round().max(1.0),
        }
    }
}

impl Lines<'_> {
    /// How much of a pixel is ink: 0 none … 1 all. `darker` is what a pattern adds.
    pub(super) fn ink(&self, place: Place, at: [f32; 2], darker: f32) -> f32 {
        let tone = self.tone(place, darker);
        if tone <= 0.03 {
            return 0.0;
        }
        match self.shade.hand {
            Hand::Hatch => self.hatch(place, at, tone),
            Hand::Stipple => self.stipple(at, tone),
        }
    }

    /// How dark it is: both halves rise from the middle vein, the skin bulges between side veins, and the margin
    /// away from the light turns down.
    fn tone(&self, place: Place, darker: f32) -> f32 {
        let Place {
            x, y, rim, vein, ..
        } = place;
        let slope = (x * 12.0).clamp(-1.0, 1.0);
        let facing = slope * self.light[0];
        let ridge = (std::f32::consts::TAU * (vein + 0.22)).sin();
        let turned = step(0.55, 1.0, rim) * (slope * -self.light[0]).max(-0.2);
        let cleft = step(0.22, 0.0, rim);
        let uneven = 0.10 * self.shade.noise.at(5.0 * x + 30.0, 5.0 * y);
        let form = 0.30 - 0.26 * facing - 0.13 * ridge + 0.22 * turned + 0.24 * cleft + uneven;
        self.shade.depth * form + 0.55 * darker
    }

    fn hatch(&self, place: Place, at: [f32; 2], tone: f32) -> f32 {
        let (mut lines, mut pitch) = (self.lines, self.pitch);
        if let Relief::Rays { from, .. } = self.relief {
            // Rays draw apart: each time they are twice too far, new ones begin between them.
            let (dx, dy) = (place.x, place.y - from);
            pitch *= (dx * dx + dy * dy).sqrt();
            lines = 1.0;
            while pitch / lines > 1.5 * self.shade.gap && lines < 64.0 {
                lines *= 2.0;
            }
        }
        let gap = pitch / lines;
        let along = band(place.vein * lines + 0.5) * gap;
        let first = cover(gap * (0.62 * (tone - 0.06)).min(0.32), along);
        if tone < 0.42 {
            return 0.9 * first;
        }
        let step = self.shade.gap;
        let across = (0.83 * at[0] + 0.55 * at[1]) / step;
        let second = cover(step * (0.6 * (tone - 0.42)).min(0.2), band(across) * step);
        0.9 * first.max(second)
    }

    fn stipple(&self, at: [f32; 2], tone: f32) -> f32 {
        let gap = self.shade.gap;
        let (u, v) = (at[0] / gap, at[1] / gap);
        let (left, top) = ((u - 0.5).floor() as i32, (v - 0.5).floor() as i32);
        let mut ink = 0.0f32;
        // A dot strays up to half its cell: those of four cells can reach here.
        for (i, j) in (0..4).map(|number| (left + number % 2, top + number / 2)) {
            let [jx, jy, chance] = self.shade.noise.cell(i, j);
            if 0.5 + 0.5 * chance < 1.7 * tone {
                let dx = gap * (u - i as f32 - 0.5 - 0.45 * jx);
                let dy = gap * (v - j as f32 - 0.5 - 0.45 * jy);
                let radius = gap * (0.17 + 0.24 * tone).min(0.40);
                ink = ink.max(cover(radius, (dx * dx + dy * dy).sqrt()));
            }
        }
        0.92 * ink
    }
}

/// The distance to the middle of the nearest of lines that are 1 apart.
fn band(phase: f32) -> f32 {
    (phase - phase.floor() - 0.5).abs()
}

/// How much of a pixel a line covers, from its half width and the distance to its middle.
fn cover(half: f32, distance: f32) -> f32 {
    (half - distance + 0.5).clamp(0.0, 1.0) * (2.0 * half).clamp(0.0, 1.0)
}
