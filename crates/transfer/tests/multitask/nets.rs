//! Architectures and tasks: what a net for several tasks is made of.

use super::{SIZE, alone, backbone, batch, net, tasks};
use std::collections::BTreeSet;

use tch::Tensor;
use transfer::Error;
use transfer::multitask::*;

fn largest(of: &Tensor) -> f64 {
    of.abs().max().double_value(&[])
}

fn same(one: &Tensor, other: &Tensor) -> bool {
    one.size() == other.size() && largest(&(one - other)) < 1e-5
}

#[test]
fn every_architecture_serves_every_task_and_every_variable_learns() {
    let _alone = alone();
    let (xs, targets) = batch();
    for name in ARCHITECTURES {
        let net = net(name).unwrap();
        assert_eq!(net.architecture().name(), name);
        let shapes: Vec<Vec<i64>> = net
            .forward(&xs, false)
            .unwrap()
            .iter()
            .map(Tensor::size)
            .collect();
        assert_eq!(
            shapes,
            [vec![6, 12], vec![6, 1], vec![6, 2], vec![6, 4, 16, 16]],
            "{name}"
        );
        let weighed = backward(&net, &mut Equal, (&xs, &targets), 0, false)
            .unwrap()
            .unwrap();
        assert_eq!(weighed.tasks, [0, 1, 2, 3]);
        let groups = net.parameter_groups();
        let mut names = BTreeSet::new();
        for (variable, tensor) in groups.iter().flat_map(|group| &group.parameters) {
            assert!(
                names.insert(variable.clone()),
                "{name}: {variable} is there twice"
            );
            assert!(
                tensor.grad().defined(),
                "{name}: nothing reaches {variable}"
            );
        }
        // A bias before a normalisation has no slope; what has a name of weights has one.
        let still = |(variable, tensor): &&(String, Tensor)| {
            variable.ends_with("weight") && largest(&tensor.grad()) == 0.0
        };
        let stills: Vec<&String> = groups
            .iter()
            .flat_map(|group| &group.parameters)
            .filter(still)
            .map(|(variable, _)| variable)
            .collect();
        assert!(stills.is_empty(), "{name}: {stills:?} do not learn");
        let counted: usize = groups
            .iter()
            .flat_map(|group| &group.parameters)
            .map(|(_, tensor)| tensor.numel())
            .sum();
        assert_eq!(net.parameters(), counted);
        assert_eq!(groups.last().unwrap().name, "heads");
    }
}

#[test]
fn stitches_begin_near_separate_nets_and_mix_as_they_say() {
    let _alone = alone();
    let (xs, _) = batch();
    let trunk = |seed| Trunk::new(backbone(seed), SIZE).unwrap();
    let stitched = CrossStitch::new(vec![trunk(1), trunk(2)]).unwrap();
    let shares = stitched.shares(0).unwrap();
    assert!(same(
        &shares,
        &Tensor::from_slice(&[0.9f32, 0.1, 0.1, 0.9]).view([2, 2])
    ));
    // With units that take nothing from others, each trunk is by itself.
    for (_, unit) in stitched.added().unwrap().parameters {
        let eye = Tensor::eye(2, (tch::Kind::Float, tch::Device::Cpu)).unsqueeze(2);
        tch::no_grad(|| unit.shallow_clone().copy_(&eye.expand_as(&unit)));
    }
    let apart = stitched.represent(&xs, false).unwrap();
    for (task, seed) in [(0, 1), (1, 2)] {
        let alone = trunk(seed).represent(&xs, false).unwrap();
        for (one, other) in apart.of(task).tensors().into_iter().zip(alone.tensors()) {
            assert!(same(one, other), "task {task}");
        }
    }
    // With all units at one half, the tasks see the same.
    for (_, unit) in stitched.added().unwrap().parameters {
        let _ = tch::no_grad(|| unit.shallow_clone().fill_(0.5));
    }
    let mixed = stitched.represent(&xs, false).unwrap();
    assert!(same(&mixed.of(0).features, &mixed.of(1).features));
    assert!(!same(&mixed.of(0).features, &apart.of(0).features));
}

