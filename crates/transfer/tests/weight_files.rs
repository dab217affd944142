//! A net's weights from files: whole, half precision, with another head, through a `dyn`.

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor};
use transfer::checkpoint::{LoadOptions, load_into, read, write};
use transfer::models::{Backbone, ResNet, ResNetConfig, WeightFiles, build, build_undrawn};

/// A state dict as `torch.save(net.half().state_dict())` has it: the counters of batch normalisation are in it.
/// (That names and shapes are torchvision's is for tests/parity.rs to say.)
fn torchvisions() -> BTreeMap<String, Tensor> {
    let net = ResNet::undrawn(ResNetConfig::RESNET18, 1000, Device::Cpu);
    let mut tensors = BTreeMap::new();
    for (name, variable) in net.var_store().variables() {
        if let Some(layer) = name.strip_suffix(".running_mean") {
            let counter = Tensor::from(2i64);
            tensors.insert(format!("{layer}.num_batches_tracked"), counter);
        }
        let twos = Tensor::full(variable.size(), 2, (Kind::Half, Device::Cpu));
        tensors.insert(name, twos);
    }
    // And that of an averaged model.
    tensors.insert("n_averaged".into(), Tensor::from(5i64));
    tensors
}

#[test]
fn a_state_dict_of_torchvisions_loads_strictly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.bin");
    let tensors = torchvisions();
    assert_eq!(tensors.len(), 123);
    write(&path, &tensors).unwrap();
    let mut net = ResNet::undrawn(ResNetConfig::RESNET18, 1000, Device::Cpu);
    let report = net.load(&path, &LoadOptions::new()).unwrap();
    assert_eq!((report.loaded.len(), report.ignored.len()), (102, 21));
    assert!(report.is_complete());
    let weight = &net.var_store().variables()["layer3.0.downsample.0.weight"];
    assert_eq!(
        (weight.kind(), weight.mean(Kind::Float).double_value(&[])),
        (Kind::Float, 2.0)
    );
    assert_eq!(read(&path).unwrap()["conv1.weight"].kind(), Kind::Half);
}

#[test]
fn another_head_is_reported_or_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("five.safetensors");
    let five = ResNet::resnet18(5, Device::Cpu, 1);
    five.save(&path).unwrap();
    let mut net = ResNet::resnet18(7, Device::Cpu, 2);
    let message = net
        .load(&path, &LoadOptions::new())
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("fc.weight (net [7, 512], file [5, 512])"),
        "{message}"
    );
    let report = net.load(&path, &LoadOptions::new().without("fc")).unwrap();
    assert_eq!((report.loaded.len(), report.left_out.len()), (100, 2));
    let report = net.load(&path, &LoadOptions::new().lenient()).unwrap();
    assert_eq!(report.mismatched.len(), 2);
    let xs = Tensor::ones([1, 3, 64, 64], tch::kind::FLOAT_CPU);
    assert!(net.features(&xs, false).equal(&five.features(&xs, false)));

    let mut tensors = read(&path).unwrap();
    tensors.remove("conv1.weight");
    tensors.insert(
        "head.weight".into(),
        Tensor::zeros([1], tch::kind::FLOAT_CPU),
    );
    let report = load_into(
        five.var_store(),
        &tensors,
        &path,
        &LoadOptions::new().lenient(),
    )
    .unwrap();
    assert_eq!(
        (report.missing, report.unexpected),
        (vec!["conv1.weight".into()], vec!["head.weight".into()])
    );
}

#[test]
fn a_boxed_net_saves_and_an_undrawn_one_becomes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let net: Box<dyn Backbone> = build("resnet20_cifar", 10, Device::Cpu, 3).unwrap();
    net.save(&path).unwrap();
    let mut other = build_undrawn("resnet20_cifar", 10, Device::Cpu).unwrap();
    let xs = Tensor::ones([1, 3, 32, 32], tch::kind::FLOAT_CPU);
    assert!(!net.logits(&xs, false).equal(&other.logits(&xs, false)));
    other.freeze("layer1").unwrap();
    other.load(&path, &LoadOptions::new()).unwrap();
    assert!(net.logits(&xs, false).equal(&other.logits(&xs, false)));
    // Loading does not thaw.
    let (trainable, all) = other.parameter_counts();
    assert!(trainable < all);
    let message = other
        .load(folder.path().join("none"), &LoadOptions::new())
        .unwrap_err()
        .to_string();
    assert!(message.contains("none"), "{message}");
}
