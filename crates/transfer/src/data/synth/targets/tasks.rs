//! Leaves with all their targets, as a data set.

use std::path::{Path, PathBuf};

use image::{GrayImage, RgbImage};

use super::super::Leaves;
use super::super::write::{Staging, in_parallel, save_png};
use super::{LeafTargets, Measures};
use crate::data::Dataset;
use crate::{Error, Result};

/// Drawn leaves with everything that can be learned from them. As a [`Dataset`], a picture's label is its species, and
/// its [`targets`](Dataset::targets) are the numbers that [`NAMES`](Self::NAMES) lists; a batch has them as `[N, 5]`.
///
/// **What.** Beside its species a leaf has two attributes (the [margin](super::MarginKind) and the
/// [plan](super::PlanKind)), a length, an angle, and a map of its parts, pixel by pixel. [`LeafTargets`] has them all.
///
/// **How.** Attributes are read off the species, numbers and map off the very leaf that the picture shows, grown once more
/// from the same random numbers: none was measured or guessed, and none is wrong.
///
/// **Why.** Lessons on multi-task learning need tasks that help each other (the margin decides between species; the
/// map says where to look) and tasks that compete (a classifier should not care which way a leaf points, and the
/// angle is nothing else). The map is a task for segmentation by itself, with a class, veins, that is thin and rare.
///
/// **Limits.** Margin and plan follow from the species; they are no further source of difference between leaves. Veins
/// are at least a pixel wide in the map even where the picture shows less. Transforms act on pictures alone: who crops
/// or flips must do so to map and angle as well. A leaf may reach beyond the picture's edge, its length too.
///
/// ```
/// use transfer::data::Dataset;
/// use transfer::data::synth::{LeafPart, LeafTasks, Leaves, SpeciesSet};
///
/// let tasks = LeafTasks::new(Leaves::new(SpeciesSet::Novel, 2, 64, 0));
/// let targets = tasks.leaf(3);
/// assert_eq!(tasks.targets(3)[2], targets.length);
/// let blade = targets.parts.pixels().filter(|part| part.0[0] == LeafPart::Blade as u8);
/// assert!(blade.count() > 100);
/// ```
#[derive(Debug, Clone)]
pub struct LeafTasks {
    leaves: Leaves,
    rows: Vec<[f32; 5]>,
}

impl LeafTasks {
    /// What the numbers of [`targets`](Dataset::targets) are, in this order: the positions of the margin and of the plan
    /// in [`MarginKind::ALL`](super::MarginKind::ALL) and [`PlanKind::ALL`](super::PlanKind::ALL), the length, and the
    /// angle's sine and cosine, which, unlike degrees, have no jump.
    pub const NAMES: [&str; 5] = ["margin", "plan", "length", "angle_sin", "angle_cos"];

    /// The targets of these leaves.
    #[must_use]
    pub fn new(leaves: Leaves) -> Self {
        let row = |index| {
            let (species, specimen) = leaves.specimen(index);
            let to_pixels = specimen.to_pixels(leaves.size());
            let Measures { length, angle } = Measures::of(&specimen.leaf, to_pixels, leaves.size());
            let (sin, cos) = angle.to_radians().sin_cos();
            let (margin, plan) = (species.margin_kind() as u8, species.plan_kind() as u8);
            [margin.into(), plan.into(), length, sin, cos]
        };
        let rows = (0..leaves.len()).map(row).collect();
        Self { leaves, rows }
    }

    /// All targets of a picture, its map of parts too. `index` must be below [`len`](Dataset::len).
    #[must_use]
    pub fn leaf(&self, index: usize) -> LeafTargets {
        let (species, specimen) = self.leaves.specimen(index);
        let label = self.leaves.label(index);
        LeafTargets::of(species, label, &specimen, self.leaves.size())
    }

    /// Its map of parts alone: what [`LeafTargets::parts`] is.
    #[must_use]
    pub fn parts(&self, index: usize) -> GrayImage {
        self.leaf(index).parts
    }

    /// Writes `pictures/` and `parts/` (PNG, the same names in both) and `table.csv`, which
    /// [`CsvManifest`](crate::data::CsvManifest) reads: `path`, `label`, and a column for each of
    /// [`NAMES`](Self::NAMES). The folder appears complete or not at all.
    ///
    /// # Errors
    ///
    /// The folder is there and has something in it, or it cannot be written to.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        let staging = Staging::beside(folder.as_ref())?;
        let [pictures, parts] = [staging.folder("pictures")?, staging.folder("parts")?];
        let rows = in_parallel(self.len(), |index| {
            let file = format!("{index:06}.png");
            save_png(&self.picture(index)?, &pictures.join(&file))?;
            save_png(&self.parts(index), &parts.join(&file))?;
            let numbers = self.rows[index].map(|number| number.to_string()).join(",");
            let class = self.classes()[self.label(index)].replace('"', "\"\"");
            Ok(format!("pictures/{file},\"{class}\",{numbers}\n"))
        })?;
        let table = staging.path().join("table.csv");
        let header = format!("path,label,{}\n", Self::NAMES.join(","));
        std::fs::write(&table, header + &rows.concat()).map_err(Error::io("write", &table))?;
        staging.publish()
    }
}

impl Dataset for LeafTasks {
    fn len(&self) -> usize {
        self.leaves.len()
    }

    fn classes(&self) -> &[String] {
        self.leaves.classes()
    }

    fn label(&self, index: usize) -> usize {
        self.leaves.label(index)
    }

    fn name(&self, index: usize) -> PathBuf {
        self.leaves.name(index)
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.leaves.picture(index)
    }

    fn targets(&self, index: usize) -> &[f32] {
        &self.rows[index]
    }

    fn stamp(&self, index: usize) -> String {
        self.leaves.stamp(index)
    }
}