#[test]
fn one_expert_is_a_shared_trunk_and_gates_share_out_one() {
    let _alone = alone();
    let (xs, _) = batch();
    let trunk = || Trunk::new(backbone(1), SIZE);
    let alone = trunk().unwrap().represent(&xs, false).unwrap();
    let one = Experts::mmoe(3, 1, trunk).unwrap();
    let seen = one.represent(&xs, false).unwrap();
    for task in 0..3 {
        for (one, other) in seen.of(task).tensors().into_iter().zip(alone.tensors()) {
            assert!(same(one, other));
        }
    }
    // Equal experts make of any shares the same as one.
    let three = Experts::mmoe(2, 3, trunk).unwrap();
    let seen = three.represent(&xs, false).unwrap();
    assert!(same(&seen.of(1).features, &alone.features));
    let shares = three.shares(&xs).unwrap();
    assert_eq!(shares.size(), [2, 3]);
    assert!(same(
        &shares.sum_dim_intlist([1i64].as_slice(), false, tch::Kind::Float),
        &Tensor::ones([2], tch::kind::FLOAT_CPU)
    ));
}

#[test]
fn a_task_never_teaches_the_experts_of_another() {
    let _alone = alone();
    let (xs, _) = batch();
    let trunk = || Trunk::new(backbone(1), SIZE);
    for (levels, made) in [
        (1, Experts::cgc(2, trunk)),
        (2, Experts::ple(2, [1, 1], 2, trunk)),
    ] {
        let experts = made.unwrap();
        let loss = experts
            .represent(&xs, true)
            .unwrap()
            .of(0)
            .features
            .square()
            .sum(tch::Kind::Float);
        loss.backward();
        let reached = |prefix: &str| {
            let groups = experts.trunk_groups();
            let mut of = groups
                .iter()
                .flat_map(|group| &group.parameters)
                .filter(|(name, _)| name.starts_with(prefix));
            of.any(|(_, tensor)| tensor.grad().defined() && largest(&tensor.grad()) > 0.0)
        };
        // The shared expert is the first, then that of the first task, then that of the second.
        assert!(reached("0.") && reached("1."), "{levels}");
        // In two levels the shared gate hears every expert of the first: what is shared is everybody's.
        assert_eq!(reached("2."), levels == 2);
        let second: Vec<bool> = experts
            .trunk_groups()
            .iter()
            .filter(|group| group.name == "layer3")
            .flat_map(|group| &group.parameters)
            .filter(|(name, _)| name.starts_with("2."))
            .map(|(_, tensor)| tensor.grad().defined() && largest(&tensor.grad()) > 0.0)
            .collect();
        assert!(
            !second.is_empty() && second.iter().all(|reached| !reached),
            "{levels}"
        );
    }
}

#[test]
fn masks_let_through_a_part_and_carry_what_was_taken_before() {
    let _alone = alone();
    let (xs, _) = batch();
    let trunk = || Trunk::new(backbone(1), SIZE).unwrap();
    let attended = Mtan::new(trunk(), 2).unwrap();
    let seen = |of: &Mtan| of.represent(&xs, false).unwrap();
    let (masked, all) = (seen(&attended), trunk().represent(&xs, false).unwrap());
    assert!(!same(&masked.of(0).features, &masked.of(1).features));
    // A mask of halves: what its last convolution and normalisation say is 0 everywhere.
    for (name, variable) in attended.added().unwrap().parameters {
        if name.contains("2.norm") {
            let _ = tch::no_grad(|| variable.shallow_clone().fill_(0.0));
        }
    }
    for (part, all) in seen(&attended).of(1).maps.iter().zip(&all.maps) {
        assert!(same(&(part * 2.0), all));
    }
    // What is carried on is the same for both tasks, and is learned from both.
    let carries = |of: &Mtan| {
        of.added()
            .unwrap()
            .parameters
            .iter()
            .filter(|(name, _)| name.starts_with("carry"))
            .count()
    };
    assert_eq!(
        (carries(&attended), carries(&Mtan::new(trunk(), 5).unwrap())),
        (8, 8)
    );
}

