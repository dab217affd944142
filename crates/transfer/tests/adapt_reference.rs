//! Losses of domain adaptation and their gradients against the papers' formulas in PyTorch (tests/adapt/reference.py).

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor};
use transfer::Error;
use transfer::adapt::*;
use transfer::models::ParameterGroup;

const SHAPES: [(&str, [i64; 2]); 6] = [
    ("source", [6, 4]),
    ("target", [5, 4]),
    ("source_logits", [6, 3]),
    ("target_logits", [5, 3]),
    ("other_logits", [5, 3]),
    ("source_adversary", [6, 3]),
];

struct Reference(BTreeMap<&'static str, Vec<f64>>);

impl Reference {
    fn read() -> Self {
        let lines = include_str!("adapt/reference.txt").lines();
        let values = |text: &str| {
            text.split(' ')
                .map(|value| value.parse().unwrap())
                .collect()
        };
        Self(
            lines
                .map(|line| line.split_once(' ').unwrap())
                .map(|(name, text)| (name, values(text)))
                .collect(),
        )
    }

    fn tensor(&self, name: &str, shape: &[i64]) -> Tensor {
        Tensor::from_slice(&self.0[name])
            .view(shape)
            .to_kind(Kind::Float)
    }

    /// The inputs of all losses, with gradients.
    fn given(&self) -> BTreeMap<&'static str, Tensor> {
        let one = |(name, shape): (&'static str, [i64; 2])| {
            let value = self.tensor(&format!("given.{name}"), &shape);
            (name, value.set_requires_grad(true))
        };
        SHAPES.into_iter().map(one).collect()
    }

    /// A discriminator with the reference's weights.
    fn discriminator(&self, kind: &str, width: i64) -> Discriminator {
        let discriminator = Discriminator::new(width, 5, Device::Cpu, 0);
        let ParameterGroup { parameters, .. } = discriminator.parameter_group();
        assert_eq!(parameters.len(), 6);
        for (name, mut variable) in parameters {
            let value = self.tensor(&format!("{kind}.{name}"), &variable.size());
            tch::no_grad(|| variable.copy_(&value));
        }
        discriminator
    }

    /// Whether a loss, and its gradients by these inputs, are the reference's.
    fn check(&self, name: &str, loss: impl FnOnce(&BTreeMap<&'static str, Tensor>) -> Tensor) {
        let given = self.given();
        let loss = loss(&given);
        let expected = self.0[format!("{name}.loss").as_str()][0];
        let found = loss.double_value(&[]);
        assert!(
            (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
            "{name}: {found}, {expected}"
        );
        loss.backward();
        let mut compared = 0;
        for (input, value) in &given {
            let Some(expected) = self.0.get(format!("{name}.{input}").as_str()) else {
                continue;
            };
            let gradient = match value.grad() {
                gradient if gradient.defined() => gradient,
                _ => value.zeros_like(),
            };
            let found =
                Vec::<f64>::try_from(&gradient.flatten(0, -1).to_kind(Kind::Double)).unwrap();
            let scale = expected
                .iter()
                .fold(1.0_f64, |most, value| most.max(value.abs()));
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-5 * scale,
                    "{name} by {input}: {found}, {expected}"
                );
            }
            compared += 1;
        }
        assert!(compared > 0, "{name} has no gradients to compare");
    }
}

#[test]
fn statistics_are_matched_as_the_papers_say() {
    let reference = Reference::read();
    reference.check("coral", |it| coral(&it["source"], &it["target"]).unwrap());
    let kernels = Kernels::default();
    reference.check("mmd", |it| {
        mmd(&it["source"], &it["target"], &kernels).unwrap()
    });
    reference.check("joint_mmd", |it| {
        let shares = |name: &str| it[name].softmax(-1, Kind::Float);
        let (ours, theirs) = (shares("source_logits"), shares("target_logits"));
        let predictions = (&ours, &theirs, &Kernels::Fixed(vec![0.84]));
        joint_mmd(&[(&it["source"], &it["target"], &kernels), predictions]).unwrap()
    });
}

