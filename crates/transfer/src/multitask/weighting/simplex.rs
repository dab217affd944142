//! The least value of a convex function of weights that are not negative and add up to one.

/// How often two weights are moved, at most; a few dozen are enough for a few tasks.
const MOVES: usize = 10_000;
/// How often the step of a move is halved.
const HALVINGS: usize = 60;
/// How even the slopes are in the end, relative to the largest in the beginning.
const TOLERANCE: f64 = 1e-12;

/// The weights at which a convex function with this gradient is least. In every move the weight with the least slope takes from the one with
/// the greatest, as much as is best (pairwise steps as those of Frank and Wolfe; Lacoste-Julien and Jaggi, NeurIPS 2015).
pub(super) fn least(start: Vec<f64>, gradient: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut weights = start;
    let mut scale = None;
    for _ in 0..MOVES {
        let slopes = gradient(&weights);
        let of = |place: &usize| slopes[*place];
        let by_slope = |one: &usize, other: &usize| of(one).total_cmp(&of(other));
        let taken = (0..weights.len())
            .filter(|place| weights[*place] > 0.0)
            .max_by(by_slope);
        let given = (0..weights.len()).min_by(by_slope);
        let (Some(from), Some(to)) = (taken, given) else {
            break;
        };
        let size = slopes.iter().map(|slope| slope.abs()).fold(0.0, f64::max);
        if of(&from) - of(&to) <= TOLERANCE * *scale.get_or_insert(size) {
            break;
        }
        let moved = |step: f64| {
            let mut moved = weights.clone();
            moved[from] -= step;
            moved[to] += step;
            moved
        };
        // The slope along the move rises with the step: where it is still falling in the middle, the best step is longer.
        let falls = |step: f64| {
            let slopes = gradient(&moved(step));
            slopes[to] < slopes[from]
        };
        let (mut low, mut high) = (0.0, weights[from]);
        if falls(high) {
            low = high;
        } else {
            for _ in 0..HALVINGS {
                let middle = 0.5 * (low + high);
                match falls(middle) {
                    true => low = middle,
                    false => high = middle,
                }
            }
        }
        if low == 0.0 {
            break;
        }
        let all = low == weights[from];
        weights = moved(low);
        if all {
            weights[from] = 0.0;
        }
    }
    weights
}
