//! Files made to do harm: each is a typed error (or tensors), never a panic, and costs no more than its size.

mod craft;

use std::io::Write;
use std::path::PathBuf;

use craft::{Record, archive, dict_of, long, pickle, stored, tensor, text, zip};
use transfer::Error;
use transfer::checkpoint::{Checkpoint, StateDict};

fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints");
    std::fs::read(folder.join(name)).unwrap()
}

fn read(bytes: &[u8]) -> Result<StateDict, Error> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let checkpoint = Checkpoint::open(file.path())?;
    for entry in checkpoint.entries() {
        assert!(entry.len() < 1 << 20);
    }
    checkpoint.read()
}

fn message(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn the_crafted_files_are_sound_but_for_what_is_crafted() {
    let good = dict_of(&tensor(b"K\x04", b"K\0", b"K\x04", b"K\x01"));
    assert_eq!(read(&archive(&good)).unwrap()["w"].size(), [4]);
    let records = [
        stored("a/data.pkl", &pickle(&good)),
        stored("a/data/0", &[0; 16]),
    ];
    assert_eq!(read(&zip(&records, true)).unwrap()["w"].size(), [4]);
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    for name in [
        "kinds.p2.legacy.pt",
        "global.zip.pt",
        "kinds.deflated.zip.pt",
        "nested.zip.pt",
    ] {
        let whole = fixture(name);
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{name} cut to {length}");
        }
    }
}

#[test]
fn a_bit_flipped_anywhere_never_panics() {
    for name in [
        "module.legacy.pt",
        "views.legacy.pt",
        "nested.zip.pt",
        "kinds.deflated.zip.pt",
        "net.safetensors",
    ] {
        let mut bytes = fixture(name);
        for at in 0..bytes.len() {
            let bit = 1 << (at % 8);
            bytes[at] ^= bit;
            let _ = read(&bytes);
            bytes[at] ^= bit;
        }
    }
}

#[test]
fn a_tensor_outside_its_storage_is_refused_before_anything_is_allocated() {
    let huge = long(1 << 62);
    let minus = b"J\xff\xff\xff\xff";
    for (what, bad) in [
        ("numel", tensor(&huge, b"K\0", b"K\x04", b"K\x01")),
        (
            "numel of the record",
            tensor(b"K\x05", b"K\0", b"K\x04", b"K\x01"),
        ),
        ("size", tensor(b"K\x04", b"K\0", b"K\x05", b"K\x01")),
        ("huge size", tensor(b"K\x04", b"K\0", &huge, b"K\0")),
        ("offset", tensor(b"K\x04", b"K\x01", b"K\x04", b"K\x01")),
        ("huge offset", tensor(b"K\x04", &huge, b"K\x04", b"K\x01")),
        ("stride", tensor(b"K\x04", b"K\0", b"K\x03", b"K\x02")),
        ("huge stride", tensor(b"K\x04", b"K\0", b"K\x03", &huge)),
        (
            "negative stride",
            tensor(b"K\x04", b"K\x03", b"K\x02", minus),
        ),
        ("negative size", tensor(b"K\x04", b"K\0", minus, b"K\x01")),
        ("negative numel", tensor(minus, b"K\0", b"K\x01", b"K\x01")),
    ] {
        let error = read(&archive(&dict_of(&bad))).unwrap_err();
        assert!(
            matches!(error, Error::DamagedCheckpoint { .. }),
            "{what}: {error}"
        );
    }
    // A step of 0 takes one number, whatever the size.
    let broad = tensor(b"K\x04", b"K\x03", b"J\0\0\0\x40", b"K\0");
    assert_eq!(
        read(&archive(&dict_of(&broad))).unwrap()["w"].size(),
        [1 << 30]
    );
}

#[test]
fn pickles_that_lie_about_lengths_or_nest_without_end() {
    for (what, body) in [
        ("BINUNICODE of 4 GB", b"X\xff\xff\xff\xffabc".to_vec()),
        (
            "BINUNICODE8",
            b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec(),
        ),
        ("LONG4", b"\x8b\xff\xff\xff\x7f\x01".to_vec()),
        ("negative LONG4", b"\x8b\xff\xff\xff\xff\x01".to_vec()),
        ("marks", vec![b'('; 1_000_000]),
        ("a stack of lists", vec![b']'; 5_000_000]),
        ("empty stack", b"s".to_vec()),
        ("no memo", b"h\x07".to_vec()),
        ("no mark", b"t".to_vec()),
        ("a list is called", b"])R".to_vec()),
        ("a bare number", b"K\x01".to_vec()),
        ("unknown instruction", b"}i".to_vec()),
    ] {
        assert!(read(&archive(&body)).is_err(), "{what}");
    }
    // 10⁶ lists in each other are parsed, and hold nothing.
    let nested = [&vec![b']'; 1_000_000][..], &vec![b'a'; 999_999]].concat();
    assert!(read(&archive(&nested)).unwrap().is_empty());
    // A list and a dict that contain themselves.
    assert!(read(&archive(b"]q\0h\0a")).unwrap().is_empty());
    let cycle = [&b"}q\0"[..], &text("self"), b"h\0s"].concat();
    assert!(read(&archive(&cycle)).unwrap().is_empty());
}

