//! How far it is to the margin.

use std::f32::consts::{PI, TAU};

use super::blade::{Point, Relief};

/// In how many steps the reach is known.
const STEPS: usize = 48;

/// The reach of a blade in each height above its base, or in each direction from where its veins meet.
#[derive(Debug, Clone)]
pub(super) struct Rim {
    reach: [f32; STEPS],
    low: f32,
    scale: f32,
}

impl Rim {
    /// The rim of an outline that is not bent yet.
    pub(super) fn new(outline: &[Point], relief: Relief) -> Self {
        let polar = |from: f32| {
            move |&[x, y]: &Point| {
                let (dx, dy) = (x, y - from);
                (dx.atan2(dy), (dx * dx + dy * dy).sqrt())
            }
        };
        let points: Vec<(f32, f32)> = match relief {
            Relief::Rays { from, .. } => outline.iter().map(polar(from)).collect(),
            _ => outline.iter().map(|&[x, y]| (y, x.abs())).collect(),
        };
        let (low, high) = match relief {
            Relief::Rays { .. } => (-PI, PI),
            _ => points
                .iter()
                .fold((f32::MAX, f32::MIN), |(low, high), &(at, _)| {
                    (low.min(at), high.max(at))
                }),
        };
        let mut rim = Self {
            reach: [0.0; STEPS],
            low,
            scale: STEPS as f32 / (high - low).max(1e-3),
        };
        for (at, reach) in points {
            let step = rim.step(at);
            rim.reach[step] = rim.reach[step].max(reach);
        }
        // Between sparse points the last one holds.
        let mut last = 1e-3;
        for reach in &mut rim.reach {
            if *reach > 0.0 {
                last = *reach;
            }
            *reach = last.max(1e-3);
        }
        rim
    }

    fn step(&self, at: f32) -> usize {
        (((at - self.low) * self.scale).max(0.0) as usize).min(STEPS - 1)
    }

    /// The reach at a place between two steps' middles.
    fn reach(&self, at: f32) -> f32 {
        let place = ((at - self.low) * self.scale - 0.5).clamp(0.0, STEPS as f32 - 1.001);
        let step = place as usize;
        self.reach[step] + (self.reach[step + 1] - self.reach[step]) * (place - step as f32)
    }

    /// 0 at the middle line, 1 at the margin beside it.
    pub(super) fn across(&self, x: f32, y: f32) -> f32 {
        (x.abs() / self.reach(y)).min(1.0)
    }

    /// 0 where the veins meet, 1 at the margin in that direction, an angle from straight ahead.
    pub(super) fn around(&self, x: f32, y: f32, angle: f32) -> f32 {
        let angle = angle.clamp(-PI, -PI + TAU);
        ((x * x + y * y).sqrt() / self.reach(angle)).min(1.0)
    }
}
