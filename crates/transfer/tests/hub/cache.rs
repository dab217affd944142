//! Files that are there already: fetched before, put there by hand, or PyTorch's.

use transfer::Error;
use transfer::hub::{Hub, WeightsEntry};

use crate::server::{Answer, Server};
use crate::{bytes, entry, hub, names, says, sha256};

/// A cache with a file put into it by hand, for an entry that no server has.
fn by_hand(content: &[u8], expected: &[u8]) -> (tempfile::TempDir, Hub, WeightsEntry) {
    let cache = tempfile::tempdir().unwrap();
    let weights = entry("http://127.0.0.1:9/net.pth".to_owned(), expected);
    let hub = hub(cache.path()).offline(true);
    std::fs::create_dir(cache.path().join("weights")).unwrap();
    std::fs::write(hub.path_of(&weights), content).unwrap();
    (cache, hub, weights)
}

#[test]
fn offline_no_socket_is_opened() {
    let (body, cache) = (bytes(1000), tempfile::tempdir().unwrap());
    let server = Server::start(|_| Answer::status(404));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let hub = hub(cache.path()).offline(true);
    let error = hub.fetch(&weights).unwrap_err();
    let place = hub.path_of(&weights).display().to_string();
    says(
        &error,
        &["forbidden", "TRANSFER_OFFLINE", weights.url, &place],
    );
    assert!(server.requests().is_empty());
    assert_eq!(names(cache.path()), [""; 0]);
}

#[test]
fn a_file_put_there_by_hand_is_used() {
    let body = bytes(1000);
    let (_cache, hub, weights) = by_hand(&body, &body);
    assert_eq!(hub.fetch(&weights).unwrap(), hub.path_of(&weights));
}

#[test]
fn a_wrong_file_put_there_by_hand_is_refused_and_left() {
    let (body, wrong) = (bytes(1000), bytes(999));
    let (_cache, hub, weights) = by_hand(&wrong, &body);
    for hub in [hub.clone(), hub.offline(false)] {
        let error = hub.fetch(&weights).unwrap_err();
        assert!(matches!(error, Error::WrongHash { .. }), "{error}");
        let place = hub.path_of(&weights).display().to_string();
        says(
            &error,
            &[
                &place,
                weights.sha256_prefix,
                &sha256(&wrong),
                "left as it is",
                "Remove it",
            ],
        );
        assert_eq!(std::fs::read(hub.path_of(&weights)).unwrap(), wrong);
    }
}

#[test]
fn a_stamp_saves_the_hash_and_never_vouches_for_a_changed_file() {
    let body = bytes(1000);
    let (cache, hub, weights) = by_hand(&body, &body);
    let path = hub.fetch(&weights).unwrap();
    let stamp = cache.path().join("weights/.net.pth.verified");
    let stamped = std::fs::read_to_string(&stamp).unwrap();
    assert!(stamped.contains(&sha256(&body)), "{stamped}");

    // The stamp is what answers: with another hash in it, the same file is another one.
    let other = sha256(b"other");
    std::fs::write(&stamp, stamped.replace(&sha256(&body), &other)).unwrap();
    let mut fooled = weights;
    fooled.sha256_prefix = crate::leaked(other);
    hub.fetch(&fooled).unwrap();
    std::fs::write(&stamp, &stamped).unwrap();
    hub.fetch(&weights).unwrap();

    // Another content of the same size and time.
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let mut changed = body.clone();
    changed[0] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    if cfg!(unix) {
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
    }
    assert!(matches!(hub.fetch(&weights), Err(Error::WrongHash { .. })));
    // The stamp of another file with the same name does not do either.
    std::fs::write(&stamp, stamped.replace("weights", "elsewhere")).unwrap();
    assert!(matches!(hub.fetch(&weights), Err(Error::WrongHash { .. })));
}

#[test]
fn a_file_in_pytorch_s_cache_is_used_where_it_lies() {
    let (body, cache) = (bytes(1000), tempfile::tempdir().unwrap());
    let torch = tempfile::tempdir().unwrap();
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let theirs = torch.path().join("net.pth");
    let hub = hub(cache.path()).torch_checkpoints(torch.path());
    std::fs::write(&theirs, &body).unwrap();
    assert_eq!(hub.fetch(&weights).unwrap(), theirs);
    assert!(server.requests().is_empty());
    assert_eq!(std::fs::read_dir(torch.path()).unwrap().count(), 1);
    assert!(cache.path().join("weights/.net.pth.verified").is_file());
    // A file of that name which is another one is left there, and the right one is fetched.
    std::fs::write(&theirs, b"other").unwrap();
    assert_eq!(hub.fetch(&weights).unwrap(), hub.path_of(&weights));
    assert_eq!(std::fs::read(&theirs).unwrap(), b"other");
}

#[test]
fn a_mirror_is_a_cache_behind_a_server() {
    let (body, cache) = (bytes(1000), tempfile::tempdir().unwrap());
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry("http://127.0.0.1:9/far/net.pth".to_owned(), &body);
    let hub = hub(cache.path()).mirror(format!("{}/our/", server.address));
    hub.fetch(&weights).unwrap();
    assert_eq!(server.requests()[0].path, "/our/weights/net.pth");
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let (body, cache) = (bytes(1000), tempfile::tempdir().unwrap());
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    std::fs::write(cache.path().join("weights"), b"a file in the way").unwrap();
    let error = hub(cache.path()).fetch(&weights).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    says(&error, &["weights"]);
    assert!(server.requests().is_empty());
}

#[test]
#[cfg(unix)]
fn a_read_only_cache_is_named_and_what_is_in_it_is_used() {
    use std::os::unix::fs::PermissionsExt;
    let body = bytes(1000);
    let (cache, hub, weights) = by_hand(&body, &body);
    let folder = cache.path().join("weights");
    let allow = |mode| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o555);
    assert_eq!(hub.fetch(&weights).unwrap(), hub.path_of(&weights));
    if std::fs::write(folder.join("root"), b"").is_ok() {
        println!("skipped: whoever runs the tests may write anywhere");
    } else {
        let other = entry("http://127.0.0.1:9/other.pth".to_owned(), &body);
        let error = hub.clone().offline(false).fetch(&other).unwrap_err();
        says(&error, &["cannot write", "weights"]);
    }
    allow(0o755);
}

#[test]
fn a_name_that_is_a_path_is_refused() {
    let cache = tempfile::tempdir().unwrap();
    for name in ["../net.pth", "/net.pth", "a/b", "", "..", "a\\b"] {
        let mut weights = entry("http://127.0.0.1:9/net.pth".to_owned(), b"");
        weights.file_name = name;
        let error = hub(cache.path()).fetch(&weights).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{name}: {error}");
    }
    assert_eq!(names(cache.path()), [""; 0]);
}
