//! Weights files: what is written is what is read, and what is no weights file says so.

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor};
use transfer::Error;
use transfer::checkpoint::{read, write};

#[test]
fn every_kind_makes_the_round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("round.trip");
    let kinds = [
        Kind::Double,
        Kind::Float,
        Kind::Half,
        Kind::BFloat16,
        Kind::Int64,
        Kind::Int,
        Kind::Int16,
        Kind::Int8,
        Kind::Uint8,
        Kind::Bool,
    ];
    let mut tensors = BTreeMap::new();
    for kind in kinds {
        let values = Tensor::arange(6, (Kind::Float, Device::Cpu))
            .view([2, 3])
            .tr()
            .to_kind(kind);
        tensors.insert(format!("{kind:?}"), values);
    }
    tensors.insert("scalar".into(), Tensor::from(3.5f32));
    tensors.insert("empty".into(), Tensor::zeros([0, 4], tch::kind::FLOAT_CPU));
    write(&path, &tensors).unwrap();
    let back = read(&path).unwrap();
    assert_eq!(back.len(), tensors.len());
    for (name, tensor) in &tensors {
        assert_eq!(
            (back[name].kind(), back[name].size()),
            (tensor.kind(), tensor.size()),
            "{name}"
        );
        assert!(back[name].equal(tensor), "{name}");
    }
    // Nothing but the file itself is left in the folder.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_cut_or_damaged_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    write(
        &path,
        &BTreeMap::from([("a".to_owned(), Tensor::ones([64], tch::kind::FLOAT_CPU))]),
    )
    .unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = read(&path).unwrap_err();
        assert!(
            matches!(
                error,
                Error::DamagedCheckpoint { .. } | Error::NotACheckpoint { .. }
            ),
            "{length}: {error}"
        );
    }
    std::fs::write(&path, b"\xff\xff\xff\xff\xff\xff\xff\xff{").unwrap();
    assert!(matches!(read(&path), Err(Error::DamagedCheckpoint { .. })));
    std::fs::write(&path, b"<!DOCTYPE html><title>404</title>").unwrap();
    assert!(read(&path).unwrap_err().to_string().contains("HTML"));
    assert!(matches!(
        read(folder.path().join("none")),
        Err(Error::Io { .. })
    ));
}

#[test]
fn a_pickle_is_recognised_and_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    for start in [
        &b"PK\x03\x04\x00\x00\x08\x08archive/data.pkl"[..],
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.",
    ] {
        std::fs::write(&path, start).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, Error::Pickle { .. }), "{error}");
        let message = error.to_string();
        for part in [
            "pickle",
            "not executed",
            "weights_only=True",
            "save_file({k: v.contiguous()",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
}
