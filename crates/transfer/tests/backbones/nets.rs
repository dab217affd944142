//! What the tests of nets share.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tch::Tensor;
use transfer::models::Backbone;

/// libtorch has one generator for the whole process: tests that seed it take turns.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Four pictures with something in them: `[4, 3, side, side]`.
pub(crate) fn pictures(side: i64) -> Tensor {
    let count = 4 * 3 * side * side;
    let xs = Tensor::arange(count, tch::kind::FLOAT_CPU) * 0.37;
    xs.sin().view([4, 3, side, side])
}

/// All variables' values.
pub(crate) fn state(net: &dyn Backbone) -> BTreeMap<String, Tensor> {
    let variables = net.var_store().variables().into_iter();
    variables
        .map(|(name, value)| (name, value.copy()))
        .collect()
}