#[test]
fn shared_dicts_that_make_exponentially_many_names_are_refused() {
    // d0 = {"w": tensor}; d1 = {"a": d0, "b": d0}; … 2³⁰ names.
    let weight = tensor(b"K\x04", b"K\0", b"K\x04", b"K\x01");
    let mut body = [&dict_of(&weight)[..], b"q\0"].concat();
    for level in 0..30u8 {
        body.extend(b"}q");
        body.extend([level + 1]);
        for key in ["a", "b"] {
            body.extend(text(key));
            body.extend([b'h', level, b's']);
        }
    }
    let error = read(&archive(&body)).unwrap_err();
    let refused = matches!(
        error,
        Error::CheckpointLimit { .. } | Error::ChooseEntry { .. }
    );
    assert!(refused, "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    std::fs::write(&path, archive(&body)).unwrap();
    let error = Checkpoint::open(&path)
        .and_then(|file| file.entry(""))
        .unwrap_err();
    assert!(matches!(error, Error::CheckpointLimit { .. }), "{error}");
}

#[test]
fn names_are_unique() {
    let weight = tensor(b"K\x04", b"K\0", b"K\x04", b"K\x01");
    let twice = [
        &b"}"[..],
        &text("w"),
        &weight,
        b"s",
        &text("w"),
        &weight,
        b"s",
    ]
    .concat();
    assert!(message(&archive(&twice)).contains("two of its tensors are named \"w\""));
    let good = dict_of(&weight);
    let data = pickle(&good);
    let records = [
        stored("a/data.pkl", &data),
        stored("a/data/0", &[0; 16]),
        stored("a/data/0", &[1; 16]),
    ];
    assert!(message(&zip(&records, false)).contains("two of its zip records"));
}

#[test]
fn zip_bombs_are_refused() {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..256 {
        packer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let packed = packer.finish().unwrap();
    let bomb = |size| Record {
        name: "a/data/0",
        method: 8,
        bytes: packed.clone(),
        size,
    };
    let good = pickle(&dict_of(&tensor(
        &long(1 << 26),
        b"K\0",
        b"K\x04",
        b"K\x01",
    )));
    let error = read(&zip(&[stored("a/data.pkl", &good), bomb(256 << 20)], false)).unwrap_err();
    assert!(matches!(error, Error::CheckpointLimit { .. }), "{error}");
    // What lies about its size is read no further than it says.
    let small = pickle(&dict_of(&tensor(b"K\x04", b"K\0", b"K\x04", b"K\x01")));
    let file = zip(&[stored("a/data.pkl", &small), bomb(16)], false);
    assert_eq!(read(&file).unwrap()["w"].size(), [4]);

    // Two entries of the directory for the same bytes.
    let two = zip(
        &[stored("a/data.pkl", &small), stored("a/data/0", &[0; 16])],
        false,
    );
    let second = two
        .windows(4)
        .rposition(|part| part == b"PK\x01\x02")
        .unwrap();
    let mut file = two.clone();
    file[second + 42..second + 46].copy_from_slice(&0u32.to_le_bytes());
    assert!(message(&file).contains("overlaps"));
    let mut file = two;
    file[second + 10] = 12;
    assert!(message(&file).contains("only deflate"));
    file[second + 8] = 1;
    assert!(message(&file).contains("encrypted"));
}

#[test]
fn what_is_no_weights_file_says_what_it_is() {
    let tar = [&[b'a'; 257][..], b"ustar\0", &[0; 300]].concat();
    for (bytes, expected) in [
        (&b""[..], "an empty file"),
        (b"<!DOCTYPE html><title>404</title>", "an HTML page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
            "git lfs pull",
        ),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\0", "gzip"),
        (&tar, "tar"),
        (
            b"\x80\x04\x95aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "`torch.save` did not write",
        ),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(matches!(error, Error::NotACheckpoint { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let npz = zip(&[stored("arr_0.npy", b"\x93NUMPY")], false);
    assert!(message(&npz).contains(".npz"));
    let other = zip(&[stored("docs/readme.md", b"hello")], false);
    assert!(message(&other).contains("docs/readme.md"));
    let directory = tempfile::tempdir().unwrap();
    let error = Checkpoint::open(directory.path()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn a_big_endian_legacy_file_is_refused() {
    let mut file = fixture("kinds.p2.legacy.pt");
    let at = file
        .windows(13)
        .position(|part| part == b"little_endian")
        .unwrap();
    let flag = at
        + 13
        + file[at + 13..]
            .iter()
            .position(|&byte| byte == 0x88)
            .unwrap();
    file[flag] = 0x89;
    assert!(message(&file).contains("big-endian"));
}

#[test]
fn a_legacy_storage_that_disagrees_with_its_description_is_refused() {
    let file = fixture("module.legacy.pt");
    assert!(matches!(read(&file), Err(Error::PickledModule { .. })));
    let mut file = fixture("views.legacy.pt");
    // The lengths of the storages are the last i64s before their numbers: 24 numbers 0, 1, 2, …
    let numbers: Vec<u8> = (0..24).flat_map(|x| (x as f32).to_le_bytes()).collect();
    let at = file
        .windows(numbers.len())
        .position(|part| part == numbers)
        .unwrap();
    file[at - 1] = 0x40;
    assert!(message(&file).contains("should have 24 numbers"));
}
