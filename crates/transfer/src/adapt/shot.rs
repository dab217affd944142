//! Source hypothesis transfer: adaptation without the source's pictures.

use tch::{Device, Kind, Tensor};

use super::cdan::entropy;
use super::check::logits as check;
use super::method::not_begun;
use super::{DomainOutputs, Method, SourceUse, Views};
use crate::models::Backbone;
use crate::{Error, Result};

/// Information maximisation on target logits `[N, K]` (SHOT; Liang et al., "Do we really need to access the source data?", ICML
/// 2020): the mean entropy of the predictions (each should be sure) less the entropy of their mean (all
/// together should be diverse). A number, at least −ln K. The head stays frozen, the trunk learns.
///
/// # Errors
///
/// The shape is another.
pub fn information_maximisation(logits: &Tensor) -> Result<Tensor> {
    check(logits)?;
    let shares = logits.softmax(-1, Kind::Float);
    let together = shares.mean_dim(0, true, Kind::Float);
    Ok(entropy(&shares).mean(Kind::Float) - entropy(&together).mean(Kind::Float))
}

/// SHOT's pseudo-labels of all target pictures (the same paper): the centre of each class as the mean of the
/// features `[N, C]` weighted by the predictions `[N, K]`, each picture to the centre at the least angle, the centres anew from those
/// labels, and each picture once more: `[N]`. A class that no picture is nearest to gets none. No gradient.
///
/// # Errors
///
/// The shapes do not fit each other.
pub fn centroid_labels(features: &Tensor, logits: &Tensor) -> Result<Tensor> {
    check(logits)?;
    if features.size().len() != 2 || features.size()[0] != logits.size()[0] {
        let found = format!("{:?} and {:?}", features.size(), logits.size());
        return Err(Error::argument(
            "features and logits",
            "[N, C] and [N, K]",
            found,
        ));
    }
    let classes = logits.size()[1];
    tch::no_grad(|| {
        // With a 1 behind the features, as in the authors' program, so that lengths count a little.
        let ones = features.ones_like().narrow(1, 0, 1);
        let features = unit(&Tensor::cat(&[features, &ones], 1));
        let nearest = |weights: &Tensor| -> Tensor {
            let total = weights.sum_dim_intlist(0, false, Kind::Float);
            let sums = weights.tr().matmul(&features);
            let centres = unit(&(sums / (&total + 1e-8).unsqueeze(1)));
            let alike = features.matmul(&centres.tr());
            let empty = total.le(0.0).unsqueeze(0).expand_as(&alike);
            alike
                .masked_fill(&empty, f64::NEG_INFINITY)
                .argmax(1, false)
        };
        let first = nearest(&logits.softmax(-1, Kind::Float));
        Ok(nearest(&first.one_hot(classes).to_kind(features.kind())))
    })
}

fn unit(xs: &Tensor) -> Tensor {
    xs / xs.norm_scalaropt_dim(2.0, 1, true).clamp_min(1e-12)
}

/// [`information_maximisation`] and the cross-entropy against [`centroid_labels`], which are made anew before every epoch. On a
/// net that has learned the source; its head stays what it was, and the source's pictures are not needed.
#[derive(Debug)]
pub struct Shot {
    /// The paper's β: what the cross-entropy is multiplied by. It takes 0.1 for digits and 0.3 for photographs.
    pub weight: f64,
    /// The label of each target picture; `None` before the first epoch.
    pub labels: Option<Tensor>,
}

impl Default for Shot {
    fn default() -> Self {
        Self {
            weight: 0.3,
            labels: None,
        }
    }
}

impl Method for Shot {
    fn name(&self) -> &'static str {
        "SHOT"
    }

    fn source_use(&self) -> SourceUse {
        SourceUse::Unused
    }

    fn begin(&mut self, net: &mut dyn Backbone, _: u64) -> Result<()> {
        net.freeze(net.head_name())
    }

    fn looks_at_all(&self) -> bool {
        true
    }

    fn epoch(&mut self, all: &DomainOutputs<'_>, indices: &[usize]) -> Result<()> {
        let found = centroid_labels(all.features, all.logits)?;
        // A picture that could not be read has none and is not asked for.
        let most = indices.iter().copied().max().unwrap_or_default() as i64;
        let places = places(indices, found.device());
        let none = found.new_zeros([most + 1], (found.kind(), found.device()));
        self.labels = Some(none.index_copy(0, &places, &found));
        Ok(())
    }

    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor> {
        let logits = step.target.logits;
        let places = places(step.indices, logits.device());
        let labels = not_begun(self.labels.as_ref())?.f_index_select(0, &places)?;
        let taught = logits.cross_entropy_for_logits(&labels);
        Ok(information_maximisation(logits)? + taught * self.weight)
    }
}

/// Positions as a tensor: `[N]`.
fn places(indices: &[usize], device: Device) -> Tensor {
    let places: Vec<i64> = indices.iter().map(|index| *index as i64).collect();
    Tensor::from_slice(&places).to_device(device)
}
