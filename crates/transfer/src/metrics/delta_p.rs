//! What sharing gained or cost, over tasks of different units.

/// The mean over the tasks of how much better, in per cent, a multi-task net is than single-task nets: Δp, the multi-task performance of
/// Maninis, Radosavovic and Kokkinos ("Attentive Single-Tasking of Multiple Tasks", CVPR 2019). Each task is a measure of the multi-task
/// net, the same of a net that learned this task alone, with the same budget, and whether more of it is better. Not a number where there is
/// no task.
///
/// ```
/// use transfer::metrics::delta_p;
///
/// // An accuracy from 80 to 84 %, an error from 10° to 11°: + 5 % and − 10 %.
/// let gained: f64 = delta_p(&[(0.84, 0.80, true), (11.0, 10.0, false)]);
/// assert!((gained + 2.5).abs() < 1e-9);
/// ```
#[must_use]
pub fn delta_p(tasks: &[(f64, f64, bool)]) -> f64 {
    let gain = |&(multi, single, higher_is_better): &(f64, f64, bool)| {
        let relative = 100.0 * (multi - single) / single;
        if higher_is_better {
            relative
        } else {
            -relative
        }
    };
    tasks.iter().map(gain).sum::<f64>() / tasks.len() as f64
}
