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

/// A file with one tensor of 4 values, its header padded to `header` bytes.
fn file_with(header: usize, dtype: &str, bytes: usize) -> Vec<u8> {
    let json = format!(r#"{{"a":{{"dtype":"{dtype}","shape":[4],"data_offsets":[0,{bytes}]}}}}"#);
    let json = format!("{json:<header$}");
    let length = (json.len() as u64).to_le_bytes();
    [&length[..], json.as_bytes(), &vec![0; bytes]].concat()
}

#[test]
fn a_header_length_that_begins_like_a_pickle_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    for header in [640, 896, 1152, 1408] {
        let file = file_with(header, "F32", 16);
        assert!(file[0] == 0x80 && (2..=5).contains(&file[1]));
        std::fs::write(&path, file).unwrap();
        assert_eq!(read(&path).unwrap()["a"].size(), [4], "{header}");
    }
}

#[test]
fn a_name_that_safetensors_keeps_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    let tensors = BTreeMap::from([("__metadata__".to_owned(), Tensor::from(1f32))]);
    assert!(matches!(
        write(&path, &tensors),
        Err(Error::Argument { .. })
    ));
    assert!(!path.exists());
}

#[test]
fn a_type_that_is_not_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    std::fs::write(&path, file_with(64, "F8_E4M3", 4)).unwrap();
    let error = read(&path).unwrap_err();
    assert!(matches!(error, Error::UnsupportedType { .. }), "{error}");
    let message = error.to_string();
    for part in ["w.safetensors", "\"a\"", "float8_e4m3fn", "float()"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(!message.contains("damaged"), "{message}");
}

#[cfg(unix)]
#[test]
fn who_may_read_a_saved_file_is_decided_as_for_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
    write(&ours, &BTreeMap::new()).unwrap();
    std::fs::write(&plain, b"").unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ours), mode(&plain));
}
