//! Scenes by number.

use std::ops::RangeInclusive;

use super::super::{Leaves, Species, SpeciesSet};
use super::{Scene, compose};
use crate::{Error, Result};

/// The most things of one sort in a scene: masks number them in a byte.
const MOST: usize = 120;

/// Scenes by number, drawn when they are asked for.
///
/// **What.** A [`Scene`] is a square picture, seen from above: soil, moss, stone, wood, sand, gravel or paper, and on it
/// leaves of several species, from small to large, turned any way, over and under each other, some half out of the
/// picture; among them pebbles, twigs, petals, berries and blades of grass. Of each leaf it has the species, the box of
/// what is seen and of the whole, the share that is seen, and a mask. They are drawn by number.
///
/// **How.** Things are laid down one after the other. Each is filled into a mask, from which everything else comes: its
/// shadow, its pixels, what it hides of the things below, and at last its box. So boxes are the extents of masks, to the
/// pixel, and masks share no pixel. One light shines on all of a scene: shadows fall, stones and berries are lit, and
/// the ground has its ups and downs from the same side. A leaf that would hide another too much, or be hidden by the
/// picture's edge, is laid elsewhere. The stalk is part of the leaf; a shadow is not.
///
/// **Why.** Detection and segmentation need pictures in which things are many, of all sizes, partly hidden, and beside
/// what looks like them: a petal is a leaf without teeth, a blade of grass a leaf that is too long. With masks that are
/// exact, what a net gets wrong is the net's mistake and not the annotator's.
///
/// **Limits.** Only photographs in the field are drawn, not the other domains. Leaves lie flat: nothing stands, leans on
/// another or casts a shadow that bends. Species are equally frequent, which they are nowhere outside, and lie
/// independently of each other. Distractors are of five kinds and always the same ones; what a net learns to tell from
/// them says little about other clutter. Under 100 pixels small leaves are a few pixels wide, and nobody could tell what
/// they are. Hairs at a leaf's margin are drawn a little beyond its mask.
///
/// ```
/// use transfer::data::synth::{Scenes, SpeciesSet};
///
/// # fn main() -> transfer::Result<()> {
/// let scenes = Scenes::new(SpeciesSet::Novel, 500, 128, 0).objects(2..=5)?;
/// let scene = scenes.scene(17);
/// for (number, leaf) in scene.objects.iter().enumerate() {
///     let [left, top, right, bottom] = leaf.bbox;
///     assert!(left < right && top < bottom && leaf.visible_share >= 0.25);
///     assert_eq!(scene.mask(number).dimensions(), (128, 128));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Scenes {
    pub(super) species: Vec<Species>,
    classes: Vec<String>,
    count: usize,
    pub(super) size: u32,
    pub(super) seed: u64,
    pub(super) objects: RangeInclusive<usize>,
    pub(super) distractors: RangeInclusive<usize>,
    pub(super) lengths: RangeInclusive<f32>,
    pub(super) min_visible: f32,
}

impl Scenes {
    /// `count` scenes with leaves of the set, `size` pixels square. Another seed gives other scenes: one for training,
    /// one for testing. Unless said otherwise, a scene has 1 to 8 leaves, 0.16 to 0.65 of its side long, and up to 9 other
    /// things, and of each leaf at least a quarter is seen.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    #[must_use]
    pub fn new(set: SpeciesSet, count: usize, size: u32, seed: u64) -> Self {
        Self::sorted(set.species(), count, size, seed)
    }

    /// The same for species of one's own choice, in any order.
    ///
    /// # Errors
    ///
    /// There is none, or two of them have the same name.
    ///
    /// # Panics
    ///
    /// `size` is 0.
    pub fn of(
        species: impl IntoIterator<Item = Species>,
        count: usize,
        size: u32,
        seed: u64,
    ) -> Result<Self> {
        let leaves = Leaves::of(species, 1, size, seed)?;
        if leaves.species().is_empty() {
            return Err(Error::argument("species", "at least one", "none"));
        }
        Ok(Self::sorted(leaves.species().to_vec(), count, size, seed))
    }

    fn sorted(species: Vec<Species>, count: usize, size: u32, seed: u64) -> Self {
        assert!(size > 0, "a picture has at least one pixel");
        let classes = species.iter().map(|species| species.name().to_owned());
        Self {
            classes: classes.collect(),
            species,
            count,
            size,
            seed,
            objects: 1..=8,
            distractors: 0..=9,
            lengths: 0.16..=0.65,
            min_visible: 0.25,
        }
    }

    /// How many leaves a scene has, 120 at most. There are fewer where no place is left.
    ///
    /// # Errors
    ///
    /// The range is empty or goes beyond that.
    pub fn objects(mut self, range: RangeInclusive<usize>) -> Result<Self> {
        self.objects = checked("objects of a scene", range)?;
        Ok(self)
    }

    /// How many other things lie there, 120 at most: pebbles, twigs, petals, berries, blades of grass.
    ///
    /// # Errors
    ///
    /// The range is empty or goes beyond that.
    pub fn distractors(mut self, range: RangeInclusive<usize>) -> Result<Self> {
        self.distractors = checked("distractors of a scene", range)?;
        Ok(self)
    }

    /// How long leaves are, their stalks aside, in parts of the picture's side. Small ones are as frequent as large ones:
    /// the logarithm is uniform.
    ///
    /// # Errors
    ///
    /// Not within 0 (exclusive) and 2, or the range is empty.
    pub fn lengths(mut self, range: RangeInclusive<f32>) -> Result<Self> {
        if !(*range.start() > 0.0 && range.start() <= range.end() && *range.end() <= 2.0) {
            let expected = "a range within 0 (exclusive) and 2, the smaller first";
            return Err(Error::argument(
                "lengths of leaves",
                expected,
                format!("{range:?}"),
            ));
        }
        self.lengths = range;
        Ok(self)
    }

    /// What is seen of each leaf at least, in parts of the whole; a leaf of which less would be seen is not there.
    ///
    /// # Errors
    ///
    /// Not within 0 and 1.
    pub fn min_visible(mut self, share: f32) -> Result<Self> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::argument(
                "visible share",
                "a number from 0 to 1",
                share,
            ));
        }
        self.min_visible = share;
        Ok(self)
    }

    /// How many scenes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The side of a picture in pixels.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The names of the species; a label is a position in it.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The scene with that number, the same each time.
    ///
    /// # Panics
    ///
    /// `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn scene(&self, index: usize) -> Scene {
        assert!(index < self.count, "there are {} scenes", self.count);
        compose::compose(self, index as u64)
    }
}

fn checked(what: &'static str, range: RangeInclusive<usize>) -> Result<RangeInclusive<usize>> {
    if range.is_empty() || *range.end() > MOST {
        let expected = format!("a range within 0 and {MOST}, the smaller first");
        return Err(Error::argument(what, expected, format!("{range:?}")));
    }
    Ok(range)
}
