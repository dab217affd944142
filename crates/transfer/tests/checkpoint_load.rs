//! Loading a checkpoint into a net: prefixes, entries, kinds, what does not fit, and what is left when reading fails.

use std::path::{Path, PathBuf};

use tch::nn::{BatchNormConfig, ConvConfig, LinearConfig, VarStore, batch_norm2d, conv2d, linear};
use tch::{Device, Kind, Tensor};
use transfer::Error;
use transfer::checkpoint::{Checkpoint, LoadOptions, StateDict, load, load_into, read, write};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/checkpoints")
        .join(name)
}

/// The net of `checkpoints/make.py`, with weights of its own.
fn net() -> VarStore {
    let vs = VarStore::new(Device::Cpu);
    let root = vs.root();
    conv2d(&root / "conv", 1, 2, 2, ConvConfig::default());
    batch_norm2d(&root / "bn", 2, BatchNormConfig::default());
    linear(&root / "fc", 2, 3, LinearConfig::default());
    vs
}

fn weight(vs: &VarStore, name: &str) -> Tensor {
    vs.variables()[name].detach().copy()
}

fn expected() -> StateDict {
    read(fixture("net.safetensors")).unwrap()
}

#[test]
fn a_prefix_is_found_out_and_reported() {
    let vs = net();
    for file in ["training.zip.pt", "training.legacy.pt"] {
        let report = load(&vs, fixture(file), &LoadOptions::new()).unwrap();
        assert_eq!(
            (report.entry.as_str(), report.prefix.as_str()),
            ("state_dict", "module.")
        );
        assert_eq!((report.loaded.len(), report.ignored.len()), (8, 1));
        let table = report.to_string();
        assert!(
            table.contains("\"module.\"") && table.contains("\"state_dict\""),
            "{table}"
        );
        assert!(weight(&vs, "conv.weight").equal(&expected()["conv.weight"]));
    }
    let report = load(
        &vs,
        fixture("training.zip.pt"),
        &LoadOptions::new().entry("ema"),
    )
    .unwrap();
    assert_eq!((report.entry.as_str(), report.prefix.as_str()), ("ema", ""));
    assert!(weight(&vs, "fc.bias").equal(&(&expected()["fc.bias"] * 2.0)));

    // Said, it is taken literally.
    let options = LoadOptions::new().prefix("");
    let error = load(&vs, fixture("training.zip.pt"), &options).unwrap_err();
    assert!(matches!(&error, Error::WeightsDoNotFit { report, .. } if report.missing.len() == 8));
    let options = LoadOptions::new().prefix("module.").without("fc");
    let report = load(&vs, fixture("training.zip.pt"), &options).unwrap();
    assert_eq!((report.loaded.len(), report.left_out.len()), (6, 2));
}

#[test]
fn longer_prefixes_and_names_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    let mut tensors: StateDict = expected()
        .into_iter()
        .map(|(name, tensor)| (format!("_orig_mod.backbone.{name}"), tensor))
        .collect();
    write(&path, &tensors).unwrap();
    let vs = net();
    let report = load(&vs, &path, &LoadOptions::new()).unwrap();
    assert_eq!(report.prefix, "_orig_mod.backbone.");
    tensors.insert("_orig_mod.head.weight".into(), Tensor::from(1f32));
    write(&path, &tensors).unwrap();
    let error = load(&vs, &path, &LoadOptions::new()).unwrap_err();
    assert!(matches!(&error, Error::WeightsDoNotFit { report, .. }
        if report.unexpected == ["_orig_mod.head.weight"]));
    let report = load(&vs, &path, &LoadOptions::new().lenient()).unwrap();
    assert_eq!(report.loaded.len(), 8);
    // Of a few names that fit by chance nothing is concluded.
    let few = StateDict::from([("x.fc.bias".into(), Tensor::zeros([3], tch::kind::FLOAT_CPU))]);
    let report = load_into(&vs, &few, &path, &LoadOptions::new().lenient()).unwrap();
    assert_eq!((report.prefix.as_str(), report.unexpected.len()), ("", 1));
}

