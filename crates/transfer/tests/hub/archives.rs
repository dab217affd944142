//! Data sets: archives become folders, and hostile archives become nothing.

use std::io::Write;
use std::path::Path;

use transfer::hub::{DatasetEntry, DatasetFile};
use transfer::{Error, Result};

use crate::server::{Answer, Server};
use crate::{hub, leaked, names, says, sha256};

/// A `.tar.gz` of entries as they are: name, type, content or link target. Names are not checked.
fn tar(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(gz);
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        let link = kind.is_symlink() || kind.is_hard_link();
        if link {
            header.as_old_mut().linkname[..content.len()].copy_from_slice(content);
        }
        let content = if link { &[] } else { *content };
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        if let Some(link) = name.strip_suffix('@') {
            let target = std::str::from_utf8(content).unwrap();
            writer.add_symlink(link, target, options).unwrap();
        } else {
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A data set of one archive, which may hold `most` bytes in its folder `data`.
fn set(url: String, archive: &[u8], most: u64) -> DatasetEntry {
    let url = leaked(url);
    let file = DatasetFile {
        url,
        file_name: url.rsplit('/').next().unwrap(),
        sha256: leaked(sha256(archive)),
        bytes: archive.len() as u64,
        unpack: Some(("data", most)),
    };
    DatasetEntry {
        name: "tiny",
        files: Box::leak(Box::new([file])),
        licence: "none",
        homepage: "none",
    }
}

/// Fetches an archive of this name and unpacks it.
fn unpack(cache: &Path, name: &str, archive: Vec<u8>, most: u64) -> Result<std::path::PathBuf> {
    let sent = archive.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let entry = set(format!("{}/{name}", server.address), &archive, most);
    hub(cache).dataset(&entry)
}

const FILE: tar::EntryType = tar::EntryType::Regular;

#[test]
fn archives_become_folders() {
    let tarred = tar(&[
        ("data", tar::EntryType::Directory, b""),
        ("data/ants/1.txt", FILE, b"ant"),
        ("./data/bees/2.txt", FILE, b"bee"),
    ]);
    let zipped = zip(&[("data/ants/1.txt", b"ant"), ("data/bees/2.txt", b"bee")]);
    for (name, archive) in [
        ("a.tar.gz", &tarred),
        ("a.tgz", &tarred),
        ("a.zip", &zipped),
    ] {
        let cache = tempfile::tempdir().unwrap();
        let sent = archive.clone();
        let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
        let entry = set(format!("{}/{name}", server.address), archive, 6);
        let folder = hub(cache.path()).dataset(&entry).unwrap();
        assert_eq!(folder, cache.path().join("datasets/tiny/data"));
        assert_eq!(std::fs::read(folder.join("ants/1.txt")).unwrap(), b"ant");
        assert_eq!(std::fs::read(folder.join("bees/2.txt")).unwrap(), b"bee");
        let own = cache.path().join("datasets/tiny");
        assert_eq!(names(&own), [name, "data"]);
        // The archive may be thrown away then, and no network is needed.
        std::fs::remove_file(own.join(name)).unwrap();
        assert_eq!(hub(cache.path()).dataset(&entry).unwrap(), folder);
        assert_eq!(server.requests().len(), 1);
    }
}

/// Asserts that an archive is refused for a reason, and that nothing of it is left but itself.
#[track_caller]
fn refused(name: &str, archive: Vec<u8>, most: u64, reason: &str) {
    let around = tempfile::tempdir().unwrap();
    let cache = around.path().join("deep/cache");
    let error = unpack(&cache, name, archive, most).unwrap_err();
    assert!(
        matches!(error, Error::Archive { .. } | Error::Io { .. }),
        "{error}"
    );
    says(&error, &[reason]);
    assert_eq!(names(&cache.join("datasets/tiny")), [name]);
    let hidden = std::fs::read_dir(cache.join("datasets/tiny")).unwrap();
    let unpacked =
        |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().contains("unpack");
    assert!(!hidden.flatten().any(unpacked));
    assert_eq!(names(around.path()), ["deep"]);
    assert_eq!(names(&around.path().join("deep")), ["cache"]);
    assert_eq!(names(&cache), ["datasets"]);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let absolute = std::env::temp_dir().join("transfer-hub-escape");
    let absolute = absolute.to_str().unwrap();
    for name in [
        "../out",
        "../../../../out",
        "data/../../out",
        absolute,
        "data\\..\\out",
        "c:out",
    ] {
        refused(
            "a.tar.gz",
            tar(&[("data/1", FILE, b"1"), (name, FILE, b"2")]),
            9,
            "leads out",
        );
        refused(
            "a.zip",
            zip(&[("data/1", b"1"), (name, b"2")]),
            9,
            "leads out",
        );
    }
    assert!(!Path::new(absolute).exists());
}

#[test]
fn links_and_devices_are_refused() {
    use tar::EntryType::{Block, Char, Fifo, Link, Symlink};
    for kind in [Symlink, Link] {
        for target in ["/etc", "..", "1"] {
            let linked = [
                ("data/1", FILE, &b"1"[..]),
                ("data/l", kind, target.as_bytes()),
            ];
            refused("a.tar.gz", tar(&linked), 9, "neither a file nor a folder");
        }
    }
    for kind in [Block, Char, Fifo] {
        refused(
            "a.tgz",
            tar(&[("data/d", kind, b"")]),
            9,
            "neither a file nor a folder",
        );
    }
    refused("a.zip", zip(&[("data/l@", b"/etc")]), 9, "link");
}

#[test]
fn more_than_was_declared_is_refused() {
    let bomb = vec![0; 1 << 22];
    refused(
        "a.tar.gz",
        tar(&[("data/1", FILE, b"1"), ("data/2", FILE, &bomb)]),
        1000,
        "1000 bytes",
    );
    refused(
        "a.zip",
        zip(&[("data/1", b"1"), ("data/2", &bomb)]),
        1000,
        "1000 bytes",
    );
    // The bound is for all files together.
    let two = tar(&[
        ("data/1", FILE, &bomb[..600]),
        ("data/2", FILE, &bomb[..600]),
    ]);
    refused("a.tar.gz", two, 1000, "1000 bytes");
}

#[test]
fn damaged_and_unexpected_archives_are_refused() {
    let mut short = tar(&[("data/1", FILE, &crate::bytes(9000))]);
    short.truncate(short.len() / 2);
    refused("a.tar.gz", short, 9000, "damaged");
    refused("a.zip", b"<html>not found</html>".to_vec(), 9, "damaged");
    refused("a.rar", b"Rar!".to_vec(), 9, ".tar.gz or .tgz");
    refused("a.zip", zip(&[("other/1", b"1")]), 9, "\"data\"");
    refused(
        "a.tar.gz",
        tar(&[("data/1", FILE, b"1"), ("data/1", FILE, b"2")]),
        9,
        "data/1",
    );
}

#[test]
fn plain_files_stay_as_they_are_and_must_have_their_size() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|request| Answer::file(b"gz bytes", "\"a\"", request));
    let mut entry = set(format!("{}/train.gz", server.address), b"gz bytes", 0);
    let mut file = entry.files[0];
    file.unpack = None;
    entry.files = Box::leak(Box::new([file]));
    let folder = hub(cache.path()).dataset(&entry).unwrap();
    assert_eq!(folder, cache.path().join("datasets/tiny"));
    assert_eq!(std::fs::read(folder.join("train.gz")).unwrap(), b"gz bytes");
    hub(cache.path()).dataset(&entry).unwrap();
    assert_eq!(server.requests().len(), 1);

    file.bytes = 9;
    entry.files = Box::leak(Box::new([file]));
    let other = tempfile::tempdir().unwrap();
    let error = hub(other.path()).dataset(&entry).unwrap_err();
    says(&error, &["8 bytes", "9 bytes are expected"]);
}
