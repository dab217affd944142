//! The species: names and the numbers that make their leaves.

/// Which species: those to pretrain on, those to transfer to, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeciesSet {
    /// Sixteen species to pretrain on.
    Base,
    /// Eight species that are in no way part of the base set.
    Novel,
    /// Both.
    All,
}

impl SpeciesSet {
    /// The species of the set, sorted by name.
    #[must_use]
    pub fn species(self) -> Vec<&'static Species> {
        let wanted = |species: &&Species| {
            self == SpeciesSet::All || (self == SpeciesSet::Novel) == species.novel
        };
        let mut chosen: Vec<&'static Species> = SPECIES.iter().filter(wanted).collect();
        chosen.sort_by_key(|species| species.name);
        chosen
    }
}

/// A kind of leaf. What is private here is drawn, not told: see the source for the numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Species {
    /// Its name, which is also its class's.
    pub name: &'static str,
    pub(super) novel: bool,
    pub(super) plan: Plan,
    pub(super) shape: Shape,
    pub(super) margin: Margin,
    pub(super) surface: Surface,
}

/// How the leaf is put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plan {
    /// One blade on a stalk.
    Simple,
    /// Leaflets in pairs along an axis, and one at its end; `size` is a leaflet's length.
    Feather { pairs: usize, size: f32 },
    /// Leaflets from one point, spread over so many degrees.
    Fingers { count: usize, spread: f32 },
}

/// The outline of one blade. Lengths are in parts of the blade's length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// `width` at `widest` (0 base … 1 tip). `base` and `tip` are exponents: 0.5 round, 1 smooth, over 1 drawn
    /// out. `heart` is how far the base reaches back beside the stalk. `lobes` to each side, cut in by `depth`.
    Oval {
        width: f32,
        widest: f32,
        base: f32,
        tip: f32,
        heart: f32,
        lobes: f32,
        depth: f32,
    },
    /// Lobes like fingers of a hand over `spread` degrees, cut in by `depth`; a higher `point` is sharper; the
    /// outermost lobes have `outer` of the middle one's length.
    Hand {
        lobes: usize,
        spread: f32,
        depth: f32,
        point: f32,
        outer: f32,
    },
    /// A fan that opens by `spread` degrees, with a cut of that depth in its middle.
    Fan { spread: f32, cut: f32 },
}

/// The edge of a blade. `size` in parts of the blade's length, counts from base to tip on one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Margin {
    Smooth,
    /// Teeth that point to the tip.
    Saw {
        teeth: f32,
        size: f32,
    },
    /// Teeth on teeth.
    DoubleSaw {
        teeth: f32,
        size: f32,
    },
    /// Round scallops.
    Scallop {
        count: f32,
        size: f32,
    },
    /// Hollows between spines.
    Spine {
        count: f32,
        size: f32,
    },
    /// Gentle waves.
    Wave {
        count: f32,
        size: f32,
    },
}

/// Veins and skin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surface {
    /// Pairs of side veins; 0 where veins run lengthwise.
    pub(super) veins: f32,
    /// How strongly veins stand out, 0 to 1.
    pub(super) contrast: f32,
    /// How much it shines, 0 to 1.
    pub(super) gloss: f32,
    /// The usual hue when green, in degrees.
    pub(super) hue: f32,
}

const fn oval(width: f32, widest: f32, base: f32, tip: f32) -> Shape {
    Shape::Oval {
        width,
        widest,
        base,
        tip,
        heart: 0.0,
        lobes: 0.0,
        depth: 0.0,
    }
}

const fn heart(width: f32, widest: f32, tip: f32, heart: f32) -> Shape {
    Shape::Oval {
        width,
        widest,
        base: 0.42,
        tip,
        heart,
        lobes: 0.0,
        depth: 0.0,
    }
}

const fn lobed(width: f32, widest: f32, base: f32, tip: f32, lobes: f32, depth: f32) -> Shape {
    Shape::Oval {
        width,
        widest,
        base,
        tip,
        heart: 0.0,
        lobes,
        depth,
    }
}

const fn surface(veins: f32, contrast: f32, gloss: f32, hue: f32) -> Surface {
    Surface {
        veins,
        contrast,
        gloss,
        hue,
    }
}

macro_rules! species {
    ($set:ident $name:literal: $plan:expr, $shape:expr, $margin:expr, $surface:expr) => {
        Species {
            name: $name,
            novel: matches!(SpeciesSet::$set, SpeciesSet::Novel),
            plan: $plan,
            shape: $shape,
            margin: $margin,
            surface: $surface,
        }
    };
}

use Margin::{DoubleSaw, Saw, Scallop, Smooth, Spine, Wave};
use Plan::{Feather, Fingers, Simple};