#[test]
fn adversaries_are_the_papers() {
    let reference = Reference::read();
    let plain = reference.discriminator("plain", 4);
    reference.check("dann", |it| {
        dann(&plain, &it["source"], &it["target"], 0.5).unwrap()
    });
    reference.check("adda_trunk", |it| {
        adda_trunk(&plain, &it["target"]).unwrap()
    });
    // The same loss as DANN's, and nothing reaches the features.
    let given = reference.given();
    let loss = adda_discriminator(&plain, &given["source"], &given["target"]).unwrap();
    assert!((loss.double_value(&[]) - reference.0["dann.loss"][0]).abs() < 1e-5);
    loss.backward();
    assert!(!given["source"].grad().defined() && !given["target"].grad().defined());
    let mapped = reference.discriminator("mapped", 12);
    for (name, by_entropy) in [("cdan", false), ("cdan_e", true)] {
        reference.check(name, |it| {
            let said = |domain: &str| DomainOutputs {
                features: &it[domain],
                logits: &it[format!("{domain}_logits").as_str()],
            };
            cdan(&mapped, &said("source"), &said("target"), 0.5, by_entropy).unwrap()
        });
    }
    assert_eq!(reversal_schedule(0.0), 0.0);
    assert!((reversal_schedule(0.5) - 2.0 / (1.0 + (-5.0_f64).exp()) + 1.0).abs() < 1e-12);
    assert!(reversal_schedule(1.0) > 0.999 && reversal_schedule(9.0) == reversal_schedule(1.0));
}

#[test]
fn heads_and_predictions_are_the_papers() {
    let reference = Reference::read();
    reference.check("mcd", |it| {
        classifier_discrepancy(&it["target_logits"], &it["other_logits"]).unwrap()
    });
    reference.check("mdd", |it| {
        let source = TwoHeads {
            head: &it["source_logits"],
            adversary: &it["source_adversary"],
        };
        let target = TwoHeads {
            head: &it["target_logits"],
            adversary: &it["other_logits"],
        };
        margin_disparity(&source, &target, 4.0).unwrap()
    });
    reference.check("mcc", |it| {
        class_confusion(&it["target_logits"], 2.5).unwrap()
    });
    reference.check("shot", |it| {
        information_maximisation(&it["target_logits"]).unwrap()
    });
    reference.check("safn", |it| {
        stepwise_feature_norm(&it["target"], 1.0).unwrap()
    });
    reference.check("hafn", |it| hard_feature_norm(&it["target"], 25.0).unwrap());
    let given = reference.given();
    let labels = centroid_labels(&given["target"], &given["target_logits"]).unwrap();
    let labels = Vec::<i64>::try_from(&labels).unwrap();
    let expected: Vec<i64> = reference.0["shot.labels"]
        .iter()
        .map(|label| *label as i64)
        .collect();
    assert_eq!(labels, expected);
    reference.check("pseudo", |it| {
        let (loss, share) = pseudo_label(&it["target_logits"], &it["other_logits"], 0.5).unwrap();
        assert_eq!(share, reference.0["pseudo.share"][0]);
        loss
    });
}

#[test]
fn measures_without_labels_are_the_papers() {
    let reference = Reference::read();
    let given = reference.given();
    let near = |name: &str, found: f64| {
        let expected = reference.0[name][0];
        assert!(
            (found - expected).abs() < 1e-5,
            "{name}: {found}, {expected}"
        );
    };
    let logits = &given["target_logits"];
    near("entropy", mean_entropy(logits).unwrap());
    near(
        "snd",
        soft_neighbourhood_density(logits, SND_TEMPERATURE).unwrap(),
    );
    let column = |number: i64| given["source"].detach().select(1, number).abs();
    near(
        "dev",
        deep_embedded_validation(&column(0), &(column(1) + 0.5)).unwrap(),
    );
    // Weights of 1 leave the mean.
    let ones = column(0).ones_like();
    let plain = deep_embedded_validation(&column(0), &ones).unwrap();
    assert!((plain - column(0).mean(Kind::Double).double_value(&[])).abs() < 1e-6);
    let values = [2.0, f64::NAN, 1.0, 1.0];
    assert_eq!(Criterion::Entropy.best(&values), Some(2));
    assert_eq!(Criterion::SoftNeighbourhoodDensity.best(&values), Some(0));
    assert_eq!(Criterion::Entropy.best(&[f64::NAN]), None);
}

