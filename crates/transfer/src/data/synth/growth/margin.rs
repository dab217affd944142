//! Teeth, scallops and waves of a blade's edge.

use std::f32::consts::{PI, TAU};

use crate::data::synth::species::Margin;

impl Margin {
    /// How far the margin stands out at `t` (0 base … 1 tip).
    pub(super) fn at(self, t: f32) -> f32 {
        let phase = |count: f32| (count * t).rem_euclid(1.0);
        // A tooth rises slowly on the side of the base and falls steeply on that of the tip.
        let tooth = |count: f32| {
            let p = phase(count);
            if p < 0.8 { p / 0.8 } else { (1.0 - p) / 0.2 }
        };
        match self {
            Margin::Smooth => 0.0,
            Margin::Saw { teeth, size } => size * (tooth(teeth) - 0.5),
            Margin::DoubleSaw { teeth, size } => {
                size * (0.7 * tooth(teeth) + 0.35 * tooth(teeth * 3.0) - 0.5)
            }
            Margin::Scallop { count, size } => size * ((PI * phase(count)).sin() - 0.5),
            Margin::Spine { count, size } => -size * (PI * phase(count)).sin().powf(0.8),
            Margin::Wave { count, size } => size * (TAU * phase(count)).sin(),
        }
    }
}
