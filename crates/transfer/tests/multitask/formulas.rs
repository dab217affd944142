//! Weightings of tasks against the papers' formulas in PyTorch (reference.py).

use super::reference::{Reference, close};
use tch::{Device, Kind, Tensor};
use transfer::multitask::*;

const CASES: [&str; 4] = ["conflict", "aligned", "three", "five"];

/// Gradients and losses of some tasks.
struct Case {
    name: &'static str,
    gradients: Vec<Vec<f64>>,
    losses: Vec<f64>,
    first: Vec<f64>,
    products: Products,
    tasks: Vec<usize>,
}

impl Case {
    fn of(reference: &Reference, name: &'static str) -> Self {
        let of = |what: &str| reference.of(&format!("{name}.{what}")).to_vec();
        let [tasks, width] = [0, 1].map(|axis| of("shape")[axis] as usize);
        let gradients: Vec<Vec<f64>> = of("gradients").chunks(width).map(<[f64]>::to_vec).collect();
        // In two pieces, as the variables of a net are; where there is nothing in a piece, it is not defined.
        let pieces = |row: &Vec<f64>| {
            let [head, tail] =
                [&row[..1], &row[1..]].map(|piece| Tensor::from_slice(piece).to_kind(Kind::Float));
            vec![head, Tensor::new(), tail]
        };
        let split: Vec<Vec<Tensor>> = gradients.iter().map(pieces).collect();
        Self {
            name,
            losses: of("losses"),
            first: of("first"),
            products: Products::of(&split).unwrap(),
            tasks: (0..tasks).collect(),
            gradients,
        }
    }

    fn seen<'a>(&'a self, losses: &'a [f64]) -> Seen<'a> {
        Seen {
            tasks: &self.tasks,
            losses,
            products: Some(&self.products),
            epoch: 0,
        }
    }

    fn weights(&self, mut by: impl Weighting) -> Vec<f64> {
        by.begin(self.tasks.len(), Device::Cpu).unwrap();
        by.weights(&self.seen(&self.losses)).unwrap()
    }

    fn combined(&self, weights: &[f64]) -> Vec<f64> {
        let width = self.gradients[0].len();
        let at = |place| {
            self.gradients
                .iter()
                .zip(weights)
                .map(|(row, weight)| row[place] * weight)
                .sum()
        };
        (0..width).map(at).collect()
    }
}

fn for_each_case(check: impl Fn(&Reference, &Case)) {
    let reference = Reference::read();
    for name in CASES {
        check(&reference, &Case::of(&reference, name));
    }
}

