//! Which tasks should be learned together (Fifty et al., "Efficiently Identifying Task Groupings for Multi-Task Learning", NeurIPS 2021).

use tch::Tensor;

use super::MultiTaskNet;
use crate::{Error, Result};

/// How much a step down the loss of each task `i`, in the shared variables alone, lowers the loss of each task `j` on the same pictures:
/// `Z[i][j] = 1 − Lⱼ(θ − lr ∇Lᵢ) / Lⱼ(θ)` (with plain gradient descent). Above 0 task `i` helps task `j`. The paper takes the
/// mean over the steps of a training. The net is as it was afterwards, but for its running statistics. Seeds libtorch, for dropout.
///
/// A backward pass and a forward pass for each task. `None` where one has no label among these.
///
/// # Errors
///
/// Shapes do not fit, or nothing of the trunk learns.
pub fn affinity(
    net: &MultiTaskNet,
    (xs, targets): (&Tensor, &[Tensor]),
    lr: f64,
    seed: u64,
) -> Result<Option<Vec<Vec<f64>>>> {
    let mut groups = net.parameter_groups();
    groups.pop();
    let variables = groups.into_iter().flat_map(|group| group.parameters);
    let mut variables: Vec<Tensor> = variables
        .map(|(_, variable)| variable)
        .filter(Tensor::requires_grad)
        .collect();
    if variables.is_empty() {
        let expected = "a trunk that learns";
        return Err(Error::argument("net", expected, "a frozen one"));
    }
    // With what dropout drops the same every time.
    let losses = || -> Result<(Vec<usize>, Vec<Tensor>)> {
        crate::set_seed(seed);
        net.losses(&net.forward(xs, true)?, targets)
    };
    let values = |losses: &[Tensor]| {
        losses
            .iter()
            .map(|loss| loss.double_value(&[]))
            .collect::<Vec<f64>>()
    };
    let (tasks, before) = losses()?;
    if tasks.len() < net.tasks().len() {
        return Ok(None);
    }
    let now = values(&before);
    // All of them before anything moves.
    let slopes = |loss: &Tensor| Ok(Tensor::f_run_backward(&[loss], &variables, true, false)?);
    let slopes: Vec<Vec<Tensor>> = before.iter().map(slopes).collect::<Result<_>>()?;
    let kept: Vec<Tensor> = variables
        .iter()
        .map(|variable| variable.detach().copy())
        .collect();
    let mut move_to = |place: usize, to: &Tensor| tch::no_grad(|| variables[place].copy_(to));
    let mut rows = Vec::with_capacity(before.len());
    for slopes in &slopes {
        for (place, slope) in slopes
            .iter()
            .enumerate()
            .filter(|(_, slope)| slope.defined())
        {
            move_to(place, &(&kept[place] - slope * lr));
        }
        let after = tch::no_grad(losses);
        for (place, kept) in kept.iter().enumerate() {
            move_to(place, kept);
        }
        rows.push(
            values(&after?.1)
                .iter()
                .zip(&now)
                .map(|(after, now)| 1.0 - after / now)
                .collect(),
        );
    }
    Ok(Some(rows))
}

/// The partition of the tasks into at most `most` groups in which tasks are best for each other: the sum over the tasks of the mean affinity
/// onto each from the others of its group is largest. A task by itself gains nothing and counts 0.
///
/// # Errors
///
/// The affinities are no square of finite numbers, or of more than ten tasks, whose partitions are too many to try.
pub fn best_groups(affinity: &[Vec<f64>], most: usize) -> Result<Vec<Vec<usize>>> {
    let tasks = affinity.len();
    let finite = |row: &Vec<f64>| row.len() == tasks && row.iter().all(|value| value.is_finite());
    let square = affinity.iter().all(finite);
    if !square || tasks == 0 || tasks > 10 || most == 0 {
        let expected = "a square of finite numbers for one to ten tasks, and one group or more";
        return Err(Error::argument(
            "affinities",
            expected,
            format!("{affinity:?} in {most}"),
        ));
    }
    let gain = |groups: &[Vec<usize>]| -> f64 {
        let onto = |group: &[usize], task: usize| {
            let others = group.iter().filter(|other| **other != task);
            let sum: f64 = others.map(|other| affinity[*other][task]).sum();
            sum / (group.len() - 1).max(1) as f64
        };
        groups
            .iter()
            .flat_map(|group| group.iter().map(|task| onto(group, *task)))
            .sum()
    };
    let mut best = (f64::MIN, Vec::new());
    let mut partial = vec![Vec::new()];
    for task in 0..tasks {
        let extended = |groups: Vec<Vec<usize>>| {
            let fewer = groups.len() < most;
            let joined = (0..groups.len() + usize::from(fewer)).map(move |place| {
                let mut groups: Vec<Vec<usize>> = groups.clone();
                match groups.get_mut(place) {
                    Some(group) => group.push(task),
                    None => groups.push(vec![task]),
                }
                groups
            });
            joined.collect::<Vec<_>>()
        };
        partial = partial.into_iter().flat_map(extended).collect();
    }
    for groups in partial {
        let gain = gain(&groups);
        // The first of equals has fewer groups.
        if gain > best.0 + 1e-12 {
            best = (gain, groups);
        }
    }
    Ok(best.1)
}
