//! Servers that redirect, refuse, are silent or lie, and a disk that is full.

use std::time::Duration;

use transfer::Error;

use crate::downloads::{SIZE, folder};
use crate::server::{Answer, Server};
use crate::{bytes, entry, hub, impatient, names, says};

#[test]
fn a_redirect_is_followed_and_a_circle_is_not() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| match request.path.as_str() {
        "/old/net.pth" => Answer::status(302).header("Location", "/new/place"),
        "/new/place" => Answer::file(&sent, "\"a\"", request),
        circle => Answer::status(302).header("Location", circle),
    });
    let weights = entry(format!("{}/old/net.pth", server.address), &body);
    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
    assert_eq!(server.requests().len(), 2);

    let weights = entry(format!("{}/circle.pth", server.address), &body);
    let hub = hub(cache.path()).retries(3, Duration::from_millis(1));
    says(
        &hub.fetch(&weights).unwrap_err(),
        &["redirect", "circle.pth"],
    );
    assert!(server.requests().len() < 12, "{}", server.requests().len());
}

#[test]
fn a_silent_server_is_left_and_the_part_stays() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| {
        let answer = Answer::file(&sent, "\"a\"", request);
        if request.number == 0 {
            Answer {
                stall: true,
                ..answer.cut(100_000)
            }
        } else {
            answer
        }
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    says(
        &impatient(cache.path()).fetch(&weights).unwrap_err(),
        &["timeout", "kept"],
    );
    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
    assert_eq!(server.requests()[1].range.as_deref(), Some("bytes=100000-"));
}

#[test]
fn a_server_that_never_answers_is_left() {
    let (body, cache) = (bytes(SIZE), folder());
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let weights = entry(format!("http://{address}/net.pth"), &body);
    says(
        &impatient(cache.path()).fetch(&weights).unwrap_err(),
        &["timeout", "net.pth"],
    );
}

#[test]
fn refusals_are_final_and_a_busy_server_is_asked_again() {
    for (status, requests) in [(404, 1), (403, 1), (500, 3), (503, 3), (429, 3)] {
        let (body, cache) = (bytes(1000), folder());
        let server = Server::start(move |_| Answer::status(status));
        let weights = entry(format!("{}/net.pth", server.address), &body);
        let hub = hub(cache.path()).retries(2, Duration::from_millis(1));
        let error = hub.fetch(&weights).unwrap_err();
        says(&error, &[&status.to_string(), weights.url, "by hand"]);
        assert_eq!(server.requests().len(), requests, "{status}");
        assert!(names(&cache.path().join("weights")).is_empty());
    }
    let (body, cache) = (bytes(1000), folder());
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => Answer::status(503),
        _ => Answer::file(&sent, "\"a\"", request),
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let hub = hub(cache.path()).retries(1, Duration::from_millis(1));
    assert_eq!(std::fs::read(hub.fetch(&weights).unwrap()).unwrap(), body);
}

#[test]
fn a_length_that_is_wrong_is_noticed() {
    let (body, cache) = (bytes(1000), folder());
    let sent = body.clone();
    // More is promised than comes.
    let server = Server::start(move |_| Answer::ok(&sent).header("Content-Length", "1001"));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    hub(cache.path()).fetch(&weights).unwrap_err();
    assert!(!hub(cache.path()).path_of(&weights).exists());
    // Far more is promised than the file can have: nothing of it is taken.
    let server = Server::start(|_| Answer::ok(b"").header("Content-Length", "9000000"));
    let weights = entry(format!("{}/big.pth", server.address), &body);
    says(
        &hub(cache.path()).fetch(&weights).unwrap_err(),
        &["9000000", "at most"],
    );
    assert!(!cache.path().join("weights/big.pth.part").exists());
}

#[test]
fn a_body_without_length_is_taken_and_an_endless_one_is_not() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| Answer {
        no_length: true,
        ..Answer::ok(if request.path == "/net.pth" {
            &sent
        } else {
            &[0; 3_000_000]
        })
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
    let weights = entry(format!("{}/endless.pth", server.address), &body);
    says(
        &hub(cache.path()).fetch(&weights).unwrap_err(),
        &["at most"],
    );
    assert_eq!(names(&cache.path().join("weights")), ["net.pth"]);
}

#[test]
fn without_a_network_the_message_says_what_to_do() {
    let (body, cache) = (bytes(1000), folder());
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let weights = entry(format!("http://127.0.0.1:{port}/net.pth"), &body);
    let hub = hub(cache.path()).retries(3, Duration::from_secs(60));
    let place = hub.path_of(&weights).display().to_string();
    let error = hub.fetch(&weights).unwrap_err();
    assert!(matches!(error, Error::NotFetched { .. }));
    says(
        &error,
        &[
            "refused",
            weights.url,
            &place,
            "by hand",
            "TRANSFER_CACHE",
            "TRANSFER_OFFLINE",
        ],
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    std::fs::create_dir(cache.path().join("weights")).unwrap();
    let part = cache.path().join("weights/net.pth.part");
    std::os::unix::fs::symlink("/dev/full", part).unwrap();
    let error = hub(cache.path()).fetch(&weights).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    says(&error, &["disk is full", "net.pth.part", "0.3 MB"]);
}
