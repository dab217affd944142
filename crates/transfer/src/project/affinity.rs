//! Who is near to whom, as probabilities.

use tch::{Device, Kind, Tensor};

use crate::{Error, Result};

/// The shape `[N, D]` of data that can be projected.
///
/// # Errors
///
/// Another shape, no rows or no columns, or a number that is not finite.
pub(super) fn checked(xs: &Tensor) -> Result<[i64; 2]> {
    let size = xs.size();
    let [rows, columns] = size[..] else {
        return Err(Error::argument(
            "data to project",
            "a tensor [N, D]",
            format!("{size:?}"),
        ));
    };
    if rows == 0 || columns == 0 {
        return Err(Error::argument(
            "data to project",
            "one row and one column or more",
            format!("{size:?}"),
        ));
    }
    let broken = xs.numel() as i64 - xs.isfinite().sum(Kind::Int64).int64_value(&[]);
    if broken > 0 {
        return Err(Error::argument(
            "data to project",
            "finite numbers",
            format!("{broken} that are not"),
        ));
    }
    Ok([rows, columns])
}

/// The data in double precision on the CPU.
pub(super) fn doubles(xs: &Tensor) -> Tensor {
    xs.detach().to_device(Device::Cpu).to_kind(Kind::Double)
}

/// The joint probabilities of t-SNE's first half, `[N, N]` row by row: Gaussian neighbourhoods, each as wide as
/// gives that perplexity (an effective number of neighbours), made symmetric. Their sum is 1.
pub(super) fn joint(xs: &Tensor, perplexity: f64) -> Result<Vec<f32>> {
    let squares = squared_distances(&doubles(xs))?;
    let n = (squares.len() as f64).sqrt().round() as usize;
    let mut found = vec![0f64; n * n];
    for (row, (squares, to)) in squares
        .chunks_exact(n)
        .zip(found.chunks_exact_mut(n))
        .enumerate()
    {
        conditional(squares, row, perplexity.ln(), to);
    }
    let joint = (0..n * n).map(|at| {
        let (row, column) = (at / n, at % n);
        ((found[at] + found[column * n + row]) / (2 * n) as f64) as f32
    });
    Ok(joint.collect())
}

fn squared_distances(xs: &Tensor) -> Result<Vec<f64>> {
    // Centred, so that a large common offset costs no places; and scaled, so that no square overflows.
    let xs = xs - xs.mean_dim(0, true, Kind::Double);
    let largest = xs.abs().max().double_value(&[]);
    let xs = if largest > 0.0 { xs / largest } else { xs };
    let lengths = xs.square().sum_dim_intlist(1i64, true, Kind::Double);
    let products = xs.matmul(&xs.transpose(0, 1));
    let squares = (&lengths + lengths.transpose(0, 1) - products * 2.0).clamp_min(0.0);
    Ok(Vec::<f64>::try_from(&squares.contiguous().view([-1]))?)
}

/// The probabilities that a point picks each of the others, with that entropy (in nats).
fn conditional(squares: &[f64], own: usize, entropy: f64, to: &mut [f64]) {
    let others = || {
        squares
            .iter()
            .enumerate()
            .filter(|&(index, _)| index != own)
    };
    let nearest = others()
        .map(|(_, square)| *square)
        .fold(f64::INFINITY, f64::min);
    let (mut beta, mut low, mut high) = (1.0, 0.0, f64::INFINITY);
    for _ in 0..100 {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for (index, square) in others() {
            let weight = (-beta * (square - nearest)).exp();
            to[index] = weight;
            sum += weight;
            weighted += weight * (square - nearest);
        }
        let found = sum.ln() + beta * weighted / sum;
        to.iter_mut().for_each(|weight| *weight /= sum);
        if (found - entropy).abs() < 1e-5 {
            break;
        }
        if found > entropy {
            low = beta;
            beta = if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * beta
            };
        } else {
            high = beta;
            beta = 0.5 * (low + high);
        }
    }
    to[own] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_neighbourhood_has_its_perplexity() {
        crate::set_seed(1);
        let xs = Tensor::randn([40, 5], (Kind::Float, Device::Cpu)) + 1000.0;
        let squares = squared_distances(&doubles(&xs)).unwrap();
        let mut row = vec![0.0; 40];
        conditional(&squares[..40], 0, 8f64.ln(), &mut row);
        let entropy: f64 = row.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
        assert!((entropy.exp() - 8.0).abs() < 1e-3 && row[0] == 0.0);
        let joint = joint(&xs, 8.0).unwrap();
        assert!((joint.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!((0..40).all(|i| (0..40).all(|j| joint[i * 40 + j] == joint[j * 40 + i])));
    }
}
