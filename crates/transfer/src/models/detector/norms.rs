//! Batch normalisation that was trained with another ε.

use std::path::Path;

use tch::Kind;

use crate::checkpoint::StateDict;
use crate::{Error, Result};

/// What the layers add to a variance: tch's default, which is PyTorch's.
pub(super) const NORM_EPS: f64 = 1e-5;

/// Files whose net added something else to variances, by the name that torchvision gives them, which has the beginning of their hash.
const OTHERS: [(&str, f64); 1] = [("retinanet_resnet50_fpn_coco-eeacb38b", 0.0)];

/// What the net of a file added to variances, as far as its name tells.
pub(super) fn eps_of(path: &Path) -> f64 {
    let stem = path.file_stem().unwrap_or_default();
    let other = OTHERS.iter().find(|(name, _)| stem == *name);
    other.map_or(NORM_EPS, |(_, eps)| *eps)
}

/// The state of the same net with [`NORM_EPS`] in place of `eps`. The difference goes into the weight. Variances with it taken off would be the same on
/// paper, but those of channels that died are far below float32's digits of 1e-5: that of 1e-10 would lose 0.3 % of its scale, and that of 1e-44 all.
pub(super) fn with_eps(mut state: StateDict, eps: f64) -> Result<StateDict> {
    if eps == NORM_EPS {
        return Ok(state);
    }
    let norm = |name: &String| name.strip_suffix(".running_var").map(str::to_owned);
    for norm in state.keys().filter_map(norm).collect::<Vec<String>>() {
        let variance = state[&format!("{norm}.running_var")].to_kind(Kind::Double);
        // What is missing or has another shape is for the report.
        let weight = state.get_mut(&format!("{norm}.weight"));
        if let Some(weight) = weight.filter(|weight| weight.size() == variance.size()) {
            let factor = ((&variance + NORM_EPS) / (&variance + eps)).sqrt();
            if !bool::try_from(factor.isfinite().all())? {
                let expected = format!("variances that are above 0 with {eps:e} added");
                let found = variance.min().double_value(&[]);
                return Err(Error::argument(
                    "norm_eps",
                    expected,
                    format!("{found:e} in {norm}"),
                ));
            }
            *weight = weight.to_kind(Kind::Double) * factor;
        }
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use tch::{Tensor, nn};

    use super::*;

    fn state(variances: &[f32]) -> StateDict {
        let variances = Tensor::from_slice(variances);
        let weight = Tensor::linspace(
            0.5,
            1.5,
            variances.numel() as i64,
            (Kind::Float, variances.device()),
        );
        let named = [("bn1.running_var", variances), ("bn1.weight", weight)];
        let others = [
            ("conv1.weight", Tensor::from(1.0)),
            ("bn2.weight", Tensor::from(2.0)),
            ("bn3.running_var", Tensor::from(3.0)),
        ];
        named
            .into_iter()
            .chain(others)
            .map(|(name, tensor)| (name.to_owned(), tensor))
            .collect()
    }

    #[test]
    fn scales_are_those_of_the_other_epsilon_down_to_the_smallest_variance() {
        assert_eq!(nn::BatchNormConfig::default().eps, NORM_EPS);
        let variances = [1.0, 1e-2, 1e-5, 1e-8, 1e-12, 1e-20, 1e-44];
        for eps in [0.0, 1e-3] {
            let (before, after) = (state(&variances), with_eps(state(&variances), eps).unwrap());
            let double = |tensor: &Tensor| tensor.to_kind(Kind::Double);
            let variance = double(&before["bn1.running_var"]);
            let expected = double(&before["bn1.weight"]) / (&variance + eps).sqrt();
            // As the layer computes it, in float32.
            let weight = after["bn1.weight"].to_kind(Kind::Float);
            let found = weight / (&before["bn1.running_var"] + NORM_EPS).sqrt();
            let off = (double(&found) / expected - 1.0)
                .abs()
                .max()
                .double_value(&[]);
            assert!(off < 3e-7, "{eps}: {off}");
            for same in [
                "bn1.running_var",
                "conv1.weight",
                "bn2.weight",
                "bn3.running_var",
            ] {
                assert!(after[same].equal(&before[same]), "{same}");
            }
        }
    }

    #[test]
    fn its_own_epsilon_changes_nothing_and_no_variance_is_refused() {
        let zero = || state(&[1.0, 0.0]);
        let same = with_eps(zero(), NORM_EPS).unwrap();
        assert!(same["bn1.weight"].equal(&zero()["bn1.weight"]));
        let error = with_eps(zero(), 0.0).unwrap_err().to_string();
        assert!(error.contains("0e0 in bn1"), "{error}");
    }
}
