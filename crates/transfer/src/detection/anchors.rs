//! Boxes of reference at every place of every map.

use tch::{Device, Kind, Tensor};

use crate::{Error, Result};

/// The boxes of reference around each place, level by level: what a detector's numbers are relative to. Everything as in torchvision: sides are whole
/// pixels, and the first place is the picture's corner (not the middle of its cell).
#[derive(Debug, Clone, PartialEq)]
pub struct Anchors {
    /// For each level the roots of the boxes' areas, in pixels.
    sizes: Vec<Vec<f64>>,
    /// Heights over widths; each goes with every size.
    ratios: Vec<f64>,
}

impl Anchors {
    /// Of these sizes for each level, finest first, in each of these ratios of height to width.
    ///
    /// # Errors
    ///
    /// There are none, levels have different numbers of them, or one is not above 0.
    pub fn new(sizes: Vec<Vec<f64>>, ratios: Vec<f64>) -> Result<Self> {
        let positive = sizes
            .iter()
            .flatten()
            .chain(&ratios)
            .all(|value| *value > 0.0);
        let many = sizes.first().map_or(0, Vec::len);
        if !positive || many == 0 || ratios.is_empty() || sizes.iter().any(|of| of.len() != many) {
            let expected = "as many positive sizes in every level, and a ratio";
            return Err(Error::argument(
                "anchors",
                expected,
                format!("{sizes:?}, {ratios:?}"),
            ));
        }
        Ok(Self { sizes, ratios })
    }

    /// One square for each level, as large as the distance of its places: FCOS's.
    #[must_use]
    pub fn squares(strides: &[i64]) -> Self {
        Self {
            sizes: strides.iter().map(|stride| vec![*stride as f64]).collect(),
            ratios: vec![1.0],
        }
    }

    /// Nine for each place, three sizes in three ratios: `RetinaNet`'s, for so many levels, the first with boxes of 32 pixels.
    #[must_use]
    pub fn retinanet(levels: u32) -> Self {
        let third = |base: f64, power: f64| (base * 2f64.powf(power / 3.0)).floor();
        let of_level = |level: u32| {
            let base = f64::from(32u32 << level);
            (0..3).map(|power| third(base, f64::from(power))).collect()
        };
        Self {
            sizes: (0..levels).map(of_level).collect(),
            ratios: vec![0.5, 1.0, 2.0],
        }
    }

    /// How many each place has.
    #[must_use]
    pub fn per_place(&self) -> i64 {
        (self.sizes[0].len() * self.ratios.len()) as i64
    }

    /// How many levels there are.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.sizes.len()
    }

    /// The boxes of every level for pictures of so many rows and columns and maps of so many: each `[H · W · A, 4]`, places row by row.
    ///
    /// # Errors
    ///
    /// There are other levels, or a map is empty or larger than the picture.
    pub fn of_maps(
        &self,
        picture: [i64; 2],
        maps: &[[i64; 2]],
        device: Device,
    ) -> Result<Vec<Tensor>> {
        let fits = |map: &[i64; 2]| (0..2).all(|side| (1..=picture[side]).contains(&map[side]));
        if maps.len() != self.levels() || !maps.iter().all(fits) {
            let expected = format!(
                "{} of at least a pixel, no larger than {picture:?}",
                self.levels()
            );
            return Err(Error::argument("maps", expected, format!("{maps:?}")));
        }
        let level = |(number, map): (usize, &[i64; 2])| {
            let along = |side: usize| {
                let places = Tensor::arange(map[side], (Kind::Float, device));
                places * (picture[side] / map[side]) as f64
            };
            let grid = Tensor::meshgrid_indexing(&[along(0), along(1)], "ij");
            let (rows, columns) = (grid[0].flatten(0, -1), grid[1].flatten(0, -1));
            let places = Tensor::stack(&[&columns, &rows, &columns, &rows], -1);
            let around = self.around(number).to_device(device);
            (places.unsqueeze(1) + around.unsqueeze(0)).view([-1, 4])
        };
        Ok(maps.iter().enumerate().map(level).collect())
    }

    /// Those around the origin in one level: `[A, 4]`, ratio by ratio.
    fn around(&self, level: usize) -> Tensor {
        let mut numbers: Vec<f32> = Vec::new();
        for ratio in &self.ratios {
            for size in &self.sizes[level] {
                // In single precision and to the nearest even, as torchvision has them.
                let height = (*ratio as f32).sqrt();
                let (half_width, half_height) = (
                    1.0 / height * *size as f32 / 2.0,
                    height * *size as f32 / 2.0,
                );
                let sides = [-half_width, -half_height, half_width, half_height];
                numbers.extend(sides.map(f32::round_ties_even));
            }
        }
        Tensor::from_slice(&numbers).view([-1, 4])
    }
}
