//! Whole detectors.

use tch::{Device, Kind, Tensor};
use transfer::checkpoint::LoadOptions;
use transfer::detection::*;
use transfer::models::{Backbone, Detector, DetectorConfig, ResNet, ResNetConfig};
use transfer::train::{Optimizer, OptimizerConfig};

use super::formula::{bounds, fnv1a, numbers};
use super::{Reference, SIZE, boxes_of, drawn};

/// torchvision's, with the formula's weights, in float64.
fn filled(config: DetectorConfig) -> Detector {
    let body: Box<dyn Backbone> = Box::new(ResNet::undrawn(ResNetConfig::RESNET50, 1, Device::Cpu));
    let mut net = Detector::undrawn(config, body, 128).unwrap();
    net.set_kind(Kind::Double);
    for (name, mut variable) in net.state() {
        let shape = variable.size();
        let scale = match config.kind {
            DetectorKind::RetinaNet if name.starts_with("head.") => 0.5,
            _ => 1.0,
        };
        let (low, high) = bounds(&name, &shape);
        tch::no_grad(|| variable.copy_(&numbers(&name, &shape, (scale * low, scale * high))));
    }
    net
}

fn truth() -> [Truth; 2] {
    [(0, 6), (1, 3)].map(|(index, count)| Truth {
        boxes: boxes_of(&format!("truth{index}"), count, 60.0),
        classes: drawn(&format!("labels{index}"), &[count], (0.0, 3.0)).to_kind(Kind::Int64),
    })
}

fn check(what: &str, config: DetectorConfig) {
    let reference = Reference::of(what);
    let net = filled(config);
    let line = |(name, variable): (&String, &Tensor)| {
        let sizes: Vec<String> = variable.size().iter().map(i64::to_string).collect();
        format!("{name} {}\n", sizes.join("x"))
    };
    let state = net.state();
    let listing: String = state.iter().map(line).collect();
    reference.check("names", &[state.len() as f64]);
    assert_eq!(
        reference.0["listing"],
        [fnv1a(&listing) as f64],
        "{listing}"
    );
    let pictures = drawn("pictures", &[2, 3, SIZE[0], SIZE[1]], (-1.0, 1.0));
    let truth = truth();
    for (prefix, train) in [("", false), ("train.", true)] {
        let answers = net.forward(&pictures, train).unwrap();
        let named = |name: &str| format!("{prefix}{name}");
        reference.check_spread(&named("cls_logits"), &answers.logits);
        reference.check_spread(&named("bbox_regression"), &answers.codes);
        if let Some(centreness) = &answers.centreness {
            reference.check_spread(&named("bbox_ctrness"), centreness);
        }
        reference.check_spread(&named("anchors"), &Tensor::cat(&answers.anchors, 0));
        let losses = detection_losses(&answers, &truth).unwrap();
        reference.check_tensor(&named("loss.classification"), &losses.classification);
        reference.check_tensor(&named("loss.bbox_regression"), &losses.boxes);
        if let Some(centreness) = &losses.centreness {
            reference.check_tensor(&named("loss.bbox_ctrness"), centreness);
        }
        let nothing = Truth {
            boxes: Tensor::zeros([0, 4], (Kind::Double, Device::Cpu)),
            classes: Tensor::zeros([0], (Kind::Int64, Device::Cpu)),
        };
        let [first, _] = self::truth();
        let empty = detection_losses(&answers, &[first, nothing]).unwrap();
        let all: Vec<&Tensor> = [&empty.classification, &empty.boxes]
            .into_iter()
            .chain(&empty.centreness)
            .collect();
        reference.check_tensor(&named("empty"), &Tensor::stack(&all, 0));
        if train {
            let of = |name: &str| state[name].shallow_clone();
            let variables = [
                of("backbone.body.conv1.weight"),
                of("head.regression_head.bbox_reg.weight"),
            ];
            let slopes = Tensor::run_backward(&[losses.total()], &variables, false, false);
            reference.check_spread("gradient.conv1", &slopes[0]);
            reference.check_spread("gradient.bbox_reg", &slopes[1]);
        } else {
            let sizes = [SIZE, [SIZE[0] - 10, SIZE[1] - 20]];
            let found = detections(&answers, &sizes, &Thresholds::of(config.kind)).unwrap();
            for (index, found) in found.iter().enumerate() {
                reference.check_tensor(&format!("found{index}.boxes"), &found.boxes);
                reference.check_tensor(&format!("found{index}.scores"), &found.scores);
                reference.check_tensor(&format!("found{index}.labels"), &found.classes);
            }
        }
    }
}

