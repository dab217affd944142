//! What every net can do: be built by name, look into its layers, replace its head; one seed, one net.

#[path = "backbones/nets.rs"]
mod nets;

use std::collections::BTreeMap;
use std::path::Path;

use nets::{alone, pictures, state};
use tch::{Device, Kind, Tensor};
use transfer::Error;
use transfer::checkpoint::{LoadOptions, load_into};
use transfer::models::{
    ARCHITECTURES, Backbone, CifarResNet, LeNet, LeNetConfig, ResNet, Vgg, VggConfig, build,
    build_undrawn,
};

fn undrawn(arch: &str) -> Box<dyn Backbone> {
    build_undrawn(arch, 10, Device::Cpu).unwrap()
}

#[test]
fn a_name_that_is_unknown_is_answered_with_near_ones() {
    for (name, near) in [
        ("resnet51", "resnet50"),
        ("VGG16-BN", "vgg16_bn"),
        ("wide_resnet50", "wide_resnet50_2"),
        ("", "vgg11"),
    ] {
        let error = build(name, 10, Device::Cpu, 0).unwrap_err();
        assert!(matches!(error, Error::UnknownName { .. }));
        let message = error.to_string();
        assert!(
            message.contains(near) && message.contains(&format!("{name:?}")),
            "{message}"
        );
    }
    let message = build("resnet18", 0, Device::Cpu, 0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("num_classes"), "{message}");
}

#[test]
fn one_seed_one_net() {
    let _turn = alone();
    for arch in ["resnet18", "resnet20_cifar"] {
        let of = |seed| state(&*build(arch, 5, Device::Cpu, seed).unwrap());
        let (one, same, other) = (of(1), of(1), of(2));
        for (name, value) in &one {
            assert!(value.equal(&same[name]), "{name}");
            let drawn = value.dim() > 1;
            assert!(!drawn || !value.equal(&other[name]), "{name}");
        }
    }
}

#[test]
fn new_weights_are_spread_as_torchvisions() {
    let _turn = alone();
    let deviation = |variables: &BTreeMap<String, Tensor>, name: &str, expected: f64| {
        let found = variables[name].std(false).double_value(&[]);
        let off = (found / expected - 1.0).abs();
        assert!(off < 0.03, "{name}: {found}, expected {expected}");
    };
    let net = state(&ResNet::resnet50(1000, Device::Cpu, 0));
    deviation(&net, "conv1.weight", (2.0f64 / (64.0 * 49.0)).sqrt());
    deviation(
        &net,
        "layer4.2.conv2.weight",
        (2.0f64 / (512.0 * 9.0)).sqrt(),
    );
    // Uniform within ± 1 / √2048.
    deviation(&net, "fc.weight", (1.0f64 / 2048.0 / 3.0).sqrt());
    assert!(net["fc.weight"].abs().max().double_value(&[]) <= 2048f64.sqrt().recip());
    assert_eq!(net["bn1.weight"].mean(Kind::Float).double_value(&[]), 1.0);
    let net = state(&CifarResNet::resnet20(10, Device::Cpu, 0));
    deviation(
        &net,
        "layer3.2.conv1.weight",
        (2.0f64 / (64.0 * 9.0)).sqrt(),
    );
    deviation(
        &net,
        "layer2.0.conv1.weight",
        (2.0f64 / (16.0 * 9.0)).sqrt(),
    );
    let net = state(&Vgg::new(VggConfig::VGG11, 10, Device::Cpu, 0));
    deviation(&net, "features.8.weight", (2.0f64 / (256.0 * 9.0)).sqrt());
    deviation(&net, "classifier.3.weight", 0.01);
    assert_eq!(net["classifier.0.bias"].abs().max().double_value(&[]), 0.0);
}

#[test]
fn a_new_head_leaves_nothing_of_the_old() {
    let _turn = alone();
    for (arch, side) in [
        ("resnet18", 64),
        ("vgg11_bn", 32),
        ("vgg11_pooled", 32),
        ("resnet20_cifar", 32),
    ] {
        let mut net = undrawn(arch);
        let head = net.head_name();
        let features = net.feature_dim();
        let (count, names) = (net.parameter_counts().1, net.var_store().len());
        net.freeze(head).unwrap();
        transfer::set_seed(1);
        net.replace_head(3);
        assert_eq!(
            net.parameter_counts(),
            (count - 7 * (features + 1), count - 7 * (features + 1))
        );
        assert_eq!(net.var_store().len(), names);
        assert!(net.frozen().is_empty());
        let weight = |net: &dyn Backbone| state(net).remove(&format!("{head}.weight")).unwrap();
        let first = weight(&*net);
        assert_eq!(first.size(), [3, features]);
        assert!(first.abs().max().double_value(&[]) <= (features as f64).sqrt().recip());
        assert_eq!(net.features(&pictures(side), false).size(), [4, features]);
        assert_eq!(net.forward_t(&pictures(side), false).size(), [4, 3]);
        transfer::set_seed(1);
        net.replace_head(3);
        assert!(weight(&*net).equal(&first), "{arch}: same seed, same head");
        net.var_store_mut().double();
        net.replace_head(2);
        assert_eq!(weight(&*net).kind(), Kind::Double);
    }
}

