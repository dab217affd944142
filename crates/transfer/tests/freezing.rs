//! Layers as units of training: groups of parameters, and frozen layers.

#[path = "backbones/nets.rs"]
mod nets;

use nets::{alone, pictures, state};
use tch::nn::OptimizerConfig;
use tch::{Device, Kind, Tensor, nn};
use transfer::Error;
use transfer::models::{ARCHITECTURES, Backbone, Vgg, VggConfig, build, build_undrawn};

/// One step of AdamW with weight decay, which moves whatever has a gradient.
fn step(net: &dyn Backbone, xs: &Tensor) {
    let mut optimizer = nn::AdamW::default().build(net.var_store(), 0.01).unwrap();
    let labels = Tensor::arange(4, tch::kind::INT64_CPU);
    let loss = net.forward_t(xs, true).cross_entropy_for_logits(&labels);
    optimizer.backward_step(&loss);
}

#[test]
fn groups_partition_the_variables() {
    for arch in ARCHITECTURES {
        let mut net = build_undrawn(arch, 10, Device::Cpu).unwrap();
        net.freeze(net.head_name()).unwrap();
        let groups = net.parameter_groups();
        let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        assert_eq!(names, net.layer_names());
        assert_eq!(names.last().unwrap(), net.head_name());
        let mut found = Vec::new();
        let mut count = 0;
        for group in &groups {
            assert!(!group.parameters.is_empty(), "{arch}: {}", group.name);
            count += group
                .parameters
                .iter()
                .map(|(_, value)| value.numel() as i64)
                .sum::<i64>();
            for (name, _) in group.parameters.iter().chain(&group.buffers) {
                assert!(name.starts_with(&format!("{}.", group.name)), "{name}");
                found.push(name.clone());
            }
            assert!(
                group
                    .buffers
                    .iter()
                    .all(|(name, _)| name.contains(".running_"))
            );
        }
        assert_eq!(count, net.parameter_counts().1, "{arch}");
        found.sort();
        let mut all: Vec<String> = net.var_store().variables().into_keys().collect();
        all.sort();
        assert_eq!(found, all, "{arch}");
    }
    let groups = build_undrawn("resnet110_cifar", 10, Device::Cpu)
        .unwrap()
        .parameter_groups();
    let blocks: Vec<_> = groups[2].parameters.iter().map(|(name, _)| name).collect();
    let place = |name: &str| blocks.iter().position(|block| *block == name).unwrap();
    assert!(place("layer1.2.conv1.weight") < place("layer1.10.conv1.weight"));
}

#[test]
fn a_frozen_layer_is_untouched_by_training() {
    let _turn = alone();
    let mut net = build("resnet20_cifar", 10, Device::Cpu, 0).unwrap();
    let xs = pictures(32);
    // Gradients and running statistics from before are there when it freezes.
    step(&*net, &xs);
    net.freeze_up_to("layer2").unwrap();
    net.unfreeze("layer1.1").unwrap();
    net.freeze("linear").unwrap();
    let frozen = net.frozen();
    assert_eq!(frozen[..4], ["conv1", "bn1", "relu", "layer1.0"]);
    assert_eq!(
        frozen[4..],
        ["layer1.2", "layer2.0", "layer2.1", "layer2.2", "linear"]
    );
    let before = state(&*net);
    step(&*net, &xs);
    let after = state(&*net);
    for (name, value) in &before {
        let trains = name.starts_with("layer1.1.") || name.starts_with("layer3.");
        assert_eq!(!trains, value.equal(&after[name]), "{name}");
    }
    let running = net.forward_features_at("layer1.0", &xs, false).unwrap();
    assert!(running.equal(&net.forward_features_at("layer1.0", &xs, true).unwrap()));
    for layer in net.layer_names() {
        net.unfreeze(&layer).unwrap();
    }
    let (trainable, all) = net.parameter_counts();
    assert_eq!((trainable, net.frozen()), (all, vec!["relu".to_owned()]));
    let before = state(&*net);
    step(&*net, &xs);
    let after = state(&*net);
    assert!(
        before
            .iter()
            .all(|(name, value)| !value.equal(&after[name]))
    );
    assert!(matches!(net.freeze("layer9"), Err(Error::Argument { .. })));
    assert!(matches!(
        net.freeze_up_to("layer9"),
        Err(Error::Argument { .. })
    ));
    assert!(matches!(
        net.unfreeze("layer9"),
        Err(Error::Argument { .. })
    ));
}

#[test]
fn frozen_batch_normalisation_stays_while_the_rest_learns() {
    let _turn = alone();
    let mut net = build("resnet18", 10, Device::Cpu, 0).unwrap();
    let xs = pictures(32);
    step(&*net, &xs);
    let whole = net.parameter_counts();
    let is_norm = |name: &str| name.contains("bn") || name.contains("downsample.1");
    net.freeze_batch_norm();
    assert!(net.variables().is_batch_norm_frozen() && net.frozen().is_empty());
    // A layer that was frozen and learns again has its batch normalisation frozen still.
    net.freeze("layer2").unwrap();
    net.unfreeze("layer2").unwrap();
    let before = state(&*net);
    let evaluated = net.features(&xs, false);
    assert!(net.features(&xs, true).equal(&evaluated));
    step(&*net, &xs);
    for (name, value) in &state(&*net) {
        assert_eq!(is_norm(name), value.equal(&before[name]), "{name}");
    }
    net.freeze("layer1").unwrap();
    net.unfreeze_batch_norm();
    assert!(!net.variables().is_batch_norm_frozen());
    let before = state(&*net);
    step(&*net, &xs);
    for (name, value) in &state(&*net) {
        assert_eq!(
            name.starts_with("layer1."),
            value.equal(&before[name]),
            "{name}"
        );
    }
    net.unfreeze("layer1").unwrap();
    assert_eq!(net.parameter_counts(), whole);
    // Nothing to freeze.
    let mut vgg = Vgg::new(VggConfig::VGG11, 10, Device::Cpu, 0);
    vgg.freeze_batch_norm();
    assert_eq!(vgg.parameter_counts().0, vgg.parameter_counts().1);
}

#[test]
fn dropout_drops_in_training_and_not_when_frozen() {
    let _turn = alone();
    let mut net = Vgg::new(VggConfig::VGG11, 10, Device::Cpu, 0);
    let xs = pictures(32);
    let zeros = |net: &Vgg, train| {
        let features = tch::no_grad(|| net.features(&xs, train));
        let all = features.numel() as f64;
        features.eq(0.0).sum(Kind::Float).double_value(&[]) / all
    };
    let by_relu = zeros(&net, false);
    assert!(zeros(&net, true) > by_relu + 0.2);
    net.freeze("classifier").unwrap();
    assert_eq!(zeros(&net, true), by_relu);
}
