//! Files of PyTorch's own making (see `checkpoints/make.py`): every format, kind and layout is read as PyTorch reads it.

use std::path::PathBuf;

use tch::{Kind, Tensor};
use transfer::Error;
use transfer::checkpoint::{Checkpoint, Format, Plain, StateDict, read};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/checkpoints")
        .join(name)
}

fn assert_equal(found: &StateDict, expected: &StateDict, file: &str) {
    let names = |dict: &StateDict| dict.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{file}");
    for (name, tensor) in expected {
        let found = &found[name];
        assert_eq!(
            (found.kind(), found.size()),
            (tensor.kind(), tensor.size()),
            "{file}: {name}"
        );
        assert!(found.equal(tensor), "{file}: {name}");
    }
}

#[test]
fn every_kind_is_read_from_every_format() {
    let expected = read(fixture("kinds.safetensors")).unwrap();
    assert_eq!(expected.len(), 10);
    let arange = Tensor::arange(6, tch::kind::FLOAT_CPU).view([2, 3]);
    for (name, tensor) in &expected {
        assert!(tensor.equal(&arange.to_kind(tensor.kind())), "{name}");
    }
    let mut files = vec![
        "kinds.unchecked.zip.pt".to_owned(),
        "kinds.deflated.zip.pt".to_owned(),
        "kinds.renamed.zip.pt".to_owned(),
    ];
    for protocol in 2..=5 {
        files.push(format!("kinds.p{protocol}.zip.pt"));
        files.push(format!("kinds.p{protocol}.legacy.pt"));
    }
    for file in files {
        let checkpoint = Checkpoint::open(fixture(&file)).unwrap();
        let format = match file.contains("zip") {
            true => Format::TorchZip,
            false => Format::TorchLegacy,
        };
        assert_eq!(checkpoint.format(), &format, "{file}");
        assert_equal(&checkpoint.read().unwrap(), &expected, &file);
        for (name, tensor) in &expected {
            assert!(
                checkpoint.tensor(name).unwrap().equal(tensor),
                "{file}: {name}"
            );
        }
    }
}

#[test]
fn views_share_their_storage_as_in_pytorch() {
    let expected = read(fixture("views.safetensors")).unwrap();
    for file in ["views.zip.pt", "views.legacy.pt"] {
        let checkpoint = Checkpoint::open(fixture(file)).unwrap();
        let found = checkpoint.read().unwrap();
        assert_equal(&found, &expected, file);
        assert_eq!(found["transposed"].stride(), [1, 6], "{file}");
        assert_eq!(found["expanded"].stride(), [0, 0], "{file}");
        let _ = found["whole"].get(7).fill_(-1.0);
        assert_eq!(found["part"].double_value(&[2]), -1.0, "{file}");
        assert_eq!(found["transposed"].double_value(&[1, 1]), -1.0, "{file}");
        // One at a time nothing is shared, and only the part that is needed is held.
        for (name, tensor) in &expected {
            let one = checkpoint.tensor(name).unwrap();
            assert!(one.equal(tensor), "{file}: {name}");
            assert_eq!(one.stride(), found[name].stride(), "{file}: {name}");
        }
        assert_eq!(checkpoint.shape("column").unwrap(), [4]);
        assert_eq!(checkpoint.kind("column").unwrap(), Kind::Float);
    }
}

#[test]
fn a_training_checkpoint_is_taken_apart() {
    let net = read(fixture("net.safetensors")).unwrap();
    let prefixed = |prefix: &str, factor: i64| -> StateDict {
        let scaled = |tensor: &Tensor| match tensor.kind() {
            Kind::Int64 => tensor * factor,
            _ => tensor * factor as f64,
        };
        net.iter()
            .map(|(name, tensor)| (format!("{prefix}{name}"), scaled(tensor)))
            .collect()
    };
    for file in ["training.zip.pt", "training.legacy.pt"] {
        let checkpoint = Checkpoint::open(fixture(file)).unwrap();
        let entries = checkpoint.entries();
        for entry in ["", "state_dict", "ema", "optimizer.state"] {
            assert!(
                entries.iter().any(|found| found == entry),
                "{entry} in {entries:?}"
            );
        }
        assert_eq!(checkpoint.chosen(), Some("state_dict"));
        assert_equal(&checkpoint.read().unwrap(), &prefixed("module.", 1), file);
        for (path, expected) in [
            ("epoch", Plain::Int(7)),
            ("best_prec1", Plain::Float(91.5)),
            ("arch", Plain::Str("tiny".into())),
            ("done", Plain::Bool(true)),
            ("numpy", Plain::Float(0.125)),
            ("count", Plain::Int(-3)),
            ("optimizer.param_groups.0.lr", Plain::Float(0.25)),
        ] {
            assert_eq!(checkpoint.value(path), Some(expected), "{path}");
        }
        assert_eq!(checkpoint.value("none"), None);
        let ema = checkpoint.entry("ema").unwrap();
        assert_equal(&ema.read().unwrap(), &prefixed("", 2), file);
        let adam = ema.entry("optimizer.state").unwrap();
        assert!(adam.names().unwrap().contains(&"0.exp_avg"));
        let error = adam.entry("epoch").unwrap_err();
        assert!(matches!(error, Error::ChooseEntry { .. }), "{error}");
    }
}