#[test]
fn activations_are_those_of_the_pass_by_hand() {
    let _turn = alone();
    let net = build("resnet20_cifar", 10, Device::Cpu, 0).unwrap();
    let xs = pictures(32);
    let mut by_hand = xs.shallow_clone();
    let mut expected = BTreeMap::new();
    for step in net.steps() {
        by_hand = step.module.forward_t(&by_hand, false);
        expected.insert(step.name, by_hand.copy());
    }
    // Out of order, one of them twice, and sequences beside their blocks.
    let layers = ["linear", "layer2", "conv1", "layer2.2", "flatten", "conv1"];
    let seen = net.activations(&layers, &xs, false).unwrap();
    let steps = [
        "linear", "layer2.2", "conv1", "layer2.2", "flatten", "conv1",
    ];
    for (seen, step) in seen.iter().zip(steps) {
        assert!(seen.equal(&expected[step]), "{step}");
    }
    assert_eq!(seen[1].size(), [4, 32, 16, 16]);
    assert!(net.features(&xs, false).equal(&expected["flatten"]));
    assert!(net.forward_t(&xs, false).equal(&expected["linear"]));
    let one = net.forward_features_at("layer2.2", &xs, false).unwrap();
    assert!(one.equal(&expected["layer2.2"]));
    assert!(net.activations(&[], &xs, false).unwrap().is_empty());
    let message = net
        .forward_features_at("layer", &xs, false)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("\"layer\"") && message.contains("layer2.2, layer2, layer3.0"),
        "{message}"
    );
}

#[test]
fn what_lies_behind_the_last_tap_is_not_run() {
    let _turn = alone();
    let net = build("resnet20_cifar", 10, Device::Cpu, 0).unwrap();
    let before = state(&*net);
    let ys = net.forward_features_at("layer1.0", &pictures(32), true);
    assert_eq!(ys.unwrap().size(), [4, 16, 32, 32]);
    let after = state(&*net);
    let same = |name: &str| before[name].equal(&after[name]);
    assert!(!same("bn1.running_mean") && !same("layer1.0.bn2.running_var"));
    assert!(same("layer1.1.bn1.running_mean") && same("layer3.2.bn2.running_var"));
}

#[test]
fn every_tap_of_every_architecture_can_be_asked_for() {
    for arch in ARCHITECTURES {
        let net = undrawn(arch);
        let names = net.tap_names();
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{arch}: {names:?}");
        let head = names.iter().position(|name| name == net.head_name());
        // Only the sequence that ends with the head may follow it.
        assert!(head.is_some_and(|head| head + 2 >= names.len()), "{arch}");
        assert!(
            net.layer_names().iter().all(|layer| names.contains(layer)),
            "{arch}"
        );
    }
    let vgg = undrawn("vgg11");
    let names = vgg.tap_names();
    for name in [
        "features.20",
        "features",
        "avgpool",
        "classifier.6",
        "classifier",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    let taps = ["features.2", "features", "avgpool", "classifier.4"];
    let seen = vgg.activations(&taps, &pictures(64), false).unwrap();
    let sizes: Vec<_> = seen.iter().map(Tensor::size).collect();
    assert_eq!(
        sizes,
        [
            vec![4, 64, 32, 32],
            vec![4, 512, 2, 2],
            vec![4, 512, 7, 7],
            vec![4, 4096]
        ]
    );
}

#[test]
fn a_lenet_without_batch_normalisation_has_biases_and_is_none_the_less_whole() {
    let _turn = alone();
    let config = LeNetConfig {
        side: 32,
        ..LeNetConfig::DIGITS.without_batch_norm()
    };
    let mut net = LeNet::new(config, 10, Device::Cpu, 0);
    assert_eq!(net.layer_names(), ["conv1", "conv2", "fc1", "fc2"]);
    let names: Vec<String> = state(&net).into_keys().collect();
    assert_eq!(names.len(), 8, "{names:?}");
    let xs = pictures(32);
    let said = net.classify(&net.features(&xs, false), false);
    assert!(said.equal(&net.logits(&xs, false)));
    net.replace_head(3);
    assert_eq!(net.logits(&xs, true).size(), [4, 3]);
}

#[test]
fn a_pooled_vgg_takes_the_files_of_a_whole_one() {
    let _turn = alone();
    let whole = build("vgg11_bn", 10, Device::Cpu, 0).unwrap();
    let pooled = build("vgg11_bn_pooled", 3, Device::Cpu, 1).unwrap();
    let head = state(&*pooled)["classifier.weight"].copy();
    let file = state(&*whole);
    let options = LoadOptions::new().without(pooled.head_name());
    let report = load_into(pooled.var_store(), &file, Path::new("whole"), &options).unwrap();
    assert!(report.missing.is_empty(), "{report}");
    assert!(state(&*pooled)["classifier.weight"].equal(&head));
    let xs = pictures(96);
    let maps = whole.forward_features_at("features", &xs, false).unwrap();
    let averaged = maps.mean_dim([2, 3].as_slice(), false, Kind::Float);
    assert!(
        pooled
            .features(&xs, false)
            .allclose(&averaged, 1e-5, 1e-6, false)
    );
}
