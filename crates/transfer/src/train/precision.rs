//! The kind of number that a training step computes with.

use std::str::FromStr;

use tch::{Kind, Tensor};

use crate::names::unknown;
use crate::{Error, Result};

/// How precisely a training step computes. The weights, their averages, the optimiser's state, the loss and every
/// judgement of the net are in 32 bits either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// In 32 bits.
    #[default]
    Full,
    /// Activations and their gradients in bfloat16, with copies of the weights to match: the numbers of 32 bits with 8 bits
    /// of mantissa in place of 24 (Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019). About
    /// twice as fast on processors and GPUs that compute with it (AVX-512 BF16, AMX; NVIDIA from Ampere on), half the
    /// memory; slower than [`Full`](Self::Full) on others.
    Bfloat16,
}

impl Precision {
    /// Pictures `[N, C, H, W]` in the kind that the step computes with; a net follows the kind of its input. Features
    /// `[N, D]` stay: the head alone has nothing to gain.
    pub(super) fn cast(self, xs: &Tensor) -> Tensor {
        match self {
            Self::Bfloat16 if xs.dim() == 4 => xs.to_kind(Kind::BFloat16),
            _ => xs.shallow_clone(),
        }
    }
}

impl FromStr for Precision {
    type Err = Error;

    /// `full` or `bfloat16`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "full" => Ok(Self::Full),
            "bfloat16" => Ok(Self::Bfloat16),
            _ => Err(unknown(
                "precisions",
                "train::Precision",
                name,
                ["full", "bfloat16"],
            )),
        }
    }
}