#[test]
fn the_state_dict_is_found_or_asked_for() {
    let nested = Checkpoint::open(fixture("nested.zip.pt")).unwrap();
    assert_eq!(nested.chosen(), Some("deep"));
    assert_eq!(nested.names().unwrap(), ["head.0", "head.1", "trunk.a"]);
    assert_eq!(nested.tensor("head.1").unwrap().double_value(&[0]), 2.0);

    let ambiguous = Checkpoint::open(fixture("ambiguous.zip.pt")).unwrap();
    assert_eq!(ambiguous.chosen(), None);
    assert_eq!(ambiguous.entries(), ["left", "right"]);
    let message = ambiguous.read().unwrap_err().to_string();
    for part in [
        "ambiguous.zip.pt",
        "left",
        "right",
        "LoadOptions::new().entry",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let message = ambiguous.names().unwrap_err().to_string();
    assert!(message.contains("no single state dict"), "{message}");
    let right = ambiguous.entry("right").unwrap();
    assert_eq!(right.names().unwrap(), ["b"]);
    let error = right.tensor("a").unwrap_err().to_string();
    assert!(
        error.contains("\"a\"") && error.contains("names()"),
        "{error}"
    );

    let cycle = Checkpoint::open(fixture("cycle.zip.pt")).unwrap();
    assert_eq!(cycle.names().unwrap(), ["a"]);
    assert!(matches!(
        cycle.entry("").unwrap_err(),
        Error::CheckpointLimit { .. }
    ));
}

#[test]
fn types_that_are_not_read_are_named_and_the_others_read() {
    for (file, found) in [
        ("float8.zip.pt", "float8_e4m3fn"),
        ("float8.legacy.pt", "float8_e4m3fn"),
        ("complex.zip.pt", "complex64"),
        ("complex.legacy.pt", "complex64"),
        ("sparse.zip.pt", "sparse"),
        ("quantized.zip.pt", "quantized"),
    ] {
        let checkpoint = Checkpoint::open(fixture(file)).unwrap();
        let error = checkpoint.read().unwrap_err();
        assert!(matches!(error, Error::UnsupportedType { .. }), "{error}");
        let message = error.to_string();
        assert!(
            message.contains("\"odd\"") && message.contains(found),
            "{message}"
        );
        if checkpoint.names().unwrap().contains(&"fine") {
            let fine = checkpoint.tensor("fine").unwrap();
            assert!(fine.equal(&Tensor::from_slice(&[0f32, 1.0])), "{file}");
        }
    }
}

#[test]
fn what_only_python_can_read_is_told_apart() {
    for (file, parts) in [
        (
            "global.zip.pt",
            &[
                "collections.deque",
                "nothing was executed",
                "weights_only=True",
                "v.contiguous()",
            ][..],
        ),
        ("global.legacy.pt", &["collections.deque", "save_file({k: "]),
        (
            "module.zip.pt",
            &[
                "whole pickled module",
                "torch.nn.modules.linear.Linear",
                "model.state_dict()",
            ],
        ),
        (
            "module.legacy.pt",
            &[
                "whole pickled module",
                "model.state_dict()",
                "nothing was executed",
            ],
        ),
        ("script.zip.pt", &["TorchScript", "torch.jit.load"]),
        ("big_endian.zip.pt", &["\"big\"", "little"]),
    ] {
        let message = Checkpoint::open(fixture(file)).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
    let global = Checkpoint::open(fixture("global.zip.pt")).unwrap_err();
    assert!(
        matches!(global, Error::ForbiddenGlobal { global, .. } if global == "collections.deque")
    );
    let module = Checkpoint::open(fixture("module.legacy.pt")).unwrap_err();
    assert!(matches!(module, Error::PickledModule { .. }), "{module}");
}

/// Checkpoints of a folder named by `TRANSFER_CHECKPOINTS`, each beside the same as safetensors: `a.th`, `a.th.safetensors`.
#[test]
fn public_checkpoints_are_read_where_there_are_any() {
    let Some(folder) = std::env::var_os("TRANSFER_CHECKPOINTS") else {
        eprintln!("skipped: TRANSFER_CHECKPOINTS names no folder");
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let beside = PathBuf::from(format!("{}.safetensors", path.display()));
        if beside.exists() {
            let file = path.display().to_string();
            assert_equal(&read(&path).unwrap(), &read(&beside).unwrap(), &file);
        }
    }
}
