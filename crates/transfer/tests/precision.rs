//! Steps in bfloat16: close to those in 32 bits, with weights that stay in 32 bits, and the same bits for a seed.

mod training;

use tch::nn::ModuleT;
use tch::{Kind, Tensor};
use training::{alone, learner, loader, net, same, weights};
use transfer::models::{Backbone, ResNet, Vgg, VggConfig};
use transfer::prelude::Device;
use transfer::train::{Every, Learner, Precision, TrainConfig};

fn config(precision: Precision) -> TrainConfig {
    TrainConfig::new().lr(3e-3).seed(1).precision(precision)
}

#[test]
fn a_net_follows_the_kind_of_its_input() {
    let _turn = alone();
    let nets: [Box<dyn Backbone>; 3] = [
        Box::new(net(0)),
        Box::new(ResNet::resnet18(4, Device::Cpu, 0)),
        Box::new(Vgg::new(
            VggConfig::VGG11.with_batch_norm(),
            4,
            Device::Cpu,
            0,
        )),
    ];
    for net in nets {
        tch::manual_seed(0);
        let xs = Tensor::randn([2, 3, 32, 32], (Kind::Float, Device::Cpu));
        let full = net.forward_t(&xs, false);
        let half = net.forward_t(&xs.to_kind(Kind::BFloat16), false);
        assert_eq!((full.kind(), half.kind()), (Kind::Float, Kind::BFloat16));
        let apart = (&full - half.to_kind(Kind::Float)).abs().max();
        let share = apart.double_value(&[]) / full.abs().max().double_value(&[]);
        assert!(share < 0.05, "{share} in {}", net.head_name());
        assert!(share > 0.0, "bfloat16 has been ignored");
    }
}

#[test]
fn gradients_are_close_and_in_32_bits() {
    let _turn = alone();
    let xs = loader(9, 0, 9).batches(0).next().unwrap().unwrap();
    let gradient = |kind: Kind| {
        let net = net(0);
        let logits = net.forward_t(&xs.xs.to_kind(kind), true);
        logits
            .to_kind(Kind::Float)
            .cross_entropy_for_logits(&xs.labels)
            .backward();
        let gradients: Vec<Tensor> = (net.parameter_groups().iter())
            .flat_map(|group| &group.parameters)
            .map(|(_, weight)| weight.grad().flatten(0, -1))
            .collect();
        Tensor::cat(&gradients, 0)
    };
    let (full, half) = (gradient(Kind::Float), gradient(Kind::BFloat16));
    assert_eq!(half.kind(), Kind::Float);
    let cosine = full.dot(&half) / (full.norm() * half.norm());
    assert!(cosine.double_value(&[]) > 0.99, "{cosine}");
}

#[test]
fn training_in_bfloat16_learns_repeats_itself_and_keeps_32_bits() {
    let _turn = alone();
    let trained = |precision: Precision| {
        let mut learner = Learner::new(Box::new(net(0)), loader(30, 0, 5).shuffled(3))
            .validate_on(loader(30, 1, 10))
            .config(config(precision));
        let history = learner.fit(6).unwrap();
        let last = history.epochs.last().unwrap();
        (weights(learner.net()), last.valid_accuracy.unwrap())
    };
    let (one, accuracy) = trained(Precision::Bfloat16);
    assert!(accuracy > 0.9, "{accuracy}");
    assert!(one.values().all(|weight| weight.kind() == Kind::Float));
    assert!(same(&one, &trained(Precision::Bfloat16).0));
    assert!(!same(&one, &trained(Precision::Full).0));
}

#[test]
fn a_checkpoint_of_one_precision_is_not_resumed_in_the_other() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let in_precision = |precision: Precision| {
        learner(config(precision)).checkpoint_to(folder.path(), Every::Epochs(1))
    };
    in_precision(Precision::Bfloat16).fit(2).unwrap();
    let refused = in_precision(Precision::Full)
        .resume(folder.path())
        .unwrap_err()
        .to_string();
    assert!(refused.contains("precision is Bfloat16"), "{refused}");
}
