//! Margins, veins, finishes and patterns for species that nobody has named.

use super::super::traits::{Margin, Mark, PLAIN, Pattern, Surface, Tone};
use crate::data::rng::Rng;

/// The margin, of the kind that a number between 0 and 1 says.
pub(super) fn edge(kind: f32, lobed: bool, rng: &mut Rng) -> Margin {
    // Lobes leave less room for large teeth.
    let scale = if lobed { 0.6 } else { 1.0 };
    match kind {
        ..0.26 => Margin::Smooth,
        ..0.44 => Margin::Saw {
            teeth: rng.range(5.0, 22.0),
            size: scale * rng.range(0.025, 0.08),
        },
        ..0.58 => Margin::DoubleSaw {
            teeth: rng.range(5.0, 11.0),
            size: scale * rng.range(0.04, 0.09),
        },
        ..0.74 => Margin::Scallop {
            count: rng.range(4.0, 14.0),
            size: scale * rng.range(0.03, 0.08),
        },
        ..0.84 => Margin::Spine {
            count: rng.range(3.0, 9.0),
            size: scale * rng.range(0.06, 0.15),
        },
        _ => Margin::Wave {
            count: rng.range(2.0, 9.0),
            size: scale * rng.range(0.02, 0.05),
        },
    }
}

/// Veins and finish: shining, waxy, hairy or plain.
pub(super) fn finish(rng: &mut Rng) -> Surface {
    let veins = if rng.chance(0.12) {
        0.0
    } else {
        (3 + rng.below(13)) as f32
    };
    let (gloss, bloom, hair) = match rng.below(5) {
        0 => (rng.range(0.6, 1.0), 0.0, 0.0),
        1 => (0.0, rng.range(0.4, 1.0), 0.0),
        2 => (0.0, 0.0, rng.range(0.4, 1.0)),
        _ => (rng.range(0.0, 0.4), 0.0, 0.0),
    };
    Surface {
        veins,
        rise: rng.range(0.25, 0.95),
        contrast: rng.range(0.15, 1.0),
        gloss,
        bloom,
        hair,
        hue: if rng.chance(0.1) {
            rng.range(325.0, 375.0)
        } else {
            rng.range(72.0, 152.0)
        },
    }
}

/// The second colour, or none, as a number between 0 and 1 says.
pub(super) fn marks(kind: f32, rng: &mut Rng) -> Pattern {
    let mark = match kind {
        ..0.40 => return PLAIN,
        ..0.51 => Mark::Edge {
            width: rng.range(0.12, 0.4),
        },
        ..0.62 => Mark::Spots {
            along: rng.range(6.0, 13.0),
            size: rng.range(0.2, 0.42),
        },
        ..0.73 => Mark::Stripes {
            width: rng.range(0.25, 0.55),
        },
        ..0.82 => Mark::Band {
            at: rng.range(0.35, 0.65),
            width: rng.range(0.07, 0.15),
        },
        ..0.90 => Mark::Splash {
            cover: rng.range(0.25, 0.6),
        },
        _ => Mark::Heart {
            reach: rng.range(0.2, 0.6),
        },
    };
    let tones = [Tone::Cream, Tone::Silver, Tone::Dark, Tone::Rose];
    Pattern {
        mark,
        tone: tones[rng.below(4)],
        share: 0.9,
    }
}
