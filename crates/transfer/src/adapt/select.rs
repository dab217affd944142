//! Which epoch, which method, which constants? Measures that need no label of the target.

use std::fmt;

use tch::{Kind, Tensor};

use super::cdan::entropy;
use super::check::{logits as check, same_width};
use super::information_maximisation;
use crate::{Error, Result};

/// A measure by which an epoch can be chosen without labels of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// [`mean_entropy`]: the least.
    Entropy,
    /// [`information_maximisation`]: the least.
    InformationMaximisation,
    /// [`soft_neighbourhood_density`]: the highest.
    SoftNeighbourhoodDensity,
    /// [`deep_embedded_validation`]: the least.
    DeepEmbeddedValidation,
}

impl Criterion {
    /// All of them.
    pub const ALL: [Criterion; 4] = [
        Criterion::Entropy,
        Criterion::InformationMaximisation,
        Criterion::SoftNeighbourhoodDensity,
        Criterion::DeepEmbeddedValidation,
    ];

    /// What tables call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Criterion::Entropy => "entropy",
            Criterion::InformationMaximisation => "IM",
            Criterion::SoftNeighbourhoodDensity => "SND",
            Criterion::DeepEmbeddedValidation => "DEV",
        }
    }

    /// The place of the best of several values, the first of equals; values that are not a number are passed over. `None` where
    /// all are.
    #[must_use]
    pub fn best(self, values: &[f64]) -> Option<usize> {
        let sign = match self {
            Criterion::SoftNeighbourhoodDensity => -1.0,
            _ => 1.0,
        };
        let numbers = values
            .iter()
            .enumerate()
            .filter(|(_, value)| !value.is_nan());
        let least = numbers.min_by(|one, other| (sign * one.1).total_cmp(&(sign * other.1)));
        least.map(|(place, _)| place)
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How unsure a net is of target pictures with these logits `[N, K]`: the mean entropy of its predictions, in nats (Morerio et al.,
/// "Minimal-entropy correlation alignment", ICLR 2018, choose by it). A net that takes everything for one class, and is sure of it, has
/// the least.
///
/// # Errors
///
/// The shape is another.
pub fn mean_entropy(logits: &Tensor) -> Result<f64> {
    check(logits)?;
    let shares = logits.softmax(-1, Kind::Float);
    Ok(entropy(&shares).mean(Kind::Double).double_value(&[]))
}

/// The temperature of [`soft_neighbourhood_density`] in its paper.
pub const SND_TEMPERATURE: f64 = 0.05;

/// How densely the target's predictions (of logits `[N, K]`) lie together (SND; Saito et al., "Tune it the right way: unsupervised
/// validation of domain adaptation via soft neighborhood density", ICCV 2021): every picture's likeness to each other one (the cosine
/// of their predictions) becomes a distribution at this [temperature](SND_TEMPERATURE), whose entropy says how many neighbours
/// the picture has. The mean over the pictures, in nats; higher is better.
///
/// # Errors
///
/// The shape is another, there are fewer than three pictures, or the temperature is not above 0.
pub fn soft_neighbourhood_density(logits: &Tensor, temperature: f64) -> Result<f64> {
    check(logits)?;
    let rows = logits.size()[0];
    if rows < 3 || !(temperature.is_finite() && temperature > 0.0) {
        let found = format!("{rows} and {temperature}");
        let expected = "three or more, and above 0";
        return Err(Error::argument("pictures and temperature", expected, found));
    }
    let shares = logits.softmax(-1, Kind::Float);
    let unit = &shares / shares.norm_scalaropt_dim(2.0, 1, true);
    let alike = unit.matmul(&unit.tr()) / temperature;
    // Nobody is their own neighbour.
    let own = Tensor::eye(rows, (Kind::Bool, logits.device()));
    let near = alike
        .masked_fill(&own, f64::NEG_INFINITY)
        .softmax(-1, Kind::Float);
    Ok(entropy(&near).mean(Kind::Double).double_value(&[]))
}

/// The risk on the target as labelled pictures of the source tell it (DEV; You et al., "Towards accurate model selection in deep
/// unsupervised domain adaptation", ICML 2019): the mean of the losses `[N]` of held-out source pictures times their weights
/// `[N]`, [how much more likely](density_ratios) each is in the target, less a multiple of the weights' deviation from 1, which
/// takes the variance away. Lower is better.
///
/// # Errors
///
/// The shapes are others, or there are fewer than two pictures.
pub fn deep_embedded_validation(losses: &Tensor, weights: &Tensor) -> Result<f64> {
    let (one, other) = (losses.size(), weights.size());
    if one != other || one.len() != 1 || one[0] < 2 {
        let found = format!("{one:?} and {other:?}");
        return Err(Error::argument(
            "losses and weights",
            "[N] and [N], two or more",
            found,
        ));
    }
    let weights = weights.to_kind(Kind::Double);
    let weighted = losses.to_kind(Kind::Double) * &weights;
    let mean = |xs: &Tensor| xs.mean(Kind::Double).double_value(&[]);
    let (centred, off) = (&weighted - mean(&weighted), &weights - mean(&weights));
    let variance = mean(&off.square());
    let eta = match variance > 0.0 {
        true => -mean(&(centred * off)) / variance,
        // Weights that are all the same have nothing to take away.
        false => 0.0,
    };
    Ok(mean(&weighted) + eta * (mean(&weights) - 1.0))
}

/// How much more likely each of the features `held_out` `[V, C]` is in the target `[M, C]` than in the source `[N, C]`: `[V]`, by a logistic
/// regression that tells the two apart.
///
/// # Errors
///
/// The shapes are others.
pub fn density_ratios(source: &Tensor, target: &Tensor, held_out: &Tensor) -> Result<Tensor> {
    same_width(source, held_out, 1)?;
    let head = super::gap::tell_apart(source, target)?;
    let (n, m) = (source.size()[0] as f64, target.size()[0] as f64);
    let logits = head.logits(held_out);
    // p(target) / p(source), for as many of either.
    let odds = (logits.select(1, 1) - logits.select(1, 0)).exp();
    Ok(odds * (n / m))
}

/// The value of a criterion that the target's logits `[N, K]` alone give; DEV asks for more.
///
/// # Errors
///
/// As the criterion's function.
pub(crate) fn of_logits(logits: &Tensor) -> Result<[f64; 3]> {
    let maximised = information_maximisation(logits)?.double_value(&[]);
    let density = soft_neighbourhood_density(logits, SND_TEMPERATURE)?;
    Ok([mean_entropy(logits)?, maximised, density])
}