#[test]
fn kinds_are_converted_and_strictness_is_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half");
    let mut half: StateDict = expected()
        .into_iter()
        .map(|(name, tensor)| match tensor.kind() {
            Kind::Float => (name, tensor.to_kind(Kind::Half)),
            _ => (name, tensor),
        })
        .collect();
    write(&path, &half).unwrap();
    let vs = net();
    load(&vs, &path, &LoadOptions::new()).unwrap();
    let loaded = weight(&vs, "conv.weight");
    assert_eq!(loaded.kind(), Kind::Float);
    assert!(loaded.equal(&half["conv.weight"].to_kind(Kind::Float)));

    half.insert(
        "fc.bias".into(),
        Tensor::zeros([5], (Kind::Half, Device::Cpu)),
    );
    write(&path, &half).unwrap();
    let vs = net();
    let before = weight(&vs, "conv.weight");
    let error = load(&vs, &path, &LoadOptions::new())
        .unwrap_err()
        .to_string();
    assert!(error.contains("fc.bias (net [3], file [5])"), "{error}");
    assert!(weight(&vs, "conv.weight").equal(&before));
}

#[test]
fn a_state_dict_has_no_entries() {
    let options = LoadOptions::new().entry("ema");
    let error = load_into(&net(), &expected(), Path::new("x"), &options).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
}

#[test]
fn failing_half_way_says_what_was_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.pt");
    let sound = std::fs::read(fixture("training.zip.pt")).unwrap();
    // The variables are replaced in the order of their names: damage the numbers of a late one, and of the first.
    let damaged = |name: &str| {
        let mut bytes = sound.clone();
        let numbers = expected()[name].view([-1]);
        let numbers: Vec<f32> = Vec::try_from(numbers).unwrap();
        let pattern: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        let at = bytes
            .windows(pattern.len())
            .position(|part| part == pattern)
            .unwrap();
        bytes[at] ^= 1;
        bytes
    };
    std::fs::write(&path, damaged("fc.weight")).unwrap();
    let vs = net();
    let before = weight(&vs, "fc.weight");
    let error = load(&vs, &path, &LoadOptions::new()).unwrap_err();
    let message = error.to_string();
    for part in [
        "partly loaded",
        "7 of its variables",
        "\"fc.weight\"",
        "checksum",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(matches!(&error, Error::PartlyLoaded { replaced, .. } if replaced.len() == 7));
    assert!(weight(&vs, "fc.weight").equal(&before));
    assert!(weight(&vs, "conv.weight").equal(&expected()["conv.weight"]));

    std::fs::write(&path, damaged("conv.weight")).unwrap();
    let vs = net();
    let before = weight(&vs, "fc.bias");
    // conv.bias and bn come first; without them the net is untouched.
    let options = LoadOptions::new().without("bn").lenient();
    let file = Checkpoint::open(&path).unwrap();
    let error = file.tensor("module.conv.weight").unwrap_err();
    assert!(matches!(error, Error::DamagedCheckpoint { .. }), "{error}");
    let error = file.load_into(&vs, &options).unwrap_err();
    assert!(matches!(&error, Error::PartlyLoaded { replaced, .. } if replaced == &["conv.bias"]));
    assert!(weight(&vs, "fc.bias").equal(&before));
}

#[test]
fn an_entry_is_heard_wherever_the_options_go() {
    let vs = net();
    let file = Checkpoint::open(fixture("training.zip.pt")).unwrap();
    let report = file
        .load_into(&vs, &LoadOptions::new().entry("ema"))
        .unwrap();
    assert_eq!(report.entry, "ema");
    assert!(weight(&vs, "fc.bias").equal(&(&expected()["fc.bias"] * 2.0)));
    assert_eq!(file.chosen(), Some("state_dict"));
    let error = file.load_into(&vs, &LoadOptions::new().entry("emma"));
    assert!(matches!(error, Err(Error::ChooseEntry { .. })));
}

#[test]
fn a_layer_to_leave_out_that_nobody_has_is_an_error() {
    let path = fixture("net.safetensors");
    let error = load(&net(), &path, &LoadOptions::new().without("fcc")).unwrap_err();
    assert!(error.to_string().contains("\"fcc\""), "{error}");
    let report = load(&net(), &path, &LoadOptions::new().without("fc.weight")).unwrap();
    assert_eq!(report.left_out, ["fc.weight"]);
}

#[test]
fn of_two_such_nets_in_a_file_none_is_guessed() {
    let both: StateDict = ["encoder_q.", "encoder_k."]
        .iter()
        .flat_map(|prefix| {
            expected()
                .into_iter()
                .map(move |(name, tensor)| (format!("{prefix}{name}"), tensor))
        })
        .collect();
    let path = Path::new("moco");
    let options = LoadOptions::new().lenient();
    let message = load_into(&net(), &both, path, &options)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("encoder_k.") && message.contains("encoder_q."),
        "{message}"
    );
    let report = load_into(&net(), &both, path, &options.prefix("encoder_q.")).unwrap();
    assert_eq!((report.loaded.len(), report.missing.len()), (8, 0));
}
