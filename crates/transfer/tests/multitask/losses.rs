//! Losses and measures of tasks whose labels are not all known, against PyTorch (reference.py).

use super::reference::{Reference, close};
use tch::{Kind, Tensor};
use transfer::multitask::*;

/// A task's loss and its gradient, and its measure.
fn check_task(
    reference: &Reference,
    name: &str,
    task: &dyn Task,
    shape: &[i64],
    targets: &Tensor,
    measure: &str,
) {
    let outputs = ["logits", "outputs"].map(|key| format!("{name}.{key}"));
    let outputs = outputs
        .iter()
        .find(|key| reference.0.contains_key(key.as_str()))
        .unwrap();
    let outputs = reference.tensor(outputs, shape).set_requires_grad(true);
    let loss = task.loss(&outputs, targets).unwrap().unwrap();
    close(
        name,
        &[loss.double_value(&[])],
        reference.of(&format!("{name}.loss")),
        1e-5,
    );
    loss.backward();
    let slopes = Vec::<f64>::try_from(outputs.grad().to_kind(Kind::Double).view(-1)).unwrap();
    close(name, &slopes, reference.of(&format!("{name}.grad")), 1e-5);
    // In two batches, the same.
    if !measure.is_empty() {
        let mut tally = task.tally();
        let rows = shape[0];
        for (first, count) in [(0, 1), (1, rows - 1)] {
            let part = |of: &Tensor| of.detach().narrow(0, first, count);
            tally.add(&part(&outputs), &part(targets)).unwrap();
        }
        close(
            name,
            &[tally.value()],
            reference.of(&format!("{name}.{measure}")),
            1e-5,
        );
    }
}

#[test]
fn tasks_leave_out_what_is_not_known() {
    let reference = Reference::read();
    let whole = |name: &str, shape: &[i64]| reference.tensor(name, shape).to_kind(Kind::Int64);
    let targets = whole("classification.targets", &[5]);
    check_task(
        &reference,
        "classification",
        &Classification::new("it", 4),
        &[5, 4],
        &targets,
        "",
    );
    let targets = reference.tensor("regression.targets", &[5, 2]);
    check_task(
        &reference,
        "regression",
        &Regression::new("it", 2),
        &[5, 2],
        &targets,
        "mae",
    );
    let targets = reference.tensor("direction.targets", &[5, 2]);
    check_task(
        &reference,
        "direction",
        &Direction::new("it"),
        &[5, 2],
        &targets,
        "degrees",
    );
    let targets = whole("segmentation.targets", &[2, 4, 4]);
    check_task(
        &reference,
        "segmentation",
        &Segmentation::new("it", 3),
        &[2, 3, 4, 4],
        &targets,
        "miou",
    );
}
