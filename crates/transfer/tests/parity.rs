//! Every architecture computes what PyTorch computes with torchvision's model of that name: logits in evaluation
//! and in training, running statistics, gradients, names, shapes and counts. `parity/reference.py` made the numbers
//! of `parity/reference.txt` and says how.
//!
//! Where TRANSFER_PARITY_WEIGHTS names a folder that `reference.py --weights` wrote, its files are loaded too, and
//! the comparison repeated in float32.

#[path = "parity/formula.rs"]
mod formula;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use formula::{bounds, fnv1a, numbers};
use tch::{Device, Kind, Reduction, Tensor};
use transfer::checkpoint::{LoadOptions, read};
use transfer::models::{ARCHITECTURES, Backbone, WeightFiles, build_undrawn};

const REFERENCE: &str = include_str!("parity/reference.txt");
const CLASSES: i64 = 10;
const LABELS: [i64; 4] = [0, 3, 6, 9];
/// Of the largest number that is expected, in float64. (Found: 4e-15 and less, on the machine that made them.)
const TOLERANCE: f64 = 1e-9;
const TOLERANCE_F32: f64 = 1e-5;

/// The largest nets take gigabytes in float64: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the reference says of one architecture: words by what they are about.
fn reference(arch: &str) -> BTreeMap<&'static str, Vec<&'static str>> {
    REFERENCE
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            (words.next() == Some(arch)).then(|| (words.next().unwrap(), words.collect()))
        })
        .collect()
}

fn parsed<T: std::str::FromStr>(words: &[&str]) -> Vec<T> {
    let parse = |word: &&str| word.parse().ok().unwrap();
    words.iter().map(parse).collect()
}

fn input(size: i64, kind: Kind) -> Tensor {
    numbers("input", &[4, 3, size, size], (-1.0, 1.0)).to_kind(kind)
}

/// The largest difference, as a part of the largest expected number; NaN if something is not a number.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let pairs = found.iter().zip(expected);
    let off = pairs.map(|(found, expected)| (found - expected).abs() / scale);
    // `f64::max` would pass over a NaN.
    off.fold(0.0, |most, off| if off <= most { most } else { off })
}

fn flat(xs: &Tensor) -> Vec<f64> {
    Vec::try_from(xs.to_kind(Kind::Double).flatten(0, -1)).unwrap()
}

/// The norm, and numbers that are spread evenly over the tensor.
fn spread(xs: &Tensor, count: usize) -> Vec<f64> {
    let all = flat(xs);
    let picked = (0..count).map(|index| all[index * (all.len() - 1) / (count - 1)]);
    let norm = all.iter().map(|number| number * number).sum::<f64>().sqrt();
    std::iter::once(norm).chain(picked).collect()
}

/// Logits in evaluation, logits in training, and the gradient of the first convolution's weight. Dropout is off.
fn results(net: &mut dyn Backbone, xs: &Tensor) -> [Tensor; 3] {
    let stem = net.parameter_groups().remove(0).parameters;
    let is_weight = |(name, _): &(String, Tensor)| name.ends_with(".weight");
    let (_, first) = stem.into_iter().find(is_weight).unwrap();
    if net.head_name() == "classifier.6" {
        // In PyTorch with p = 0; here frozen, which leaves the linear layers as they are.
        for dropout in ["classifier.2", "classifier.5"] {
            net.freeze(dropout).unwrap();
        }
    }
    let eval = tch::no_grad(|| net.forward_t(xs, false));
    let train = net.forward_t(xs, true);
    let loss = train.cross_entropy_loss::<Tensor>(
        &Tensor::from_slice(&LABELS),
        None,
        Reduction::Mean,
        -100,
        0.0,
    );
    let gradient = Tensor::run_backward(&[loss], &[first], false, false).remove(0);
    [eval, train.detach(), gradient]
}

