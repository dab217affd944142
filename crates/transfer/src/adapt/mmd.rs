//! Maximum mean discrepancy, of one layer (DAN) and of several together (JAN).

use tch::{Kind, Tensor};

use super::check::same_width;
use super::{Method, Views};
use crate::{Error, Result};

/// Gaussian kernels exp(−d² / 2w) of the distance between two rows: their sum is the kernel.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernels {
    /// The widths w, as multiples of the mean squared distance between all rows at hand: for features, which have no scale of
    /// their own.
    Relative(Vec<f64>),
    /// The widths w themselves: for predictions, whose distances mean the same in every net.
    Fixed(Vec<f64>),
}

impl Default for Kernels {
    /// A half, one and two times the mean: neither so narrow that all rows are strangers, nor so wide that all are alike.
    fn default() -> Self {
        Self::Relative(vec![0.5, 1.0, 2.0])
    }
}

impl Kernels {
    /// The kernel of every two rows: `[N, C]` → `[N, N]`. The widths follow the data and have no gradient.
    fn of(&self, xs: &Tensor) -> Tensor {
        let apart = squared_distances(xs);
        let rows = xs.size()[0] as f64;
        let unit = match self {
            // Over the pairs of different rows: the others are 0.
            Self::Relative(_) => (apart.detach().sum(Kind::Float) / (rows * (rows - 1.0)))
                .clamp_min(f64::from(f32::MIN_POSITIVE)),
            Self::Fixed(_) => Tensor::from(1f32).to_device(xs.device()),
        };
        let kernels = self
            .widths()
            .iter()
            .map(|width| (&apart / (&unit * (-2.0 * width))).exp());
        kernels
            .reduce(|sum, kernel| sum + kernel)
            .unwrap_or_else(|| apart.zeros_like())
    }

    fn widths(&self) -> &[f64] {
        match self {
            Self::Relative(widths) | Self::Fixed(widths) => widths,
        }
    }

    fn check(&self) -> Result<()> {
        let widths = self.widths();
        let sound = !widths.is_empty() && widths.iter().all(|it| it.is_finite() && *it > 0.0);
        if sound {
            return Ok(());
        }
        let found = format!("{widths:?}");
        Err(Error::argument(
            "kernels",
            "one width or more, each above 0",
            found,
        ))
    }
}

/// Maximum mean discrepancy between features `source` `[N, C]` and `target` `[M, C]` under a sum of Gaussian kernels (MK-MMD;
/// Long et al., "Learning transferable features with deep adaptation networks", ICML 2015), in the unbiased estimate of
/// Gretton et al. (JMLR 2012, equation 3):
///
/// mean k(sᵢ, sⱼ) + mean k(tᵢ, tⱼ) − 2 mean k(sᵢ, tⱼ), i ≠ j in the first two
///
/// A number, around 0 (also below) where both are of one distribution. Two rows or more each. DAN adds it for every
/// layer behind which features are special to their task, a head's logits among them.
///
/// # Errors
///
/// The shapes are others, or there are no kernels.
pub fn mmd(source: &Tensor, target: &Tensor, kernels: &Kernels) -> Result<Tensor> {
    joint_mmd(&[(source, target, kernels)])
}

/// The same between the joint distributions of several layers: the kernel of two pictures is the product of their kernels
/// in every layer (JMMD; Long et al., "Deep transfer learning with joint adaptation networks", ICML 2017). `layers` hold
/// source `[N, C]`, target `[M, C]` and the kernels of each; JAN takes the features and the softmax of the logits.
///
/// # Errors
///
/// As [`mmd`]; or there are no layers, or they have other numbers of rows.
pub fn joint_mmd(layers: &[(&Tensor, &Tensor, &Kernels)]) -> Result<Tensor> {
    let rows = |layer: &(&Tensor, &Tensor, &Kernels)| {
        (
            layer.0.size().first().copied(),
            layer.1.size().first().copied(),
        )
    };
    if layers.is_empty() || layers.iter().any(|layer| rows(layer) != rows(&layers[0])) {
        let found: Vec<_> = layers.iter().map(rows).collect();
        let expected = "one or more, all with the same numbers of rows";
        return Err(Error::argument("layers", expected, format!("{found:?}")));
    }
    let mut joint: Option<Tensor> = None;
    for (source, target, kernels) in layers {
        kernels.check()?;
        same_width(source, target, 2)?;
        let kernel = kernels.of(&Tensor::cat(&[*source, *target], 0));
        joint = Some(match joint {
            Some(before) => before * kernel,
            None => kernel,
        });
    }
    let kernel = joint.unwrap_or_default();
    let (n, m) = (layers[0].0.size()[0], layers[0].1.size()[0]);
    let block = |row: i64, rows: i64, column: i64, columns: i64| {
        kernel.narrow(0, row, rows).narrow(1, column, columns)
    };
    // Without the pairs of a row with itself.
    let within = |kernel: Tensor, rows: i64| {
        let all = kernel.sum(Kind::Float) - kernel.diagonal(0, 0, 1).sum(Kind::Float);
        all / (rows * (rows - 1)) as f64
    };
    let across = block(0, n, n, m).mean(Kind::Float);
    Ok(within(block(0, n, 0, n), n) + within(block(n, m, n, m), m) - across * 2.0)
}

/// Between every two rows: `[N, C]` → `[N, N]`, exactly 0 between a row and itself.
fn squared_distances(xs: &Tensor) -> Tensor {
    (xs.unsqueeze(0) - xs.unsqueeze(1))
        .square()
        .sum_dim_intlist(2, false, Kind::Float)
}

/// [`mmd()`] on the features and on the logits, the layers that are special to their task (DAN).
#[derive(Debug, Clone, PartialEq)]
pub struct Dan {
    /// The paper's λ.
    pub weight: f64,
    /// The kernels of each layer.
    pub kernels: Kernels,
}

impl Default for Dan {
    fn default() -> Self {
        let kernels = Kernels::default();
        Self {
            weight: 1.0,
            kernels,
        }
    }
}

impl Method for Dan {
    fn name(&self) -> &'static str {
        "DAN"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let (source, target) = (step.source()?, &step.target);
        let features = mmd(source.features, target.features, &self.kernels)?;
        Ok((features + mmd(source.logits, target.logits, &self.kernels)?) * self.weight)
    }
}

/// [`joint_mmd`] of the features and the predictions (JAN).
#[derive(Debug, Clone, PartialEq)]
pub struct Jan {
    /// The paper's λ.
    pub weight: f64,
    /// The kernels of the features.
    pub of_features: Kernels,
    /// The kernels of the predictions.
    pub of_shares: Kernels,
}

impl Default for Jan {
    /// The predictions have one kernel of fixed width, exp(−d² / 1.68), as in the authors' program: as a multiple of their mean
    /// distance, the width would be next to nothing as long as the net says nearly the same of all pictures.
    fn default() -> Self {
        Self {
            weight: 1.0,
            of_features: Kernels::default(),
            of_shares: Kernels::Fixed(vec![0.84]),
        }
    }
}

impl Method for Jan {
    fn name(&self) -> &'static str {
        "JAN"
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let (source, target) = (step.source()?, &step.target);
        let shares = |logits: &Tensor| logits.softmax(-1, Kind::Float);
        let (ours, theirs) = (shares(source.logits), shares(target.logits));
        let features = (source.features, target.features, &self.of_features);
        Ok(joint_mmd(&[features, (&ours, &theirs, &self.of_shares)])? * self.weight)
    }
}
