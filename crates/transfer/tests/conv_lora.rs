//! LoRA beside the convolutions of every family of nets.

mod training;

use std::collections::BTreeSet;

use tch::{Device, Kind, Tensor};
use training::{alone, loader, net, same, weights};
use transfer::models::{Backbone, LoraConfig, build};
use transfer::prelude::{LoadOptions, WeightFiles};
use transfer::train::{FineTune, Learner, TrainConfig};

fn logits(net: &dyn Backbone, xs: &Tensor) -> Tensor {
    tch::no_grad(|| net.logits(xs, false))
}

/// Gives LoRA's second matrices, which start at 0, something to say.
fn stir(net: &dyn Backbone) {
    for (name, mut variable) in net.var_store().variables() {
        if name.contains(".lora_B.") {
            let _same_tensor = tch::no_grad(|| variable.uniform_(-0.5, 0.5));
        }
    }
}

#[test]
fn it_adds_nothing_at_first_and_merges_into_what_it_said() {
    let _turn = alone();
    // Without and with batch normalisation, with biases, with strides and 1 × 1 shortcuts, in groups.
    for arch in [
        "lenet",
        "vgg11",
        "vgg11_bn_pooled",
        "resnet18",
        "resnet20_cifar",
        "resnext50_32x4d",
    ] {
        let mut net = build(arch, 3, Device::Cpu, 0).unwrap();
        let side = if arch == "lenet" { 28 } else { 32 };
        let xs = Tensor::rand([2, 3, side, side], (Kind::Float, Device::Cpu));
        let before = logits(&*net, &xs);
        let names: BTreeSet<String> = net.var_store().variables().into_keys().collect();
        let rank = if arch.starts_with("resnext") { 32 } else { 2 };
        net.add_lora(&LoraConfig::everywhere(rank)).unwrap();
        assert!(logits(&*net, &xs).equal(&before), "{arch}");
        stir(&*net);
        let said = logits(&*net, &xs);
        assert!(!said.allclose(&before, 1e-2, 1e-2, false), "{arch}");
        net.merge_lora();
        let merged = logits(&*net, &xs);
        let scale = said.abs().max().double_value(&[]);
        assert!(merged.allclose(&said, 1e-3, 1e-4 * scale, false), "{arch}");
        // The file is torchvision's again.
        let after: BTreeSet<String> = net.var_store().variables().into_keys().collect();
        assert_eq!(after, names, "{arch}");
        let (learns, all) = net.parameter_counts();
        assert_eq!(learns, all, "{arch}");
    }
}

#[test]
fn a_product_is_alpha_over_rank_times_b_times_a() {
    let _turn = alone();
    let mut net = net(0);
    let config = LoraConfig {
        alpha: 6.0,
        ..LoraConfig::everywhere(3)
    };
    net.add_lora(&config.targets(&["layer2.0.conv1"])).unwrap();
    stir(&net);
    let variables = net.var_store().variables();
    let of = |name: &str| {
        variables[&format!("layer2.0.conv1.{name}.weight")]
            .detach()
            .copy()
    };
    let (a, b) = (of("lora_A"), of("lora_B"));
    assert_eq!((a.size(), b.size()), (vec![3, 16, 3, 3], vec![32, 3, 1, 1]));
    let own = variables["layer2.0.conv1.weight"].detach().copy();
    let added = Tensor::einsum("orxy,rikl->oikl", &[b, a], None::<i64>) * 2.0;
    net.merge_lora();
    let merged = &net.var_store().variables()["layer2.0.conv1.weight"];
    assert!(merged.allclose(&(own + added), 1e-5, 1e-6, false));
}

#[test]
fn only_the_small_layers_and_the_head_learn_whatever_the_recipe() {
    let _turn = alone();
    let mut net = net(0);
    net.add_lora(&LoraConfig::everywhere(2).seed(5)).unwrap();
    let before = weights(&net);
    let (learns, all) = net.parameter_counts();
    assert!(learns * 4 < all, "{learns} of {all}");
    let mut learner = Learner::new(Box::new(net), loader(18, 0, 6).shuffled(0))
        .config(TrainConfig::new().lr(1e-2));
    // Unfreezes everything, as far as it may.
    learner.fine_tune_with(&FineTune::new(1)).unwrap();
    learner.fit(1).unwrap();
    let after = weights(learner.net());
    for (name, tensor) in &before {
        let learned = name.contains(".lora_") || name.starts_with("linear.");
        assert_eq!(!tensor.equal(&after[name]), learned, "{name}");
    }
    // The same seed, the same start; and it may come and go.
    let start = |seed| {
        let mut net = training::net(0);
        net.add_lora(&LoraConfig::everywhere(2).seed(seed)).unwrap();
        weights(&net)
    };
    assert!(same(&start(5), &before) && !same(&start(6), &before));
    let net = learner.net_mut();
    net.merge_lora();
    net.add_lora(&LoraConfig::everywhere(1)).unwrap();
}

#[test]
fn a_merged_net_is_saved_and_loaded_as_any_other() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let mut net = net(0);
    net.add_lora(&LoraConfig::everywhere(2)).unwrap();
    stir(&net);
    let xs = Tensor::rand([2, 3, 16, 16], (Kind::Float, Device::Cpu));
    let said = logits(&net, &xs);
    net.merge_lora();
    net.save(&path).unwrap();
    let mut other = training::net(1);
    other.load(&path, &LoadOptions::new()).unwrap();
    assert!(logits(&other, &xs).allclose(&said, 1e-3, 1e-4, false));
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let _turn = alone();
    let mut net = build("resnext50_32x4d", 3, Device::Cpu, 0).unwrap();
    let counts = net.parameter_counts();
    let mut refused = |config: LoraConfig, said: &str| {
        let message = net.add_lora(&config).unwrap_err().to_string();
        assert!(message.contains(said), "{message}");
        assert_eq!(net.parameter_counts(), counts);
    };
    refused(LoraConfig::everywhere(0), "at least 1");
    refused(LoraConfig::everywhere(8), "a multiple of 32");
    refused(LoraConfig::everywhere(32).targets(&["query"]), "query");
    let dropping = LoraConfig {
        dropout: 0.1,
        ..LoraConfig::everywhere(32)
    };
    refused(dropping, "0.1");
    // Convolutions of one group are no matter.
    net.add_lora(&LoraConfig::everywhere(8).targets(&["conv1", "conv3"]))
        .unwrap();
    let message = net
        .add_lora(&LoraConfig::everywhere(32))
        .unwrap_err()
        .to_string();
    assert!(message.contains("merge_lora"), "{message}");
}
