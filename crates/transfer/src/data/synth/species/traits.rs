//! What makes a kind of leaf: plan, outline, margin, veins, finish, pattern.

/// How the leaf is put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Plan {
    /// One blade on a stalk.
    Simple,
    /// Leaflets in pairs along an axis, and one at its `end` or none; `size` is a leaflet's length. `stagger`
    /// moves the two of a pair apart along the axis, in parts of the way to the next pair.
    Feather {
        pairs: usize,
        size: f32,
        end: bool,
        stagger: f32,
    },
    /// Leaflets from one point, spread over so many degrees.
    Fingers { count: usize, spread: f32 },
}

/// The outline of one blade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// Wider or narrower around a middle vein.
    Oval(Oval),
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

/// An outline around a middle vein. Lengths are in parts of the blade's length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Oval {
    /// At its widest.
    pub(crate) width: f32,
    /// Where that is: 0 base … 1 tip.
    pub(crate) widest: f32,
    /// Exponent of the outline below the widest place: 0.5 round, 1 smooth, over 1 drawn out.
    pub(crate) base: f32,
    /// The same above it.
    pub(crate) tip: f32,
    /// How far the base reaches back beside the stalk.
    pub(crate) heart: f32,
    /// Lobes to each side,
    pub(crate) lobes: f32,
    /// cut in by so much of the half width,
    pub(crate) depth: f32,
    /// and pointing to the tip (positive) or back (negative).
    pub(crate) sweep: f32,
    /// Exponent of the cuts: 1 round, under 1 pointed lobes.
    pub(crate) cusp: f32,
    /// How far the tip is drawn in, as in a clover's leaflet or a redbud's.
    pub(crate) notch: f32,
    /// How far a drip tip reaches beyond the blade.
    pub(crate) tail: f32,
    /// How much wider one half is than the other.
    pub(crate) skew: f32,
}

/// An outline without lobes or other ornament, to be filled in.
pub(crate) const OVAL: Oval = Oval {
    width: 0.6,
    widest: 0.5,
    base: 0.8,
    tip: 0.8,
    heart: 0.0,
    lobes: 0.0,
    depth: 0.0,
    sweep: 0.6,
    cusp: 1.0,
    notch: 0.0,
    tail: 0.0,
    skew: 0.0,
};

/// The edge of a blade. `size` in parts of the blade's length, counts from base to tip on one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Margin {
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

/// Veins and finish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Surface {
    /// Pairs of side veins; 0 where veins run lengthwise.
    pub(crate) veins: f32,
    /// How steeply side veins climb: 0.2 almost square to the middle vein, 0.55 usual, 1 steep.
    pub(crate) rise: f32,
    /// How strongly veins stand out, 0 to 1.
    pub(crate) contrast: f32,
    /// How much it shines, 0 to 1.
    pub(crate) gloss: f32,
    /// How much wax dulls it and turns it blue, 0 to 1.
    pub(crate) bloom: f32,
    /// How hairy it is, 0 to 1: a pale fringe and a dull skin.
    pub(crate) hair: f32,
    /// The usual hue when green, in degrees.
    pub(crate) hue: f32,
}

/// A second colour on the blade, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pattern {
    pub(crate) mark: Mark,
    pub(crate) tone: Tone,
    /// The share of the species' leaves that have it.
    pub(crate) share: f32,
}

/// Where the second colour is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    /// Nowhere.
    Plain,
    /// Along the margin, in so much of the way to the middle.
    Edge { width: f32 },
    /// In spots, so many along the blade's length.
    Spots { along: f32, size: f32 },
    /// Beside each side vein.
    Stripes { width: f32 },
    /// In a band across, like a horseshoe; `at` 0 base or middle … 1 tip or margin.
    Band { at: f32, width: f32 },
    /// In irregular patches over so much of the blade.
    Splash { cover: f32 },
    /// Around the middle vein, or the place where veins meet.
    Heart { reach: f32 },
}

/// What the second colour is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Tone {
    Cream,
    Silver,
    Dark,
    Rose,
}

pub(crate) const PLAIN: Pattern = Pattern {
    mark: Mark::Plain,
    tone: Tone::Cream,
    share: 0.0,
};