/// Names, shapes and counts.
fn check_variables(arch: &str, net: &dyn Backbone) {
    let expected = reference(arch);
    let variables: BTreeMap<String, Tensor> = net.var_store().variables().into_iter().collect();
    let line = |(name, variable): (&String, &Tensor)| {
        let sizes: Vec<String> = variable.size().iter().map(i64::to_string).collect();
        format!("{name} {}\n", sizes.join("x"))
    };
    let listing: String = variables.iter().map(line).collect();
    let names: Vec<u64> = parsed(&expected["names"]);
    assert_eq!(
        names,
        [variables.len() as u64, fnv1a(&listing)],
        "{arch} has other names or shapes than torchvision's: {listing}"
    );
    let [classes, count] = parsed::<i64>(&expected["parameters"])[..] else {
        panic!("{arch}: two numbers are expected")
    };
    let wider = (classes - CLASSES) * (net.feature_dim() + 1);
    let (trainable, all) = net.parameter_counts();
    assert_eq!((trainable + wider, all + wider), (count, count), "{arch}");
}

fn check(arch: &str) {
    let _turn = alone();
    let expected = reference(arch);
    let mut net = build_undrawn(arch, CLASSES, Device::Cpu).unwrap();
    check_variables(arch, &*net);
    net.var_store_mut().double();
    tch::no_grad(|| {
        for (name, mut variable) in net.var_store().variables() {
            let shape = variable.size();
            variable.copy_(&numbers(&name, &shape, bounds(&name, &shape)));
        }
    });
    let size: Vec<i64> = parsed(&expected["size"]);
    let [eval, train, gradient] = results(&mut *net, &input(size[0], Kind::Double));
    let mut found = BTreeMap::from([
        ("eval", flat(&eval)),
        ("train", flat(&train)),
        ("gradient", spread(&gradient, 16)),
    ]);
    let variables = net.var_store().variables();
    for what in expected.keys().filter(|what| what.contains("running_")) {
        found.insert(what, spread(&variables[*what], 4));
    }
    for (what, found) in found {
        let off = difference(&found, &parsed(&expected[what]));
        eprintln!("{arch}: {what} is off by {off:e}");
        assert!(off <= TOLERANCE, "{arch}: {what} is off by {off:e}");
    }
    if let Some(folder) = std::env::var_os("TRANSFER_PARITY_WEIGHTS") {
        check_files(arch, size[0], Path::new(&folder));
    }
}

/// The files of that architecture in the folder, loaded and computed with in float32.
fn check_files(arch: &str, size: i64, folder: &Path) {
    let path = folder.join(format!("{arch}.expected"));
    if !path.exists() {
        eprintln!("{arch}: not compared in float32, there is no {path:?}");
        return;
    }
    let expected = read(path).unwrap();
    let mut compared = 0;
    for format in ["safetensors", "zip.pth", "legacy.pth"] {
        let path = folder.join(format!("{arch}.{format}"));
        if !path.exists() {
            eprintln!("{arch}: there is no {path:?}");
            continue;
        }
        let mut net = build_undrawn(arch, CLASSES, Device::Cpu).unwrap();
        let report = net.load(&path, &LoadOptions::new()).unwrap();
        assert!(report.is_complete(), "{path:?}: {report}");
        let [eval, train, gradient] = results(&mut *net, &input(size, Kind::Float));
        for (what, found) in [("eval", eval), ("train", train), ("gradient", gradient)] {
            let off = difference(&flat(&found), &flat(&expected[what]));
            eprintln!("{path:?}: {what} is off by {off:e}");
            assert!(off <= TOLERANCE_F32, "{path:?}: {what} is off by {off:e}");
        }
        compared += 1;
    }
    assert!(
        compared > 0,
        "{folder:?} has results for {arch} and no weights"
    );
}

macro_rules! parity {
    ($($arch:ident)*) => {
        $(#[test]
        fn $arch() {
            check(stringify!($arch));
        })*

        #[test]
        fn every_architecture_is_compared() {
            assert_eq!(ARCHITECTURES[..], [$(stringify!($arch)),*]);
        }
    };
}

parity! {
    resnet18 resnet34 resnet50 resnet101 resnet152
    resnext50_32x4d resnext101_32x8d resnext101_64x4d wide_resnet50_2 wide_resnet101_2
    vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn
    vgg11_pooled vgg13_pooled vgg16_pooled vgg19_pooled
    vgg11_bn_pooled vgg13_bn_pooled vgg16_bn_pooled vgg19_bn_pooled
    resnet20_cifar resnet32_cifar resnet44_cifar resnet56_cifar resnet110_cifar
    lenet
}
