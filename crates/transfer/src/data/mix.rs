//! MixUp and CutMix: batches whose pictures are mixed in pairs, and their targets with them.

use tch::{Kind, Tensor};

use super::rng::Rng;
use crate::{Error, Result};

/// How the pictures of a batch are mixed, each with the one before it, as torchvision's `v2.MixUp` and `v2.CutMix`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mix {
    /// A weighted mean of two pictures, the weight drawn from Beta(α, α) (Zhang, Cissé, Dauphin and Lopez-Paz, "mixup:
    /// Beyond Empirical Risk Minimization", ICLR 2018).
    MixUp(f64),
    /// A rectangle of the other picture, its share of the area drawn from Beta(α, α) (Yun and others, "CutMix", ICCV
    /// 2019).
    CutMix(f64),
    /// One of the two at random for each batch, with their α (torchvision's training presets: 0.2 and 1).
    Either {
        /// MixUp's α.
        mixup: f64,
        /// CutMix's α.
        cutmix: f64,
    },
}

impl Mix {
    /// Pictures `[N, C, H, W]` and labels `[N]` to mixed pictures of the same shape and targets `[N, classes]`, whose rows
    /// sum to 1: what `cross_entropy_loss` takes in the place of labels. Drawn from the seed, the epoch and the batch's
    /// number alone. The batch should be shuffled: neighbours are mixed.
    ///
    /// # Errors
    ///
    /// An α is not above 0 or not finite, a label is not below `classes`, or libtorch refuses the shapes.
    pub fn apply(
        &self,
        (xs, labels): (&Tensor, &Tensor),
        classes: i64,
        [seed, epoch, batch]: [u64; 3],
    ) -> Result<(Tensor, Tensor)> {
        let mut rng = Rng::new(seed, &[epoch, batch]);
        let (alpha, cut) = match *self {
            Mix::MixUp(alpha) => (alpha, false),
            Mix::CutMix(alpha) => (alpha, true),
            Mix::Either { mixup, cutmix } => {
                if rng.chance(0.5) {
                    (mixup, false)
                } else {
                    (cutmix, true)
                }
            }
        };
        if !alpha.is_finite() || alpha <= 0.0 {
            return Err(Error::argument("alpha", "a finite number above 0", alpha));
        }
        if labels.numel() == 0 {
            let none = Tensor::f_zeros([0, classes], (Kind::Float, xs.device()))?;
            return Ok((xs.shallow_clone(), none));
        }
        let (least, most) = (labels.min().int64_value(&[]), labels.max().int64_value(&[]));
        if least < 0 || most >= classes {
            let found = format!("{least} to {most}");
            return Err(Error::argument(
                "labels",
                format!("0 to {}", classes - 1),
                found,
            ));
        }
        let share = beta(alpha, &mut rng);
        let (mixed, share) = if cut {
            cut_mix(xs, share, &mut rng)?
        } else {
            let other = xs.f_roll([1], [0])?;
            ((xs * share).f_add(&(other * (1.0 - share)))?, share)
        };
        let targets = labels.f_one_hot(classes)?.to_kind(Kind::Float);
        let other = targets.f_roll([1], [0])?;
        Ok((mixed, targets * share + other * (1.0 - share)))
    }
}

/// A rectangle of each picture's predecessor laid over it, and the share of the picture that is left.
fn cut_mix(xs: &Tensor, share: f64, rng: &mut Rng) -> Result<(Tensor, f64)> {
    let (_, _, height, width) = xs.size4()?;
    let reach = 0.5 * (1.0 - share).sqrt();
    let mut span = |length: i64| {
        let (centre, half) = (
            rng.below(length.max(1) as usize) as i64,
            (reach * length as f64) as i64,
        );
        ((centre - half).max(0), (centre + half).min(length))
    };
    let ((left, right), (top, bottom)) = (span(width), span(height));
    let part = |of: &Tensor| {
        of.f_narrow(2, top, bottom - top)?
            .f_narrow(3, left, right - left)
    };
    let mixed = xs.copy();
    part(&mixed)?.f_copy_(&part(&xs.f_roll([1], [0])?)?)?;
    let area = ((right - left) * (bottom - top)) as f64;
    Ok((mixed, 1.0 - area / (width * height).max(1) as f64))
}

/// A number from Beta(α, α): of two Gamma(α) numbers the first one's share.
fn beta(alpha: f64, rng: &mut Rng) -> f64 {
    let (a, b) = (gamma_ln(alpha, rng), gamma_ln(alpha, rng));
    1.0 / (1.0 + (b - a).exp())
}

/// The logarithm of a Gamma(α) number (Marsaglia and Tsang, 2000): for small α the number itself would be 0.
fn gamma_ln(alpha: f64, rng: &mut Rng) -> f64 {
    // Never 0, whose logarithm is infinite.
    let mut unit = || ((rng.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let boost = if alpha < 1.0 {
        unit().ln() / alpha
    } else {
        0.0
    };
    let d = if alpha < 1.0 { alpha + 1.0 } else { alpha } - 1.0 / 3.0;
    loop {
        let normal = (-2.0 * unit().ln()).sqrt() * (std::f64::consts::TAU * unit()).cos();
        let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
        if v > 0.0 && unit().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
            return (d * v).ln() + boost;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_the_mean_and_variance_of_their_distribution() {
        for alpha in [0.2, 1.0, 4.0] {
            let mut rng = Rng::new(7, &[]);
            let shares: Vec<f64> = (0..20_000).map(|_| beta(alpha, &mut rng)).collect();
            let mean = shares.iter().sum::<f64>() / 2e4;
            let variance = shares
                .iter()
                .map(|share| (share - mean).powi(2))
                .sum::<f64>()
                / 2e4;
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((mean - 0.5).abs() < 0.01, "{alpha}: {mean}");
            assert!(
                (variance / expected - 1.0).abs() < 0.05,
                "{alpha}: {variance}, {expected}"
            );
        }
    }
}
