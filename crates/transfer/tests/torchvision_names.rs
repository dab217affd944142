//! The parameters of ResNet-18 and -34 have torchvision's names and shapes, so that its weights drop in.

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor};
use transfer::checkpoint::{LoadOptions, load_into, read, write};
use transfer::models::{Backbone, ResNet};

/// `name shape` of `torchvision.models.resnet18().state_dict()`: see the head of the file.
const RESNET18: &str = include_str!("resnet18_state_dict.txt");

fn torchvisions() -> BTreeMap<String, Vec<i64>> {
    let entry = |line: &str| {
        let (name, shape) = line.split_once(' ').unwrap_or((line, ""));
        let shape = shape
            .split('x')
            .filter(|size| !size.is_empty())
            .map(|size| size.parse().unwrap())
            .collect();
        (name.to_owned(), shape)
    };
    RESNET18
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(entry)
        .collect()
}

#[test]
fn resnet18_has_torchvisions_names_and_shapes() {
    let expected = torchvisions();
    assert_eq!(expected.len(), 122);
    let net = ResNet::resnet18(1000, Device::Cpu, 0);
    let ours: BTreeMap<String, Vec<i64>> = net
        .var_store()
        .variables()
        .into_iter()
        .map(|(name, tensor)| (name, tensor.size()))
        .collect();
    let without_counters: BTreeMap<String, Vec<i64>> = expected
        .into_iter()
        .filter(|(name, _)| !name.ends_with("num_batches_tracked"))
        .collect();
    assert_eq!(ours, without_counters);
}

#[test]
fn a_state_dict_of_torchvisions_loads_strictly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.bin");
    let tensors: BTreeMap<String, Tensor> = torchvisions()
        .into_iter()
        .map(|(name, shape)| {
            let kind = if shape.is_empty() {
                Kind::Int64
            } else {
                Kind::Half
            };
            (name, Tensor::full(shape, 2, (kind, Device::Cpu)))
        })
        .collect();
    write(&path, &tensors).unwrap();
    let mut net = ResNet::resnet18(1000, Device::Cpu, 0);
    let report = net.load(&path, &LoadOptions::new()).unwrap();
    assert_eq!((report.loaded.len(), report.ignored.len()), (102, 20));
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