const SPECIES: [Species; 24] = [
    species!(Base "alder": Simple, oval(0.80, 0.58, 0.75, 0.45), DoubleSaw { teeth: 9.0, size: 0.035 }, surface(7.0, 0.6, 0.3, 105.0)),
    species!(Base "ash": Feather { pairs: 4, size: 0.40 }, oval(0.36, 0.45, 0.9, 1.1), Saw { teeth: 9.0, size: 0.03 }, surface(6.0, 0.4, 0.2, 100.0)),
    species!(Base "aspen": Simple, heart(0.98, 0.42, 0.8, 0.06), Scallop { count: 8.0, size: 0.035 }, surface(4.0, 0.5, 0.3, 95.0)),
    species!(Base "beech": Simple, oval(0.60, 0.50, 0.7, 0.85), Wave { count: 7.0, size: 0.018 }, surface(8.0, 0.9, 0.4, 98.0)),
    species!(Base "bramble": Fingers { count: 3, spread: 170.0 }, oval(0.68, 0.42, 0.6, 1.1), DoubleSaw { teeth: 9.0, size: 0.05 }, surface(6.0, 0.7, 0.1, 108.0)),
    species!(Base "cherry": Simple, oval(0.50, 0.55, 0.75, 1.35), Saw { teeth: 16.0, size: 0.025 }, surface(7.0, 0.5, 0.5, 100.0)),
    species!(Base "clover": Fingers { count: 3, spread: 220.0 }, oval(0.86, 0.62, 0.9, 0.42), Smooth, surface(9.0, 0.3, 0.1, 112.0)),
    species!(Base "elm": Simple, oval(0.60, 0.48, 0.6, 1.2), DoubleSaw { teeth: 12.0, size: 0.045 }, surface(12.0, 0.8, 0.1, 102.0)),
    species!(Base "hawthorn": Simple, lobed(0.90, 0.52, 1.3, 0.7, 3.0, 0.72), Saw { teeth: 9.0, size: 0.03 }, surface(3.0, 0.6, 0.4, 105.0)),
    species!(Base "hazel": Simple, heart(0.92, 0.52, 0.62, 0.10), DoubleSaw { teeth: 9.0, size: 0.05 }, surface(6.0, 0.8, 0.0, 98.0)),
    species!(Base "horse chestnut": Fingers { count: 7, spread: 240.0 }, oval(0.36, 0.68, 1.3, 0.8), Saw { teeth: 12.0, size: 0.025 }, surface(10.0, 0.8, 0.2, 104.0)),
    species!(Base "ivy": Simple, Shape::Hand { lobes: 5, spread: 210.0, depth: 0.46, point: 1.0, outer: 0.55 }, Smooth, surface(5.0, 1.0, 0.8, 125.0)),
    species!(Base "lilac": Simple, heart(0.78, 0.34, 1.25, 0.12), Smooth, surface(6.0, 0.5, 0.4, 108.0)),
    species!(Base "maple": Simple, Shape::Hand { lobes: 5, spread: 230.0, depth: 0.70, point: 1.3, outer: 0.62 }, Saw { teeth: 11.0, size: 0.07 }, surface(5.0, 0.7, 0.2, 95.0)),
    species!(Base "oak": Simple, lobed(0.66, 0.62, 1.2, 0.5, 4.5, 0.52), Smooth, surface(5.0, 0.8, 0.3, 96.0)),
    species!(Base "willow": Simple, oval(0.19, 0.45, 0.9, 1.2), Saw { teeth: 20.0, size: 0.012 }, surface(12.0, 0.3, 0.4, 90.0)),
    species!(Novel "birch": Simple, oval(0.78, 0.33, 0.9, 1.35), DoubleSaw { teeth: 9.0, size: 0.05 }, surface(6.0, 0.6, 0.2, 98.0)),
    species!(Novel "fig": Simple, Shape::Hand { lobes: 5, spread: 190.0, depth: 0.66, point: 0.42, outer: 0.66 }, Scallop { count: 12.0, size: 0.02 }, surface(5.0, 0.9, 0.1, 105.0)),
    species!(Novel "ginkgo": Simple, Shape::Fan { spread: 135.0, cut: 0.30 }, Wave { count: 9.0, size: 0.02 }, surface(0.0, 0.6, 0.2, 88.0)),
    species!(Novel "holly": Simple, oval(0.56, 0.50, 0.6, 0.8), Spine { count: 5.0, size: 0.13 }, surface(5.0, 0.4, 1.0, 128.0)),
    species!(Novel "lime": Simple, heart(0.95, 0.40, 0.95, 0.14), Saw { teeth: 13.0, size: 0.03 }, surface(6.0, 0.6, 0.2, 100.0)),
    species!(Novel "plane": Simple, Shape::Hand { lobes: 5, spread: 200.0, depth: 0.50, point: 1.1, outer: 0.72 }, Saw { teeth: 6.0, size: 0.09 }, surface(5.0, 0.7, 0.1, 98.0)),
    species!(Novel "plantain": Simple, oval(0.52, 0.45, 0.9, 0.75), Wave { count: 4.0, size: 0.012 }, surface(0.0, 0.9, 0.2, 106.0)),
    species!(Novel "rowan": Feather { pairs: 6, size: 0.34 }, oval(0.30, 0.50, 0.6, 0.9), Saw { teeth: 10.0, size: 0.05 }, surface(8.0, 0.4, 0.1, 104.0)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_and_novel_share_nothing() {
        let (base, novel) = (SpeciesSet::Base.species(), SpeciesSet::Novel.species());
        assert_eq!(
            (base.len(), novel.len(), SpeciesSet::All.species().len()),
            (16, 8, 24)
        );
        assert!(
            base.iter()
                .all(|species| novel.iter().all(|other| species.name != other.name))
        );
        assert!(base.is_sorted_by_key(|species| species.name));
    }
}
