//! The named species, sorted by name.

use std::borrow::Cow;

use super::traits::Margin::{DoubleSaw, Saw, Scallop, Smooth, Spine, Wave};
use super::traits::Plan::{self, Fingers, Simple};
use super::traits::{Mark, OVAL, Oval, PLAIN, Pattern, Shape, Surface, Tone};
use super::{Species, SpeciesSet};

const fn oval(width: f32, widest: f32, base: f32, tip: f32) -> Shape {
    Shape::Oval(Oval {
        width,
        widest,
        base,
        tip,
        ..OVAL
    })
}

const fn heart(width: f32, widest: f32, tip: f32, heart: f32) -> Shape {
    Shape::Oval(Oval {
        width,
        widest,
        base: 0.42,
        tip,
        heart,
        ..OVAL
    })
}

const fn lobed(width: f32, widest: f32, base: f32, tip: f32, lobes: f32, depth: f32) -> Shape {
    Shape::Oval(Oval {
        width,
        widest,
        base,
        tip,
        lobes,
        depth,
        ..OVAL
    })
}

const fn hand(spread: f32, depth: f32, point: f32, outer: f32) -> Shape {
    Shape::Hand {
        lobes: 5,
        spread,
        depth,
        point,
        outer,
    }
}

const fn feather(pairs: usize, size: f32) -> Plan {
    Plan::Feather {
        pairs,
        size,
        end: true,
        stagger: 0.0,
    }
}

const fn surface(veins: f32, contrast: f32, gloss: f32, hue: f32) -> Surface {
    Surface {
        veins,
        rise: 0.55,
        contrast,
        gloss,
        bloom: 0.0,
        hair: 0.0,
        hue,
    }
}

const fn hairy(surface: Surface, hair: f32) -> Surface {
    Surface { hair, ..surface }
}

macro_rules! species {
    ($set:ident $name:literal: $plan:expr, $shape:expr, $margin:expr, $surface:expr) => {
        species!($set $name: $plan, $shape, $margin, $surface, PLAIN)
    };
    ($set:ident $name:literal: $plan:expr, $shape:expr, $margin:expr, $surface:expr, $pattern:expr) => {
        (
            SpeciesSet::$set,
            Species {
                name: Cow::Borrowed($name),
                plan: $plan,
                shape: $shape,
                margin: $margin,
                surface: $surface,
                pattern: $pattern,
            },
        )
    };
}