#[test]
fn shortest_combinations_are_the_hulls() {
    for_each_case(|reference, case| {
        for (key, by) in [
            ("mgda", Normalisation::None),
            ("mgda_l2", Normalisation::Length),
            ("mgda_loss", Normalisation::Loss),
            ("mgda_loss_l2", Normalisation::LossAndLength),
        ] {
            let what = format!("{}.{key}", case.name);
            let found = case.weights(Mgda::upper_bound().normalised(by));
            close(&what, &found, reference.of(&what), 1e-4);
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    });
}

#[test]
fn projections_follow_the_order() {
    for_each_case(|reference, case| {
        let tasks = case.tasks.len();
        for (key, reversed) in [("pcgrad", false), ("pcgrad_reversed", true)] {
            let mut order = case.tasks.clone();
            if reversed {
                order.reverse();
            }
            let weights = projected(&case.products, &vec![order; tasks]);
            let what = format!("{}.{key}", case.name);
            close(&what, &case.combined(&weights), reference.of(&what), 1e-4);
        }
    });
    // The order is drawn in a step: one of them comes out, and not always the same.
    let reference = Reference::read();
    let case = Case::of(&reference, "three");
    transfer::set_seed(0);
    let drawn: Vec<Vec<f64>> = (0..20).map(|_| case.weights(PcGrad::default())).collect();
    assert!(drawn.iter().any(|weights| weights != &drawn[0]));
    transfer::set_seed(0);
    assert_eq!(case.weights(PcGrad::default()), drawn[0]);
}

#[test]
fn directions_turn_to_the_worst_task() {
    for_each_case(|reference, case| {
        let [worst, direction] = CaGrad::default().solve(&case.products);
        let what = format!("{}.cagrad", case.name);
        close(&what, &case.combined(&direction), reference.of(&what), 1e-4);
        close(
            &what,
            &worst,
            reference.of(&format!("{what}_weights")),
            1e-3,
        );
        // Without a radius it is the mean.
        let tasks = case.tasks.len();
        let mean = case.weights(CaGrad {
            c: 0.0,
            ..CaGrad::default()
        });
        close(&what, &mean, &vec![1.0 / tasks as f64; tasks], 1e-9);
    });
}

#[test]
fn impartial_and_bargained_weights_solve_their_equations() {
    for_each_case(|reference, case| {
        let what = format!("{}.imtl_g", case.name);
        let weights = case.weights(ImtlG::default());
        close(&what, &weights, reference.of(&what), 1e-3);
        let along = case.products.times(&weights);
        let lengths: Vec<f64> = case
            .tasks
            .iter()
            .map(|task| along[*task] / case.products.norm(*task))
            .collect();
        close(&what, &lengths, &vec![lengths[0]; lengths.len()], 1e-6);

        let what = format!("{}.nash", case.name);
        let weights = case.weights(NashMtl::default());
        close(&what, &weights, reference.of(&what), 1e-3);
        let gains: Vec<f64> = case
            .products
            .times(&weights)
            .iter()
            .zip(&weights)
            .map(|(one, other)| one * other)
            .collect();
        close(&what, &gains, &vec![1.0; gains.len()], 1e-6);
    });
}

#[test]
fn gradients_are_brought_to_their_lengths() {
    for_each_case(|reference, case| {
        let mut rule = GradNorm::default();
        rule.begin(case.tasks.len(), Device::Cpu).unwrap();
        // The first losses are those of the first step, whose gradients are then made to be of no length.
        let nothing = Products::new(vec![0.0; case.tasks.len().pow(2)]).unwrap();
        let first = Seen {
            products: Some(&nothing),
            ..case.seen(&case.first)
        };
        assert_eq!(rule.weights(&first).unwrap(), vec![1.0; case.tasks.len()]);
        for key in ["grad_norm", "grad_norm_second"] {
            rule.weights(&case.seen(&case.losses)).unwrap();
            let mut after = rule.clone();
            let used = after.weights(&case.seen(&case.losses)).unwrap();
            let what = format!("{}.{key}", case.name);
            close(&what, &used, reference.of(&what), 1e-4);
        }
    });
}

#[test]
fn cosines_are_of_the_angles() {
    let reference = Reference::read();
    let case = Case::of(&reference, "three");
    let cosines: Vec<f64> = (0..9)
        .map(|place| case.products.cosine(place / 3, place % 3))
        .collect();
    close("cosines", &cosines, reference.of("three.cosines"), 1e-6);
}

#[test]
fn uncertainties_are_learned_by_the_formula() {
    let reference = Reference::read();
    let mut rule = Uncertainty::default();
    rule.begin(3, Device::Cpu).unwrap();
    let group = rule.parameter_group().unwrap();
    let mut s = group.parameters[0].1.shallow_clone();
    tch::no_grad(|| s.copy_(&reference.tensor("uncertainty.s", &[3])));
    let losses = reference
        .tensor("uncertainty.losses", &[3])
        .set_requires_grad(true);
    let each: Vec<Tensor> = (0..3).map(|task| losses.get(task)).collect();
    let values = reference.of("uncertainty.losses");
    let seen = Seen {
        tasks: &[0, 1, 2],
        losses: values,
        products: None,
        epoch: 0,
    };
    let (total, weights) = rule.total(&each, &seen).unwrap();
    close(
        "total",
        &[total.double_value(&[])],
        reference.of("uncertainty.total"),
        1e-5,
    );
    total.backward();
    let slopes = |of: &Tensor| Vec::<f64>::try_from(of.grad().to_kind(Kind::Double)).unwrap();
    close(
        "losses",
        &slopes(&losses),
        reference.of("uncertainty.grad_losses"),
        1e-5,
    );
    close(
        "weights",
        &weights,
        reference.of("uncertainty.grad_losses"),
        1e-5,
    );
    close("s", &slopes(&s), reference.of("uncertainty.grad_s"), 1e-5);
}

#[test]
fn slow_tasks_count_more() {
    let reference = Reference::read();
    let mut rule = Dwa::default();
    rule.begin(3, Device::Cpu).unwrap();
    let means = reference.of("dwa.losses");
    for (epoch, expected) in reference.of("dwa.weights").chunks(3).enumerate() {
        // The mean of an epoch is that of its steps.
        let mean = means.chunks(3).nth(epoch).unwrap_or(&[1.0; 3]);
        for by in [0.5, 1.5] {
            let losses: Vec<f64> = mean.iter().map(|loss| loss * by).collect();
            let seen = Seen {
                tasks: &[0, 1, 2],
                losses: &losses,
                products: None,
                epoch,
            };
            close("dwa", &rule.weights(&seen).unwrap(), expected, 1e-9);
        }
    }
}

#[test]
fn losses_are_made_to_fall_at_one_pace() {
    let reference = Reference::read();
    let mut rule = Famo::default();
    rule.begin(3, Device::Cpu).unwrap();
    let steps = [
        reference.of("famo.before"),
        reference.of("famo.after"),
        reference.of("famo.weights"),
    ];
    for step in 0..4 {
        let [before, after, expected] = steps.map(|of| &of[3 * step..3 * (step + 1)]);
        let seen = Seen {
            tasks: &[0, 1, 2],
            losses: before,
            products: None,
            epoch: 0,
        };
        close("famo", &rule.weights(&seen).unwrap(), expected, 1e-9);
        rule.after(after);
    }
    // What the last step taught, as shares of losses that are all 1.
    let logits = reference.of("famo.logits");
    let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
    let shares: Vec<f64> = logits.iter().map(|logit| logit.exp() / sum).collect();
    let seen = Seen {
        tasks: &[0, 1, 2],
        losses: &[1.0; 3],
        products: None,
        epoch: 0,
    };
    close("famo", &rule.weights(&seen).unwrap(), &shares, 1e-9);
}

#[test]
fn two_tasks_by_hand() {
    let products = |values: [f64; 4]| Products::new(values.to_vec()).unwrap();
    // (1, 0) and (−2, 2): the foot of the perpendicular on the line between them divides it 3 : 10.
    let conflict = products([1.0, -2.0, -2.0, 8.0]);
    let shortest = Mgda::shortest(&conflict);
    close("MGDA", &shortest, &[10.0 / 13.0, 3.0 / 13.0], 1e-9);
    // It is at right angles to the line: both tasks gain the same.
    let gains = conflict.times(&shortest);
    close("MGDA", &gains, &[gains[1], gains[1]], 1e-9);
    // (1, 0) + 2/8 (−2, 2) and (−2, 2) + 2 (1, 0).
    let orders = [vec![1], vec![0]];
    close(
        "PCGrad",
        &projected(&conflict, &orders),
        &[3.0, 1.25],
        1e-12,
    );
    // Lengths of 2 and 3 at right angles: nobody is in anybody's way.
    let apart = products([4.0, 0.0, 0.0, 9.0]);
    close(
        "Nash-MTL",
        &NashMtl::solve(&apart).unwrap(),
        &[0.5, 1.0 / 3.0],
        1e-9,
    );
    close("IMTL-G", &ImtlG::solve(&apart).unwrap(), &[0.6, 0.4], 1e-9);
    close(
        "MGDA",
        &Mgda::shortest(&apart),
        &[9.0 / 13.0, 4.0 / 13.0],
        1e-9,
    );
    // Opposite gradients: no step helps both, and nothing breaks.
    let opposite = products([4.0, -6.0, -6.0, 9.0]);
    close("MGDA", &Mgda::shortest(&opposite), &[0.6, 0.4], 1e-9);
    let [_, direction] = CaGrad::default().solve(&opposite);
    let bargained = NashMtl::solve(&opposite).unwrap();
    let impartial = ImtlG::solve(&opposite).unwrap();
    for weights in [direction, bargained, impartial] {
        assert!(
            weights.iter().all(|weight| weight.is_finite()),
            "{weights:?}"
        );
    }
    // A task whose gradient is nothing leaves the others as they are.
    let silent = products([0.0, 0.0, 0.0, 9.0]);
    close("PCGrad", &projected(&silent, &orders), &[1.0, 1.0], 1e-12);
    close("IMTL-G", &ImtlG::solve(&silent).unwrap(), &[0.0, 1.0], 1e-9);
    assert!(
        NashMtl::solve(&silent)
            .unwrap()
            .iter()
            .all(|weight| weight.is_finite())
    );
    assert!(
        Products::new(vec![1.0, f64::NAN, 0.0, 1.0]).is_err()
            && Products::new(vec![1.0; 3]).is_err()
    );
}