#[test]
fn fcos_is_torchvisions() {
    check("fcos", DetectorConfig::fcos(3));
}

#[test]
fn retinanet_is_torchvisions() {
    check("retinanet", DetectorConfig::retinanet(3));
}

fn small(config: DetectorConfig, seed: u64) -> Detector {
    let body: Box<dyn Backbone> = Box::new(ResNet::resnet18(1, Device::Cpu, seed));
    Detector::new(config.small(), body, 128, seed).unwrap()
}

#[test]
fn a_small_detector_learns_and_comes_back_from_its_file() {
    for config in [DetectorConfig::fcos(3), DetectorConfig::retinanet(3)] {
        let net = small(config, 1);
        let pictures =
            drawn("pictures", &[2, 3, SIZE[0], SIZE[1]], (-1.0, 1.0)).to_kind(Kind::Float);
        let truth = truth().map(|of| Truth {
            boxes: of.boxes.to_kind(Kind::Float),
            ..of
        });
        let groups = net.parameter_groups();
        let rates = vec![3e-4; groups.len()];
        let mut optimizer = Optimizer::new(OptimizerConfig::adamw(), groups);
        let losses: Vec<f64> = (0..25)
            .map(|_| {
                let loss = detection_losses(&net.forward(&pictures, true).unwrap(), &truth)
                    .unwrap()
                    .total();
                optimizer.zero_grad();
                loss.backward();
                optimizer.step(&rates, None).unwrap();
                loss.double_value(&[])
            })
            .collect();
        assert!(losses[24] < 0.8 * losses[0], "{losses:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("detector.safetensors");
        net.save(&path).unwrap();
        let mut again = small(config, 2);
        let report = again.load(&path, &LoadOptions::new()).unwrap();
        assert_eq!(report.loaded.len(), net.state().len());
        let logits =
            |net: &Detector| tch::no_grad(|| net.forward(&pictures, false).unwrap().logits);
        assert!(logits(&again).equal(&logits(&net)));
        // Another number of classes: only if the answer is left out.
        let mut other = small(
            DetectorConfig {
                num_classes: 5,
                ..config
            },
            2,
        );
        assert!(other.load(&path, &LoadOptions::new()).is_err());
        let without = LoadOptions::new().without("head.classification_head.cls_logits");
        other.load(&path, &without).unwrap();
        // By its state alone; half of one is refused.
        let mut third = small(config, 3);
        third.set_state(&net.state()).unwrap();
        assert!(logits(&third).equal(&logits(&net)));
        assert!(third.set_state(&std::collections::BTreeMap::new()).is_err());
    }
}

#[test]
fn what_cannot_be_learned_from_is_refused() {
    let net = small(DetectorConfig::fcos(3), 1);
    let pictures = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
    let answers = net.forward(&pictures, false).unwrap();
    let said = |sides: [f32; 4], class: i64| {
        let truth = Truth {
            boxes: Tensor::from_slice(&sides).view([1, 4]),
            classes: Tensor::from_slice(&[class]),
        };
        detection_losses(&answers, &[truth])
            .unwrap_err()
            .to_string()
    };
    assert!(said([1.0, 1.0, 9.0, 9.0], 3).contains("classes from 0 to 2"));
    assert!(said([9.0, 1.0, 1.0, 9.0], 0).contains("left < right"));
    assert!(said([1.0, f32::NAN, 9.0, 9.0], 0).contains("in picture 0"));
    assert!(detection_losses(&answers, &[]).is_err());
    assert!(detections(&answers, &[], &Thresholds::of(DetectorKind::Fcos)).is_err());
    assert!(
        net.forward(
            &Tensor::zeros([1, 1, 64, 64], (Kind::Float, Device::Cpu)),
            false
        )
        .is_err()
    );
    let body: Box<dyn Backbone> = Box::new(ResNet::undrawn(ResNetConfig::RESNET18, 1, Device::Cpu));
    let none = Detector::new(DetectorConfig::fcos(0), body, 128, 1)
        .unwrap_err()
        .to_string();
    assert!(none.contains("one class or more"), "{none}");
}
