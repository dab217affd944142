//! Weighed by how noisy a task is (Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and
//! Semantics", CVPR 2018).

use tch::nn::{Init, VarStore};
use tch::{Device, Kind, Tensor};

use super::{Seen, Weighting};
use crate::models::ParameterGroup;
use crate::{Error, Result};

/// `Σ ½ exp(−sᵢ) Lᵢ + ½ sᵢ`, where `sᵢ = log σᵢ²` is learned with the net, at the rate of its heads, from 0 on. For a classification the paper
/// has no ½ before the first term; that shifts `s` by `log 2`, so a classification begins here with half the weight: where `s` has settled, the
/// weight is `1 / 2Lᵢ` for either, so every task's loss comes to count the same. (AdamW's weight decay pulls on `s`, too.)
#[derive(Debug, Default)]
pub struct Uncertainty {
    begun: Option<(VarStore, Tensor)>,
}

impl Uncertainty {
    /// What was learned: `sᵢ = log σᵢ²` of each task. None before it was begun.
    #[must_use]
    pub fn log_variances(&self) -> Option<Vec<f64>> {
        let (_, s) = self.begun.as_ref()?;
        Vec::try_from(s.detach().to_kind(Kind::Double)).ok()
    }
}

impl Weighting for Uncertainty {
    fn name(&self) -> &'static str {
        "uncertainty"
    }

    fn begin(&mut self, tasks: usize, device: Device) -> Result<()> {
        let store = VarStore::new(device);
        let s = store
            .root()
            .var("log_variances", &[tasks as i64], Init::Const(0.0));
        self.begun = Some((store, s));
        Ok(())
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        let variances = self.log_variances().unwrap_or_default();
        super::begun(&variances, seen)?;
        Ok(seen
            .tasks
            .iter()
            .map(|task| 0.5 * (-variances[*task]).exp())
            .collect())
    }

    fn total(&mut self, losses: &[Tensor], seen: &Seen<'_>) -> Result<(Tensor, Vec<f64>)> {
        let weights = self.weights(seen)?;
        let Some((_, s)) = &self.begun else {
            return Err(Error::argument(
                "weighting",
                "one that was begun",
                "one that was not",
            ));
        };
        let tasks: Vec<i64> = seen.tasks.iter().map(|task| *task as i64).collect();
        let s = s.index_select(0, &Tensor::from_slice(&tasks).to_device(s.device()));
        let losses = Tensor::f_stack(losses, 0)?;
        let total = ((-&s).exp() * losses + s).sum(Kind::Float) * 0.5;
        Ok((total, weights))
    }

    fn parameter_group(&self) -> Option<ParameterGroup> {
        let (store, _) = self.begun.as_ref()?;
        Some(ParameterGroup::of_store("uncertainty", store))
    }
}
