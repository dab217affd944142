//! Random loss weighting (Lin, Ye, Zhang and Tsang, "Reasonable Effectiveness of Random Weighting", TMLR 2022).

use tch::Tensor;
use tch::kind::DOUBLE_CPU;

use super::{Seen, Weighting, softmax};
use crate::Result;

/// New weights in every step, `T · softmax` of normal numbers from libtorch's generator: the baseline that a cleverer rule has to beat.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rlw;

impl Weighting for Rlw {
    fn name(&self) -> &'static str {
        "RLW"
    }

    fn weights(&mut self, seen: &Seen<'_>) -> Result<Vec<f64>> {
        let tasks = seen.tasks.len();
        let drawn: Vec<f64> = Vec::try_from(Tensor::randn([tasks as i64], DOUBLE_CPU))?;
        Ok(softmax(&drawn)
            .into_iter()
            .map(|share| share * tasks as f64)
            .collect())
    }
}
