//! Principal component analysis (Pearson 1901), by the singular value decomposition of the centred data.

use tch::{Kind, Tensor};

use crate::{Error, Result};

/// The data in its principal directions.
#[derive(Debug)]
pub struct Pca {
    /// The coordinates: `[N, k]`, the direction of the largest variance first.
    pub points: Tensor,
    /// The directions, as rows of length 1: `[k, D]`.
    pub components: Tensor,
    /// The share of the whole variance that lies in each direction, in [0, 1].
    pub explained: Vec<f64>,
}

/// The `k` principal components of `xs` `[N, D]`. The sign of each direction is such that its largest entry is
/// positive.
///
/// # Errors
///
/// Another shape, `k` is not between 1 and the smaller of N and D, or a number is not finite.
pub fn pca(xs: &Tensor, k: i64) -> Result<Pca> {
    let [rows, columns] = super::affinity::checked(xs)?;
    if !(1..=rows.min(columns)).contains(&k) {
        return Err(Error::argument(
            "number of components",
            format!("1 to {}", rows.min(columns)),
            k,
        ));
    }
    let centred = super::affinity::doubles(xs);
    let centred = &centred - centred.mean_dim(0, true, Kind::Double);
    let (_, lengths, directions) = centred.f_svd(true, true)?;
    let components = directions.transpose(0, 1).narrow(0, 0, k);
    let largest = components.abs().argmax(1, true);
    let signs = components.gather(1, &largest, false).sign();
    let components = components * signs;
    let variance = lengths.square();
    let all = variance.sum(Kind::Double).double_value(&[]);
    let explained = Vec::<f64>::try_from(&variance.narrow(0, 0, k))?;
    let share = |variance: f64| if all > 0.0 { variance / all } else { 0.0 };
    Ok(Pca {
        points: centred
            .matmul(&components.transpose(0, 1))
            .to_kind(Kind::Float),
        components: components.to_kind(Kind::Float),
        explained: explained.into_iter().map(share).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_direction() {
        // Points on (3, 4) · t, moved: all variance lies in the direction (0.6, 0.8).
        let xs = Tensor::from_slice(&[1.0, 1.0, 4.0, 5.0, 7.0, 9.0, -2.0, -3.0]).view([4, 2]);
        let found = pca(&xs, 2).unwrap();
        assert!((found.explained[0] - 1.0).abs() < 1e-12 && found.explained[1] < 1e-12);
        let direction =
            Vec::<f64>::try_from(&found.components.get(0).to_kind(Kind::Double)).unwrap();
        assert!((direction[0] - 0.6).abs() < 1e-6 && (direction[1] - 0.8).abs() < 1e-6);
        let along = Vec::<f64>::try_from(&found.points.select(1, 0).to_kind(Kind::Double)).unwrap();
        for (found, expected) in along.iter().zip([-2.5, 2.5, 7.5, -7.5]) {
            assert!((found - expected).abs() < 1e-5, "{along:?}");
        }
    }

    #[test]
    fn edges_and_errors() {
        let same = Tensor::ones([3, 2], (Kind::Float, tch::Device::Cpu));
        assert_eq!(pca(&same, 2).unwrap().explained, [0.0, 0.0]);
        for (xs, k) in [
            (same.shallow_clone(), 0),
            (same.shallow_clone(), 3),
            (same.view([6]), 1),
            (&same / 0.0, 1),
            (same.slice(0, 0, 0, 1), 1),
        ] {
            assert!(pca(&xs, k).is_err());
        }
    }
}
