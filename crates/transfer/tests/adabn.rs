//! Batch normalisation with the target's statistics.

#[path = "backbones/nets.rs"]
mod nets;

use nets::{alone, pictures, state};
use tch::{Device, Kind, Tensor};
use transfer::adapt::adapt_batch_norm;
use transfer::models::{Vgg, VggConfig, build};
use transfer::{Error, Result};

fn near(one: &Tensor, other: &Tensor) -> bool {
    one.allclose(other, 1e-3, 1e-4, false)
}

#[test]
fn the_stored_statistics_become_those_of_all_pictures() {
    let _turn = alone();
    let net = build("resnet18", 10, Device::Cpu, 0).unwrap();
    // Two batches that are unlike each other, one larger than the other.
    let small = pictures(32).narrow(0, 0, 2) * 3.0 + 1.0;
    let batches = || [pictures(32), small.copy()].into_iter().map(Ok);
    let before = state(&*net);
    assert_eq!(adapt_batch_norm(&*net, batches()).unwrap(), 6);
    let after = state(&*net);
    for (name, value) in &before {
        assert_eq!(
            name.contains(".running_"),
            !value.equal(&after[name]),
            "{name}"
        );
    }
    let all = Tensor::cat(&[pictures(32), small.copy()], 0);
    let seen = net.forward_features_at("conv1", &all, false).unwrap();
    let by_channel = seen.transpose(0, 1).flatten(1, -1);
    let mean = by_channel.mean_dim(1, false, Kind::Float);
    let var = by_channel.var_dim(1, true, false);
    assert!(near(&after["bn1.running_mean"], &mean));
    let ratio = (&after["bn1.running_var"] / var - 1.0)
        .abs()
        .max()
        .double_value(&[]);
    assert!(ratio < 5e-3, "{ratio}");
    // Where it began does not matter, and once more changes nothing.
    adapt_batch_norm(&*net, batches()).unwrap();
    let again = state(&*net);
    assert!(after.iter().all(|(name, value)| near(value, &again[name])));
}

#[test]
fn frozen_layers_keep_theirs_and_a_failure_leaves_no_trace() {
    let _turn = alone();
    let mut net = build("resnet18", 10, Device::Cpu, 0).unwrap();
    net.freeze_up_to("layer1").unwrap();
    let before = state(&*net);
    let failing: [Result<Tensor>; 2] = [
        Ok(pictures(32)),
        Err(adapt_batch_norm(&*net, []).unwrap_err()),
    ];
    assert!(adapt_batch_norm(&*net, failing).is_err());
    let unchanged = state(&*net);
    assert!(
        before
            .iter()
            .all(|(name, value)| value.equal(&unchanged[name]))
    );
    adapt_batch_norm(&*net, [Ok(pictures(32))]).unwrap();
    for (name, value) in &state(&*net) {
        let adapts =
            name.contains(".running_") && !name.starts_with("bn1") && !name.starts_with("layer1");
        assert_eq!(adapts, !value.equal(&before[name]), "{name}");
    }
    net.freeze_batch_norm();
    let nothing = adapt_batch_norm(&*net, [Ok(pictures(32))]).unwrap_err();
    assert!(matches!(nothing, Error::Argument { .. }), "{nothing}");
    let without = Vgg::new(VggConfig::VGG11, 10, Device::Cpu, 0);
    assert!(adapt_batch_norm(&without, [Ok(pictures(32))]).is_err());
}
