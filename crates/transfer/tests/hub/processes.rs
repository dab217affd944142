//! Several at once, and the environment: both need processes of their own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use transfer::hub::Hub;

use crate::server::{Answer, Server};
use crate::{bytes, entry, hub, leaked};

/// What a child process does; without its variables this test does nothing.
#[test]
fn child() {
    let (Ok(url), Ok(hash)) = (
        std::env::var("HUB_TEST_URL"),
        std::env::var("HUB_TEST_HASH"),
    ) else {
        return;
    };
    let mut weights = entry(url, &bytes(100_000));
    weights.sha256_prefix = leaked(hash);
    match Hub::new().and_then(|hub| hub.fetch(&weights)) {
        Ok(path) => println!("CHILD {}", path.display()),
        Err(error) => println!("CHILD ERROR {error}"),
    }
}

fn start(url: &str, cache: &Path, variables: &[(&str, &str)]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in [
        "TORCH_HOME",
        "TRANSFER_MIRROR",
        "TRANSFER_OFFLINE",
        "SSL_CERT_FILE",
    ] {
        command.env_remove(name);
    }
    command
        .args(["--exact", "processes::child", "--nocapture"])
        .env("NO_PROXY", "127.0.0.1")
        .env("HUB_TEST_URL", url)
        .env("HUB_TEST_HASH", crate::sha256(&bytes(100_000)))
        .env("TRANSFER_CACHE", cache)
        .env("XDG_CACHE_HOME", cache.join("system"))
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the child printed, and what it showed on standard error.
fn end(child: Child) -> (String, String) {
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let at = out
        .find("CHILD ")
        .unwrap_or_else(|| panic!("{out}\n{errors}"));
    (out[at + 6..].to_owned(), errors)
}

/// A server that takes its time, so that two that begin together meet.
fn slow_server() -> Server {
    Server::start(|request| {
        std::thread::sleep(Duration::from_millis(300));
        Answer::file(&bytes(100_000), "\"a\"", request)
    })
}

#[test]
fn two_processes_fetch_once() {
    let (server, cache) = (slow_server(), tempfile::tempdir().unwrap());
    let url = format!("{}/net.pth", server.address);
    let children = [(); 3].map(|()| start(&url, cache.path(), &[]));
    for child in children {
        let (out, _) = end(child);
        assert!(out.trim_start().contains("weights/net.pth"), "{out}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn two_threads_fetch_once() {
    let (server, cache) = (slow_server(), tempfile::tempdir().unwrap());
    let weights = entry(format!("{}/net.pth", server.address), &bytes(100_000));
    let hub = hub(cache.path());
    std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(|| hub.fetch(&weights).unwrap()));
        for thread in threads {
            assert_eq!(thread.join().unwrap(), hub.path_of(&weights));
        }
    });
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_environment_is_heard() {
    let server = Server::start(|request| Answer::file(&bytes(100_000), "\"a\"", request));
    let cache = tempfile::tempdir().unwrap();
    let far = "http://127.0.0.1:9/net.pth";
    let (out, _) = end(start(far, cache.path(), &[("TRANSFER_OFFLINE", "1")]));
    assert!(out.contains("ERROR") && out.contains("forbidden"), "{out}");

    let mirror = [("TRANSFER_MIRROR", server.address.as_str())];
    let (out, shown) = end(start(far, cache.path(), &mirror));
    let place = cache.path().join("weights/net.pth");
    assert_eq!(out.lines().next().unwrap(), place.display().to_string());
    // What a hub shows of itself: to a pipe, a line with the bar.
    assert!(
        shown.contains("net.pth  ██████████  100 %  0.1 of 0.1 MB"),
        "{shown}"
    );

    let (out, shown) = end(start(far, cache.path(), &[("TRANSFER_OFFLINE", "1")]));
    assert!(
        out.contains("weights/net.pth") && !out.contains("ERROR"),
        "{out}"
    );
    assert_eq!(shown, "");

    let checkpoints = cache.path().join("torch/hub/checkpoints");
    std::fs::create_dir_all(&checkpoints).unwrap();
    std::fs::rename(place, checkpoints.join("net.pth")).unwrap();
    let torch = cache.path().join("torch");
    let (out, _) = end(start(
        far,
        cache.path(),
        &[("TORCH_HOME", torch.to_str().unwrap())],
    ));
    assert!(out.contains("torch/hub/checkpoints/net.pth"), "{out}");
}
