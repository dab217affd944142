//! t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008), exactly, with every pair.

use tch::Tensor;

use super::affinity::{checked, joint};
use super::layout::{EXAGGERATION, Layout};
use super::pca;
use crate::data::rng::Rng;
use crate::{Error, Result, check_interrupt};

/// How the points are laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TsneConfig {
    /// About how many neighbours each point has: 5 to 50.
    pub perplexity: f64,
    /// The steps; 500 are a few seconds for 1,000 points.
    pub iterations: usize,
    /// The start is the plane of the largest variance, with a little noise of this seed.
    pub seed: u64,
}

impl Default for TsneConfig {
    fn default() -> Self {
        Self {
            perplexity: 30.0,
            iterations: 500,
            seed: 0,
        }
    }
}

/// Time and memory grow with the square of the number of points.
const MOST_POINTS: i64 = 10_000;

/// Places the rows of `xs` `[N, D]` in the plane, `[N, 2]`, so that neighbours stay neighbours. Distances between
/// far groups, and the sizes of groups, mean little. The same seed gives the same picture, on any number of cores.
///
/// # Errors
///
/// Another shape, a number that is not finite, more than 10,000 rows, or a perplexity that is not between 1 and
/// N − 1 (a single row needs none).
pub fn tsne(xs: &Tensor, config: &TsneConfig) -> Result<Tensor> {
    let [rows, columns] = checked(xs)?;
    if rows > MOST_POINTS {
        return Err(Error::argument(
            "points for t-SNE",
            format!("at most {MOST_POINTS}; take some of them"),
            rows,
        ));
    }
    let n = rows as usize;
    if n == 1 {
        return Ok(Tensor::from_slice(&[0f32, 0.0]).view([1, 2]));
    }
    if !(1.0..=(n - 1) as f64).contains(&config.perplexity) {
        let expected = format!(
            "between 1 and {}, one less than the number of points",
            n - 1
        );
        return Err(Error::argument("perplexity", expected, config.perplexity));
    }
    let affinity = joint(xs, config.perplexity)?;
    let mut layout = Layout::new(start(xs, rows.min(columns), config.seed)?, n);
    let early = config.iterations.min(250).min(config.iterations / 2);
    for step in 0..config.iterations {
        check_interrupt()?;
        let (exaggeration, momentum) = if step < early {
            (EXAGGERATION, 0.5)
        } else {
            (1.0, 0.8)
        };
        layout.step(&affinity, exaggeration, momentum);
    }
    let points: Vec<f32> = layout
        .xs
        .iter()
        .zip(&layout.ys)
        .flat_map(|(x, y)| [*x, *y])
        .collect();
    Ok(Tensor::from_slice(&points).view([rows, 2]))
}

/// The first two principal components at a deviation of 1e-4, with noise that separates equal rows.
fn start(xs: &Tensor, directions: i64, seed: u64) -> Result<[Vec<f32>; 2]> {
    let points = pca(xs, directions.min(2))?.points;
    let first = Vec::<f32>::try_from(&points.select(1, 0).contiguous())?;
    let second = match directions {
        1 => vec![0.0; first.len()],
        _ => Vec::<f32>::try_from(&points.select(1, 1).contiguous())?,
    };
    let largest = first.iter().fold(0f32, |largest, x| largest.max(x.abs()));
    let scaled = |x: f32| {
        if largest > 0.0 {
            f64::from(x / largest)
        } else {
            0.0
        }
    };
    let deviation =
        (first.iter().map(|x| scaled(*x).powi(2)).sum::<f64>() / first.len() as f64).sqrt();
    let scale = if deviation > 0.0 {
        1e-4 / deviation
    } else {
        0.0
    };
    let mut rng = Rng::new(seed, &[0x75AE]);
    let mut noisy = |values: Vec<f32>| {
        values
            .into_iter()
            .map(|x| (scaled(x) * scale) as f32 + 1e-6 * rng.bell())
            .collect()
    };
    Ok([noisy(first), noisy(second)])
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// Three groups of 40 points in ten dimensions, far from each other.
    fn groups() -> Tensor {
        crate::set_seed(3);
        let centres = Tensor::eye(3, (Kind::Float, Device::Cpu)).constant_pad_nd([0, 7]) * 12.0;
        Tensor::randn([120, 10], (Kind::Float, Device::Cpu))
            + centres.repeat_interleave_self_int(40, 0, None)
    }

    #[test]
    fn groups_stay_apart() {
        let config = TsneConfig {
            perplexity: 15.0,
            iterations: 400,
            seed: 0,
        };
        let found = tsne(&groups(), &config).unwrap();
        let distance = found.unsqueeze(0) - found.unsqueeze(1);
        let squares = distance.square().sum_dim_intlist(2i64, false, Kind::Float)
            + Tensor::eye(120, (Kind::Float, Device::Cpu)) * 1e9;
        // Every point's five nearest are of its own group.
        let nearest = squares.topk(5, 1, false, true).1.floor_divide_scalar(40);
        let own = Tensor::arange(120, (Kind::Int64, Device::Cpu))
            .floor_divide_scalar(40)
            .unsqueeze(1);
        assert_eq!(nearest.ne_tensor(&own).sum(Kind::Int64).int64_value(&[]), 0);
    }

    #[test]
    fn the_seed_decides() {
        // Once: tests beside this one draw from libtorch's generator too.
        let xs = groups();
        let of = |seed| {
            let config = TsneConfig {
                perplexity: 15.0,
                iterations: 60,
                seed,
            };
            Vec::<f32>::try_from(&tsne(&xs, &config).unwrap().view([-1])).unwrap()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn edges_and_errors() {
        let config = TsneConfig {
            perplexity: 2.0,
            iterations: 50,
            seed: 0,
        };
        assert_eq!(
            tsne(&Tensor::ones([1, 4], (Kind::Float, Device::Cpu)), &config)
                .unwrap()
                .size(),
            [1, 2]
        );
        for shape in [[9, 3], [9, 1]] {
            // Equal points move apart; nothing becomes infinite.
            let found = tsne(&Tensor::ones(shape, (Kind::Float, Device::Cpu)), &config).unwrap();
            assert!(found.isfinite().all().int64_value(&[]) == 1 && found.size() == [9, 2]);
        }
        let xs = Tensor::ones([9, 3], (Kind::Float, Device::Cpu));
        for perplexity in [0.5, 9.0, f64::NAN] {
            assert!(
                tsne(
                    &xs,
                    &TsneConfig {
                        perplexity,
                        ..config
                    }
                )
                .is_err()
            );
        }
        assert!(tsne(&xs.view([27]), &config).is_err() && tsne(&(xs / 0.0), &config).is_err());
    }
}