#[test]
fn domains_are_as_far_apart_as_a_classifier_can_tell() {
    transfer::set_seed(3);
    let cloud = |rows: i64| Tensor::randn([rows, 4], (Kind::Float, Device::Cpu));
    let (near, other) = (cloud(400), cloud(300));
    assert!(proxy_a_distance(&near, &other).unwrap() < 0.4);
    assert!(proxy_a_distance(&near, &(&other + 6.0)).unwrap() > 1.95);
    // What is far on the target's side is more likely in the target.
    let ratios = density_ratios(
        &near,
        &(&other + 1.0),
        &Tensor::from_slice2(&[[-2f32; 4], [3.0; 4]]),
    )
    .unwrap();
    let ratios = Vec::<f64>::try_from(ratios.to_kind(Kind::Double)).unwrap();
    assert!(ratios[0] < 0.5 && ratios[1] > 2.0, "{ratios:?}");
    assert!(proxy_a_distance(&cloud(3), &other).is_err());
    assert!(proxy_a_distance(&near, &other.narrow(1, 0, 2)).is_err());
}

#[test]
fn odd_tensors_are_refused_and_extreme_ones_stay_finite() {
    let zeros = |shape: &[i64]| Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    let refused = |outcome: transfer::Result<Tensor>| {
        assert!(matches!(outcome.unwrap_err(), Error::Argument { .. }));
    };
    refused(coral(&zeros(&[1, 4]), &zeros(&[5, 4])));
    refused(coral(&zeros(&[6, 4]), &zeros(&[5, 3])));
    refused(mmd(&zeros(&[6, 4]), &zeros(&[5]), &Kernels::default()));
    refused(mmd(
        &zeros(&[6, 4]),
        &zeros(&[5, 4]),
        &Kernels::Relative(vec![0.0]),
    ));
    refused(joint_mmd(&[]));
    let discriminator = Discriminator::new(4, 5, Device::Cpu, 0);
    refused(dann(&discriminator, &zeros(&[6, 3]), &zeros(&[5, 3]), 1.0));
    refused(classifier_discrepancy(&zeros(&[5, 3]), &zeros(&[4, 3])));
    refused(class_confusion(&zeros(&[5, 3]), 0.0));
    refused(information_maximisation(&zeros(&[5, 1])));
    refused(centroid_labels(&zeros(&[4, 2]), &zeros(&[5, 3])));
    refused(hard_feature_norm(&zeros(&[5]), 25.0));
    assert!(pseudo_label(&zeros(&[5, 3]), &zeros(&[5, 3]), 1.5).is_err());

    // Equal rows, and a net that is entirely sure.
    let sure = Tensor::from_slice(&[1e4_f32, 0.0, 0.0, 0.0, 1e4, 0.0]).view([2, 3]);
    let finite = |loss: Tensor, input: &Tensor| {
        assert!(loss.double_value(&[]).is_finite());
        loss.backward();
        assert!(input.grad().isfinite().all().int64_value(&[]) == 1);
    };
    let fresh = |xs: &Tensor| xs.copy().set_requires_grad(true);
    let xs = fresh(&zeros(&[4, 3]));
    finite(mmd(&xs, &zeros(&[4, 3]), &Kernels::default()).unwrap(), &xs);
    let xs = fresh(&sure);
    finite(class_confusion(&xs, 2.5).unwrap(), &xs);
    let xs = fresh(&sure);
    finite(information_maximisation(&xs).unwrap(), &xs);
    let xs = fresh(&sure);
    let target = TwoHeads {
        head: &sure,
        adversary: &xs,
    };
    let source = TwoHeads {
        head: &sure,
        adversary: &sure,
    };
    finite(margin_disparity(&source, &target, 4.0).unwrap(), &xs);
}
