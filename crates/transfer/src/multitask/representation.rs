//! What heads see of pictures.

use tch::Tensor;

use crate::{Error, Result};

/// What a trunk makes of a batch of pictures.
#[derive(Debug)]
pub struct Representation {
    /// For heads that say something of every pixel: maps `[N, C, H, W]`, each coarser than the one before.
    pub maps: Vec<Tensor>,
    /// For all other heads: `[N, C]`.
    pub features: Tensor,
    /// Rows and columns of the pictures.
    pub size: [i64; 2],
}

/// The widths of a representation, to which a head is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Widths {
    /// The channels of each map.
    pub maps: Vec<i64>,
    /// The length of a feature vector.
    pub features: i64,
}

impl Representation {
    /// Of maps, the last of which is the features.
    pub(super) fn of(mut maps: Vec<Tensor>, size: [i64; 2]) -> Self {
        let features = maps.pop().unwrap_or_default();
        Self {
            maps,
            features,
            size,
        }
    }

    /// All its tensors.
    #[must_use]
    pub fn tensors(&self) -> Vec<&Tensor> {
        self.maps.iter().chain([&self.features]).collect()
    }
}

/// The sum of several tensors of one shape `[N, ...]`, with a share of each for each picture: `[N, E]`.
pub(super) fn mixed(parts: &[Tensor], shares: &Tensor) -> Result<Tensor> {
    let (pictures, expected) = shares.size2()?;
    let weighed = parts.iter().zip(0..).map(|(part, number)| {
        let mut shape = vec![1; part.dim()];
        shape[0] = pictures;
        part * shares.select(1, number).view(&shape[..])
    });
    let sum = weighed.reduce(|sum, part| sum + part);
    sum.filter(|_| parts.len() as i64 == expected)
        .ok_or_else(|| Error::argument("parts of a mixture", expected, parts.len()))
}
