//! A moving average of a net's weights: it is often better than the weights of any one step (Polyak and Juditsky,
//! 1992; Tarvainen and Valpola, "Mean teachers", 2017).

use tch::Tensor;

use super::snapshot::{Snapshot, sorted_variables};
use crate::Result;
use crate::checkpoint::StateDict;
use crate::models::Backbone;

/// The average, kept beside the net. Running statistics are averaged too: they belong to the weights.
#[derive(Debug)]
pub struct Ema {
    decay: f64,
    updates: u64,
    shadow: StateDict,
}

impl Ema {
    /// Starts at the net's present weights. `decay` is the share that is kept at each step in the long run.
    #[must_use]
    pub fn new(net: &dyn Backbone, decay: f64) -> Self {
        Self {
            decay,
            updates: 0,
            shadow: Snapshot::of(net).into_tensors(),
        }
    }

    /// The share that the next update keeps. In the first steps less than the full decay, `(1 + t) / (10 + t)`, so that
    /// the random start is soon forgotten.
    #[must_use]
    pub fn next_decay(&self) -> f64 {
        let updates = self.updates as f64;
        self.decay.min((1.0 + updates) / (10.0 + updates))
    }

    /// Moves the average towards the net's present weights.
    ///
    /// # Errors
    ///
    /// libtorch refuses the operation.
    pub fn update(&mut self, net: &dyn Backbone) -> Result<()> {
        let towards = 1.0 - self.next_decay();
        self.updates += 1;
        tch::no_grad(|| {
            for (name, variable) in sorted_variables(net) {
                let Some(average) = self.shadow.get_mut(&name) else {
                    continue;
                };
                if average.is_floating_point() {
                    let _ = average.f_lerp_(&variable, towards)?;
                } else {
                    average.f_copy_(&variable)?;
                }
            }
            Ok(())
        })
    }

    /// Calls `judge` while `net` has the average's weights, and gives it its own back.
    ///
    /// # Errors
    ///
    /// `judge` fails, or the net has other variables than it had.
    pub fn with<T>(&self, net: &dyn Backbone, judge: impl FnOnce() -> Result<T>) -> Result<T> {
        let own = Snapshot::of(net);
        self.apply(net)?;
        let result = judge();
        own.restore(net)?;
        result
    }

    /// Gives `net` the average's weights for good.
    ///
    /// # Errors
    ///
    /// The net has other variables than it had; nothing is written then.
    pub fn apply(&self, net: &dyn Backbone) -> Result<()> {
        super::snapshot::copy_into(net, &self.shadow)
    }

    /// What a checkpoint keeps: the tensors and how often they were updated.
    pub(super) fn state(&self) -> (&StateDict, u64) {
        (&self.shadow, self.updates)
    }

    /// Takes up what a checkpoint kept.
    pub(super) fn restore(&mut self, shadow: &StateDict, updates: u64) -> Result<()> {
        for (name, average) in &mut self.shadow {
            if let Some(saved) = shadow.get(name) {
                average.f_copy_(saved)?;
            }
        }
        self.updates = updates;
        Ok(())
    }
}

/// Whether every number of every tensor is finite.
pub(super) fn all_finite<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> bool {
    let sums: Vec<Tensor> = tensors
        .filter(|tensor| tensor.is_floating_point() && tensor.numel() > 0)
        .map(|tensor| tensor.detach().isfinite().all())
        .collect();
    sums.is_empty() || Tensor::stack(&sums, 0).all().int64_value(&[]) != 0
}
