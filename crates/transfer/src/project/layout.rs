//! How t-SNE's points move.

use std::num::NonZeroUsize;
use std::thread;

/// How much stronger neighbours pull in the first steps.
pub(super) const EXAGGERATION: f32 = 12.0;

/// The points and how they move.
pub(super) struct Layout {
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    speeds: Vec<[f32; 2]>,
    gains: Vec<[f32; 2]>,
    rate: f32,
}

/// What one point feels: the sum of its similarities, the pull of its neighbours, the push of all points.
#[derive(Debug, Clone, Copy, Default)]
struct Forces {
    similarity: f32,
    pull: [f32; 2],
    push: [f32; 2],
}

impl Layout {
    pub(super) fn new([xs, ys]: [Vec<f32>; 2], n: usize) -> Self {
        // Belkina et al., "Automated optimized parameters for t-SNE", Nature Communications 2019.
        let rate = (n as f32 / EXAGGERATION / 4.0).max(50.0);
        Self {
            xs,
            ys,
            speeds: vec![[0.0; 2]; n],
            gains: vec![[1.0; 2]; n],
            rate,
        }
    }

    /// One step of gradient descent with momentum and a gain per coordinate (Jacobs 1988).
    pub(super) fn step(&mut self, affinity: &[f32], exaggeration: f32, momentum: f32) {
        let forces = self.forces(affinity);
        let all: f64 = forces
            .iter()
            .map(|forces| f64::from(forces.similarity))
            .sum();
        let share = 1.0 / (all as f32).max(f32::MIN_POSITIVE);
        for (index, forces) in forces.iter().enumerate() {
            for axis in 0..2 {
                let gradient = 4.0 * (exaggeration * forces.pull[axis] - forces.push[axis] * share);
                let (gain, speed) = (&mut self.gains[index][axis], &mut self.speeds[index][axis]);
                *gain = if (gradient > 0.0) == (*speed > 0.0) {
                    (*gain * 0.8).max(0.01)
                } else {
                    *gain + 0.2
                };
                *speed = momentum * *speed - self.rate * *gain * gradient;
            }
            self.xs[index] += self.speeds[index][0];
            self.ys[index] += self.speeds[index][1];
        }
        for values in [&mut self.xs, &mut self.ys] {
            let mean =
                (values.iter().map(|x| f64::from(*x)).sum::<f64>() / values.len() as f64) as f32;
            values.iter_mut().for_each(|x| *x -= mean);
        }
    }

    /// Every point's forces. A point's sums never cross a thread's border, so the number of threads changes nothing.
    fn forces(&self, affinity: &[f32]) -> Vec<Forces> {
        let n = self.xs.len();
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = cores.min(n / 256).max(1);
        let mut found = vec![Forces::default(); n];
        let each = n.div_ceil(threads);
        thread::scope(|scope| {
            let mut parts = found.chunks_mut(each).enumerate();
            let own = parts.next();
            for (part, to) in parts {
                scope.spawn(move || self.fill(part * each, to, affinity));
            }
            if let Some((_, to)) = own {
                self.fill(0, to, affinity);
            }
        });
        found
    }

    fn fill(&self, first: usize, to: &mut [Forces], affinity: &[f32]) {
        let n = self.xs.len();
        for (index, to) in (first..).zip(to) {
            *to = forces(
                (self.xs[index], self.ys[index]),
                &self.xs,
                &self.ys,
                &affinity[index * n..(index + 1) * n],
            );
            // Its similarity to itself, which is 1, does not count.
            to.similarity -= 1.0;
        }
    }
}

/// The forces on a point at `(x, y)`, in eight lanes so that the compiler makes vector instructions of it.
fn forces((x, y): (f32, f32), xs: &[f32], ys: &[f32], affinity: &[f32]) -> Forces {
    const LANES: usize = 8;
    let mut sums = [[0f32; LANES]; 5];
    let mut add = |lane: usize, (other_x, other_y, p): (f32, f32, f32)| {
        let (dx, dy) = (x - other_x, y - other_y);
        let similarity = 1.0 / (1.0 + dx * dx + dy * dy);
        let (pull, push) = (p * similarity, similarity * similarity);
        sums[0][lane] += similarity;
        sums[1][lane] += pull * dx;
        sums[2][lane] += pull * dy;
        sums[3][lane] += push * dx;
        sums[4][lane] += push * dy;
    };
    let whole = xs.len() / LANES * LANES;
    for ((xs, ys), ps) in xs
        .chunks_exact(LANES)
        .zip(ys.chunks_exact(LANES))
        .zip(affinity.chunks_exact(LANES))
    {
        for lane in 0..LANES {
            add(lane, (xs[lane], ys[lane], ps[lane]));
        }
    }
    for index in whole..xs.len() {
        add(index - whole, (xs[index], ys[index], affinity[index]));
    }
    let [similarity, pull_x, pull_y, push_x, push_y] = sums.map(|lanes| lanes.iter().sum());
    Forces {
        similarity,
        pull: [pull_x, pull_y],
        push: [push_x, push_y],
    }
}
