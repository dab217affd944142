//! torchvision's detectors for COCO by name: files of their layout, with the formula's weights.

use std::path::Path;

use tch::{Device, Kind, Tensor};
use transfer::checkpoint::{self, LoadOptions, StateDict};
use transfer::detection::*;
use transfer::hub::{
    DetectorWeights, DetectorWeightsEntry, FcosResNet50FpnWeights, Hub, RetinaNetResNet50FpnWeights,
};
use transfer::models::{Backbone, Detector, DetectorConfig, ResNet, ResNetConfig};

use super::formula::{bounds, numbers};
use super::{Reference, SIZE, drawn, flat};

fn undrawn(entry: &DetectorWeightsEntry) -> Detector {
    let body: Box<dyn Backbone> = Box::new(ResNet::undrawn(ResNetConfig::RESNET50, 1, Device::Cpu));
    let config = DetectorConfig {
        kind: entry.kind,
        ..DetectorConfig::fcos(91)
    };
    Detector::undrawn(config, body, 128).unwrap()
}

/// `coco_file` of reference.py.
fn coco_file(entry: &DetectorWeightsEntry) -> StateDict {
    let is_retinanet = entry.kind == DetectorKind::RetinaNet;
    let made = |(name, variable): (String, Tensor)| {
        let shape = variable.size();
        let scale = match is_retinanet && name.starts_with("head.") {
            true => 0.5,
            false => 1.0,
        };
        let (low, high) = bounds(&name, &shape);
        let values = numbers(&name, &shape, (scale * low, scale * high));
        let step = match name.rsplit('.').next() {
            _ if shape.len() > 1 || !name.starts_with("backbone.body.") => 1.0,
            Some("weight") => 0.5,
            Some("running_var") => 0.25,
            _ => 1.0,
        };
        let powers = Tensor::arange(shape[0], (Kind::Float, Device::Cpu)).remainder(20);
        let values = match step == 1.0 {
            true => values,
            false => values * Tensor::from(step as f32).pow(&powers),
        };
        (older(is_retinanet, name), values)
    };
    undrawn(entry).state().into_iter().map(made).collect()
}

/// The name that torchvision gave it before 0.14.
fn older(is_retinanet: bool, name: String) -> String {
    (0..4).fold(name, |name, number| {
        let name = name.replace(
            &format!("_blocks.{number}.0."),
            &format!("_blocks.{number}."),
        );
        match is_retinanet {
            true => name.replace(
                &format!("conv.{number}.0."),
                &format!("conv.{}.", 2 * number),
            ),
            false => name,
        }
    })
}

fn answers(net: &Detector, kind: Kind) -> Answers {
    let pictures = drawn("pictures", &[1, 3, SIZE[0], SIZE[1]], (-1.0, 1.0)).to_kind(kind);
    tch::no_grad(|| net.forward(&pictures, false)).unwrap()
}

/// How far the answers are off torchvision's float64, as a part of the largest.
fn off(reference: &Reference, answers: &Answers) -> f64 {
    let named = [
        ("cls_logits", Some(&answers.logits)),
        ("bbox_regression", Some(&answers.codes)),
        ("bbox_ctrness", answers.centreness.as_ref()),
    ];
    let of = |(name, found): (&str, &Tensor)| {
        let expected = &reference.0[format!("coco.{name}").as_str()][1..];
        let found = flat(found);
        let place = |index: usize| index * (found.len() - 1) / (expected.len() - 1);
        let off = expected
            .iter()
            .enumerate()
            .map(|(index, of)| (found[place(index)] - of).abs());
        let largest = expected
            .iter()
            .fold(0.0, |most: f64, of| most.max(of.abs()));
        off.fold(0.0, f64::max) / largest
    };
    let present = named
        .into_iter()
        .filter_map(|(name, found)| Some((name, found?)));
    present.map(of).fold(0.0, f64::max)
}

fn check(what: &str, entry: &DetectorWeightsEntry) -> [f64; 2] {
    let reference = Reference::of(what);
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::in_folder(folder.path()).quiet().offline(true);
    let path = hub.path_of(entry);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    checkpoint::write(&path, &coco_file(entry)).unwrap();
    // In float64, to the last digit that the reference has.
    let mut net = undrawn(entry);
    net.set_kind(Kind::Double);
    net.load_with_norm_eps(&path, &LoadOptions::new(), entry.norm_eps)
        .unwrap();
    let exact = answers(&net, Kind::Double);
    reference.check_spread("coco.cls_logits", &exact.logits);
    reference.check_spread("coco.bbox_regression", &exact.codes);
    if let Some(centreness) = &exact.centreness {
        reference.check_spread("coco.bbox_ctrness", centreness);
    }
    let found = detections(&exact, &[SIZE], &Thresholds::of(entry.kind)).unwrap();
    reference.check_tensor("coco.found0.boxes", &found[0].boxes);
    reference.check_tensor("coco.found0.scores", &found[0].scores);
    reference.check_tensor("coco.found0.labels", &found[0].classes);
    // By name, in float32: the hub has the file, and its hash is that of the entry.
    let sha256 = sha256(&path).leak();
    let entry = DetectorWeightsEntry {
        sha256_prefix: sha256,
        ..*entry
    };
    let mut named = undrawn(&entry);
    named
        .load(hub.fetch(&entry).unwrap(), &LoadOptions::new())
        .unwrap();
    let by_name = off(&reference, &answers(&named, Kind::Float));
    // A file that is not called as torchvision's has PyTorch's own ε.
    let mut plain = undrawn(&entry);
    let other_name = folder.path().join("mine.pth");
    std::fs::copy(&path, &other_name).unwrap();
    plain.load(&other_name, &LoadOptions::new()).unwrap();
    let by_path = off(&reference, &answers(&plain, Kind::Float));
    // What was saved needs no ε to be known.
    let saved = folder.path().join("saved.safetensors");
    named.save(&saved).unwrap();
    plain.load(&saved, &LoadOptions::new()).unwrap();
    let again = answers(&plain, Kind::Float).logits;
    assert!(again.equal(&answers(&named, Kind::Float).logits));
    [by_name, by_path]
}

fn sha256(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn fcos_for_coco_is_torchvisions() {
    let [by_name, by_path] = check("fcos", FcosResNet50FpnWeights::CocoV1.entry());
    assert!(by_name < 1e-5, "{by_name}");
    assert_eq!(by_path, by_name);
}

/// Without the ε of its training it says something else.
#[test]
fn retinanet_for_coco_is_torchvisions() {
    let [by_name, by_path] = check("retinanet", RetinaNetResNet50FpnWeights::CocoV1.entry());
    assert!(by_name < 1e-5, "{by_name}");
    assert!(by_path > 0.1, "{by_path}");
}