/// All named species, each with its set.
pub(super) fn all() -> [(SpeciesSet, Species); 24] {
    let chevron = Pattern {
        mark: Mark::Band {
            at: 0.45,
            width: 0.09,
        },
        tone: Tone::Silver,
        share: 0.8,
    };
    let white_edge = Pattern {
        mark: Mark::Edge { width: 0.22 },
        tone: Tone::Cream,
        share: 0.35,
    };
    [
        species!(Base "alder": Simple, oval(0.80, 0.58, 0.75, 0.45), DoubleSaw { teeth: 9.0, size: 0.035 }, surface(7.0, 0.6, 0.3, 105.0)),
        species!(Novel "ash": feather(4, 0.40), oval(0.36, 0.45, 0.9, 1.1), Saw { teeth: 9.0, size: 0.03 }, surface(6.0, 0.4, 0.2, 100.0)),
        species!(Base "aspen": Simple, heart(0.98, 0.42, 0.8, 0.06), Scallop { count: 8.0, size: 0.035 }, surface(4.0, 0.5, 0.3, 95.0)),
        species!(Base "beech": Simple, oval(0.60, 0.50, 0.7, 0.85), Wave { count: 7.0, size: 0.018 }, surface(8.0, 0.9, 0.4, 98.0)),
        species!(Novel "birch": Simple, oval(0.78, 0.33, 0.9, 1.35), DoubleSaw { teeth: 9.0, size: 0.05 }, surface(6.0, 0.6, 0.2, 98.0)),
        species!(Base "bramble": Fingers { count: 3, spread: 170.0 }, oval(0.68, 0.42, 0.6, 1.1), DoubleSaw { teeth: 9.0, size: 0.05 }, surface(6.0, 0.7, 0.1, 108.0)),
        species!(Base "cherry": Simple, oval(0.50, 0.55, 0.75, 1.35), Saw { teeth: 16.0, size: 0.025 }, surface(7.0, 0.5, 0.5, 100.0)),
        species!(Base "clover": Fingers { count: 3, spread: 220.0 }, oval(0.86, 0.62, 0.9, 0.42), Smooth, surface(9.0, 0.3, 0.1, 112.0), chevron),
        species!(Novel "elm": Simple, oval(0.60, 0.48, 0.6, 1.2), DoubleSaw { teeth: 12.0, size: 0.045 }, surface(12.0, 0.8, 0.1, 102.0)),
        species!(Novel "fig": Simple, hand(190.0, 0.66, 0.42, 0.66), Scallop { count: 12.0, size: 0.02 }, surface(5.0, 0.9, 0.1, 105.0)),
        species!(Novel "ginkgo": Simple, Shape::Fan { spread: 135.0, cut: 0.30 }, Wave { count: 9.0, size: 0.02 }, surface(0.0, 0.6, 0.2, 88.0)),
        species!(Base "hawthorn": Simple, lobed(0.90, 0.52, 1.3, 0.7, 3.0, 0.72), Saw { teeth: 9.0, size: 0.03 }, surface(3.0, 0.6, 0.4, 105.0)),
        species!(Base "hazel": Simple, heart(0.92, 0.52, 0.62, 0.10), DoubleSaw { teeth: 9.0, size: 0.05 }, hairy(surface(6.0, 0.8, 0.0, 98.0), 0.5)),
        species!(Novel "holly": Simple, oval(0.56, 0.50, 0.6, 0.8), Spine { count: 5.0, size: 0.13 }, surface(5.0, 0.4, 1.0, 128.0), white_edge),
        species!(Base "horse chestnut": Fingers { count: 7, spread: 240.0 }, oval(0.36, 0.68, 1.3, 0.8), Saw { teeth: 12.0, size: 0.025 }, surface(10.0, 0.8, 0.2, 104.0)),
        species!(Base "ivy": Simple, hand(210.0, 0.46, 1.0, 0.55), Smooth, surface(5.0, 1.0, 0.8, 125.0)),
        species!(Base "lilac": Simple, heart(0.78, 0.34, 1.25, 0.12), Smooth, surface(6.0, 0.5, 0.4, 108.0)),
        species!(Novel "lime": Simple, heart(0.95, 0.40, 0.95, 0.14), Saw { teeth: 13.0, size: 0.03 }, surface(6.0, 0.6, 0.2, 100.0)),
        species!(Novel "maple": Simple, hand(230.0, 0.70, 1.3, 0.62), Saw { teeth: 11.0, size: 0.07 }, surface(5.0, 0.7, 0.2, 95.0)),
        species!(Novel "oak": Simple, lobed(0.66, 0.62, 1.2, 0.5, 4.5, 0.52), Smooth, surface(5.0, 0.8, 0.3, 96.0)),
        species!(Novel "plane": Simple, hand(200.0, 0.50, 1.1, 0.72), Saw { teeth: 6.0, size: 0.09 }, surface(5.0, 0.7, 0.1, 98.0)),
        species!(Novel "plantain": Simple, oval(0.52, 0.45, 0.9, 0.75), Wave { count: 4.0, size: 0.012 }, surface(0.0, 0.9, 0.2, 106.0)),
        species!(Novel "rowan": feather(6, 0.34), oval(0.30, 0.50, 0.6, 0.9), Saw { teeth: 10.0, size: 0.05 }, surface(8.0, 0.4, 0.1, 104.0)),
        species!(Base "willow": Simple, oval(0.19, 0.45, 0.9, 1.2), Saw { teeth: 20.0, size: 0.012 }, surface(12.0, 0.3, 0.4, 90.0)),
    ]
}