#[test]
fn stages_are_the_last_layers_of_each_resolution() {
    let _alone = alone();
    let trunk = Trunk::new(backbone(0), SIZE).unwrap();
    assert_eq!(trunk.stages(), ["layer1.0", "layer2.0", "layer3.0"]);
    assert_eq!(trunk.rows(), [16, 8, 4]);
    let resnet = transfer::models::build("resnet18", 4, tch::Device::Cpu, 0).unwrap();
    let trunk = Trunk::new(resnet, 64).unwrap();
    assert_eq!(
        trunk.stages(),
        ["relu", "layer1.1", "layer2.1", "layer3.1", "layer4.1"]
    );
    assert_eq!(trunk.rows(), [32, 16, 8, 4, 2]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let _alone = alone();
    let refused = |made: transfer::Result<MultiTaskNet>, part: &str| {
        let message = made.unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    let shared = || architecture("hard sharing", 1, SIZE, |_| Ok(backbone(0))).unwrap();
    refused(MultiTaskNet::new(shared(), Vec::new(), 0), "one or more");
    let twice = || -> Box<dyn Task> { Box::new(Direction::new("it")) };
    refused(
        MultiTaskNet::new(shared(), vec![twice(), twice()], 0),
        "another name",
    );
    let three = architecture("MTAN", 3, SIZE, |_| Ok(backbone(0))).unwrap();
    refused(
        MultiTaskNet::new(three, tasks(), 0),
        "3, as the architecture has",
    );
    let unknown = architecture("MMOE", 2, SIZE, |_| Ok(backbone(0))).unwrap_err();
    assert!(
        matches!(&unknown, Error::UnknownName { near, .. } if near[0] == "MMoE"),
        "{unknown}"
    );
    assert!(matches!(
        weighting("PCgrad"),
        Err(Error::UnknownName { .. })
    ));
    for levels in [0, 3] {
        let made = Experts::ple(2, [1, 1], levels, || Trunk::new(backbone(0), SIZE));
        assert!(made.unwrap_err().to_string().contains("1 to 2"));
    }
    let species = Classification::new("species", 3);
    let logits = Tensor::zeros([2, 3], tch::kind::FLOAT_CPU);
    let message = species
        .loss(&logits, &Tensor::from_slice(&[0i64, 3]))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("0 to 2") && message.contains('3'),
        "{message}"
    );
    assert!(
        species
            .loss(&logits, &Tensor::from_slice(&[0f32, 1.0]))
            .is_err()
    );
    assert!(
        species
            .loss(&logits, &Tensor::from_slice(&[UNLABELLED, UNLABELLED]))
            .unwrap()
            .is_none()
    );
    let map = Tensor::zeros([2, 8, 8], tch::kind::INT64_CPU);
    let message = Segmentation::new("parts", 3)
        .loss(&logits, &map)
        .unwrap_err()
        .to_string();
    assert!(message.contains("as large as the pictures"), "{message}");
}

#[test]
fn numbers_are_learned_in_units_of_their_own() {
    let _alone = alone();
    let thousands = Regression::new("it", 1).standardised(1000.0, 10.0).unwrap();
    let outputs = Tensor::from_slice(&[0f32, 1.0, -2.0]).view([3, 1]);
    let targets = Tensor::from_slice(&[1000f32, 1010.0, 990.0]).view([3, 1]);
    // One of three is off, by one deviation.
    let loss = thousands.loss(&outputs, &targets).unwrap().unwrap();
    assert!((loss.double_value(&[]) - 1.0 / 3.0).abs() < 1e-6);
    let mut tally = thousands.tally();
    tally.add(&outputs, &targets).unwrap();
    assert!((tally.value() - 10.0 / 3.0).abs() < 1e-4);
    assert_eq!(
        Vec::<f32>::try_from(thousands.in_units(&outputs).view(-1)).unwrap(),
        [1000.0, 1010.0, 980.0]
    );
}

#[test]
fn frozen_layers_stay_and_the_rest_learns() {
    let _alone = alone();
    let (xs, targets) = batch();
    let mut net = net("hard sharing").unwrap();
    net.trunks_mut()[0]
        .net_mut()
        .freeze_up_to("layer2")
        .unwrap();
    for rule in ["equal", "PCGrad", "GradNorm", "MGDA-UB"] {
        let mut rule = weighting(rule).unwrap();
        rule.begin(4, tch::Device::Cpu).unwrap();
        backward(&net, &mut *rule, (&xs, &targets), 0, true)
            .unwrap()
            .unwrap();
    }
    let moved = |group: &transfer::models::ParameterGroup| {
        group
            .parameters
            .iter()
            .any(|(_, variable)| variable.grad().defined())
    };
    let moved: Vec<(String, bool)> = net
        .parameter_groups()
        .iter()
        .map(|group| (group.name.clone(), moved(group)))
        .collect();
    let learns = |name: &str| moved.iter().any(|(group, moved)| group == name && *moved);
    assert!(
        learns("layer3") && learns("heads") && !learns("conv1") && !learns("layer2"),
        "{moved:?}"
    );
    // All of it: nothing that is shared learns.
    net.trunks_mut()[0]
        .net_mut()
        .freeze_up_to("layer3")
        .unwrap();
    for rule in ["PCGrad", "GradNorm"] {
        let mut rule = weighting(rule).unwrap();
        rule.begin(4, tch::Device::Cpu).unwrap();
        let error = backward(&net, &mut *rule, (&xs, &targets), 0, false).unwrap_err();
        assert!(matches!(error, transfer::Error::Argument { .. }), "{error}");
    }
    assert!(affinity(&net, (&xs, &targets), 1e-3, 0).is_err());
    // Who only watches sees nothing, and trains the heads.
    let watched = backward(&net, &mut Equal, (&xs, &targets), 0, true)
        .unwrap()
        .unwrap();
    assert!(watched.products.is_none());
}

#[test]
fn a_net_comes_back_from_its_file() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    let (xs, _) = batch();
    for name in ["hard sharing", "MTAN", "PLE"] {
        let saved = net(name).unwrap();
        saved.save(&path).unwrap();
        let mut other = net(name).unwrap();
        for (_, variable) in other.state() {
            let _ = tch::no_grad(|| variable.shallow_clone().fill_(0.5));
        }
        other.load(&path).unwrap();
        for (one, other) in saved
            .forward(&xs, false)
            .unwrap()
            .iter()
            .zip(other.forward(&xs, false).unwrap())
        {
            assert!(same(one, &other), "{name}");
        }
    }
    let mut smaller = MultiTaskNet::new(
        architecture("hard sharing", 1, SIZE, |_| Ok(backbone(3))).unwrap(),
        vec![Box::new(Direction::new("angle"))],
        0,
    )
    .unwrap();
    let before = smaller.forward(&xs, false).unwrap();
    let message = smaller.load(&path).unwrap_err().to_string();
    assert!(
        message.contains("net.safetensors") && message.contains("trunk."),
        "{message}"
    );
    assert!(same(&before[0], &smaller.forward(&xs, false).unwrap()[0]));
    // The trunk by itself, where there is one.
    assert!(net("MTAN").unwrap().into_backbone().is_none());
    assert_eq!(
        net("hard sharing")
            .unwrap()
            .into_backbone()
            .unwrap()
            .feature_dim(),
        64
    );
}
