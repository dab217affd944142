//! What can be said of a leaf beside its species: attributes that several species share.

use super::super::species::{Margin, Plan, Species};

/// The edge of a leaf's blades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarginKind {
    /// Without teeth.
    Smooth,
    /// Teeth that point to the tip.
    Saw,
    /// Teeth on teeth.
    DoubleSaw,
    /// Round scallops.
    Scallop,
    /// Hollows between spines.
    Spine,
    /// Gentle waves.
    Wave,
}

/// How a leaf is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanKind {
    /// One blade on a stalk.
    Simple,
    /// Leaflets in pairs along an axis.
    Feather,
    /// Leaflets from one point.
    Fingers,
}

impl MarginKind {
    /// All kinds; as a target, a kind is its position here.
    pub const ALL: [Self; 6] = [
        Self::Smooth,
        Self::Saw,
        Self::DoubleSaw,
        Self::Scallop,
        Self::Spine,
        Self::Wave,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Saw => "saw",
            Self::DoubleSaw => "double saw",
            Self::Scallop => "scallop",
            Self::Spine => "spine",
            Self::Wave => "wave",
        }
    }
}

impl PlanKind {
    /// All kinds; as a target, a kind is its position here.
    pub const ALL: [Self; 3] = [Self::Simple, Self::Feather, Self::Fingers];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Feather => "feather",
            Self::Fingers => "fingers",
        }
    }
}

impl Species {
    /// The edge of its blades.
    #[must_use]
    pub fn margin_kind(&self) -> MarginKind {
        match self.margin {
            Margin::Smooth => MarginKind::Smooth,
            Margin::Saw { .. } => MarginKind::Saw,
            Margin::DoubleSaw { .. } => MarginKind::DoubleSaw,
            Margin::Scallop { .. } => MarginKind::Scallop,
            Margin::Spine { .. } => MarginKind::Spine,
            Margin::Wave { .. } => MarginKind::Wave,
        }
    }

    /// How its leaves are put together.
    #[must_use]
    pub fn plan_kind(&self) -> PlanKind {
        match self.plan {
            Plan::Simple => PlanKind::Simple,
            Plan::Feather { .. } => PlanKind::Feather,
            Plan::Fingers { .. } => PlanKind::Fingers,
        }
    }
}
