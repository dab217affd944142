//! The strategies and their names.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// A way to use a pretrained net, or to do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// All layers of a net with new weights, at four times the rate.
    FromScratch,
    /// The head alone, fitted to features that are computed once.
    Probe,
    /// The probe's head first, then all layers at half the rate (Kumar et al., 2022).
    LpFt,
    /// All layers at one rate, below a new head.
    AllLayers,
    /// The head, then one layer more after every look, each time with a new cycle of the rate (Howard and Ruder, 2018). With fewer
    /// looks than layers, the first layers never learn.
    Gradual,
    /// As all layers, with a pull back to the pretrained weights ([`L2Sp`](crate::train::L2Sp)).
    L2Sp,
    /// As all layers, with [batch spectral shrinkage](crate::train::BatchSpectralShrinkage).
    Bss,
    /// [Small layers](crate::models::Backbone::add_lora) beside every convolution, and the head, at four times the rate.
    Lora,
    /// A net with new weights, as from scratch, that learns what the teacher's probe says, too
    /// ([`Distillation`](crate::train::Distillation)).
    Distillation,
}

impl Strategy {
    /// All of them, beginning with the rival of them all.
    pub const ALL: [Self; 9] = [
        Self::FromScratch,
        Self::Probe,
        Self::LpFt,
        Self::AllLayers,
        Self::Gradual,
        Self::L2Sp,
        Self::Bss,
        Self::Lora,
        Self::Distillation,
    ];

    /// Its name in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FromScratch => "from scratch",
            Self::Probe => "probe",
            Self::LpFt => "LP-FT",
            Self::AllLayers => "all layers",
            Self::Gradual => "gradual unfreezing",
            Self::L2Sp => "L2-SP",
            Self::Bss => "BSS",
            Self::Lora => "LoRA",
            Self::Distillation => "distillation",
        }
    }

    /// Whether the net itself starts from pretrained weights.
    #[must_use]
    pub fn is_pretrained(self) -> bool {
        !matches!(self, Self::FromScratch | Self::Distillation)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Strategy {
    type Err = Error;

    /// By its name, or in one short word: scratch, probe, lpft, all, gradual, l2sp, bss, lora, distillation.
    fn from_str(name: &str) -> Result<Self> {
        const SHORT: [&str; 9] = [
            "scratch",
            "probe",
            "lpft",
            "all",
            "gradual",
            "l2sp",
            "bss",
            "lora",
            "distillation",
        ];
        let is_it = |(of, short): &(Self, &str)| *short == name || of.name() == name;
        let mut all = Self::ALL.into_iter().zip(SHORT);
        all.find(is_it).map(|(of, _)| of).ok_or_else(|| {
            Error::argument("strategy", format!("one of {}", SHORT.join(", ")), name)
        })
    }
}
