//! One file over the network: fetched once, cut, gone on with, checked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use transfer::Error;
use transfer::hub::{Progress, Stage};

use crate::server::{Answer, Server};
use crate::{bytes, entry, hub, names, says};

pub(crate) const SIZE: usize = 300_000;

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A server whose first answer ends after 100,000 bytes.
fn cut_once(body: &[u8]) -> Server {
    let sent = body.to_vec();
    Server::start(move |request| {
        let answer = Answer::file(&sent, "\"a\"", request);
        if request.number == 0 {
            answer.cut(100_000)
        } else {
            answer
        }
    })
}

#[test]
fn a_file_is_fetched_once() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let hub = hub(cache.path());
    let path = hub.fetch(&weights).unwrap();
    assert_eq!(path, hub.path_of(&weights));
    assert_eq!(path, cache.path().join("weights/net.pth"));
    assert_eq!(std::fs::read(&path).unwrap(), body);
    assert_eq!(names(&cache.path().join("weights")), ["net.pth"]);
    assert_eq!(hub.fetch(&weights).unwrap(), path);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(server.requests()[0].range, None);
}

#[test]
fn a_cut_download_goes_on_where_it_was_cut() {
    let (body, cache) = (bytes(SIZE), folder());
    let server = cut_once(&body);
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let error = hub(cache.path()).fetch(&weights).unwrap_err();
    says(
        &error,
        &[
            "net.pth",
            "kept",
            "goes on from there",
            "TRANSFER_CACHE",
            "TRANSFER_OFFLINE",
        ],
    );
    assert_eq!(
        names(&cache.path().join("weights")),
        ["net.pth.part", "net.pth.part.from"]
    );

    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
    let second = &server.requests()[1];
    assert_eq!(second.range.as_deref(), Some("bytes=100000-"));
    assert_eq!(second.if_range.as_deref(), Some("\"a\""));
    assert_eq!(names(&cache.path().join("weights")), ["net.pth"]);
}

#[test]
fn a_cut_download_is_tried_again_by_itself() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| {
        let answer = Answer::file(&sent, "\"a\"", request);
        match request.number {
            0 | 1 => answer.cut(100_000),
            _ => answer,
        }
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let hub = hub(cache.path()).retries(2, Duration::from_millis(1));
    assert_eq!(std::fs::read(hub.fetch(&weights).unwrap()).unwrap(), body);
    let ranges: Vec<_> = server.requests().into_iter().map(|r| r.range).collect();
    let from = |at: usize| Some(format!("bytes={at}-"));
    assert_eq!(ranges, [None, from(100_000), from(200_000)]);
}

/// What the second request of a download that was cut gets, and whether a third one for the whole file must follow.
fn after_a_cut(second: impl Fn(&[u8]) -> Answer + Send + Sync + 'static, third: bool) {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => Answer::ok(&bytes(SIZE + 7))
            .header("ETag", "\"old\"")
            .cut(100_000),
        1 => second(&sent),
        _ => Answer::file(&sent, "\"new\"", request),
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    hub(cache.path()).fetch(&weights).unwrap_err();
    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
    let requests = server.requests();
    assert!(requests[1].range.is_some());
    assert_eq!(requests.len(), if third { 3 } else { 2 });
    assert!(requests.get(2).is_none_or(|third| third.range.is_none()));
}

#[test]
fn a_server_without_ranges_sends_all_anew() {
    after_a_cut(Answer::ok, false);
}

#[test]
fn another_version_of_the_file_begins_anew() {
    after_a_cut(|body| Answer::ok(body).header("ETag", "\"new\""), false);
}

#[test]
fn a_range_that_is_not_there_begins_anew() {
    after_a_cut(|_| Answer::status(416), true);
}

#[test]
fn a_range_that_was_not_asked_for_begins_anew() {
    after_a_cut(
        |body| Answer {
            status: 206,
            ..Answer::ok(&body[5..]).header("Content-Range", "bytes 5-299999/300000")
        },
        true,
    );
}

#[test]
fn without_a_version_nothing_is_continued() {
    let (body, cache) = (bytes(SIZE), folder());
    let sent = body.clone();
    let server = Server::start(move |request| match request.number {
        0 => Answer::ok(&sent).cut(100_000),
        _ => Answer::ok(&sent).header("ETag", "W/\"weak\""),
    });
    let weights = entry(format!("{}/net.pth", server.address), &body);
    hub(cache.path()).fetch(&weights).unwrap_err();
    hub(cache.path()).fetch(&weights).unwrap();
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.range.is_none())
    );
}

#[test]
fn a_whole_part_is_checked_and_not_fetched_again() {
    let (body, cache) = (bytes(SIZE), folder());
    let weights = entry("http://127.0.0.1:9/net.pth".to_owned(), &body);
    let part = cache.path().join("weights/net.pth.part");
    std::fs::create_dir(cache.path().join("weights")).unwrap();
    std::fs::write(&part, &body).unwrap();
    let note = format!("{}\n\"a\"\n{SIZE}\n", weights.url);
    std::fs::write(cache.path().join("weights/net.pth.part.from"), note).unwrap();
    let path = hub(cache.path()).fetch(&weights).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), body);
}

#[test]
fn a_damaged_file_is_refused_and_removed() {
    let (body, cache) = (bytes(SIZE), folder());
    let mut sent = body.clone();
    sent[150_000] ^= 1;
    let found = crate::sha256(&sent);
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let error = hub(cache.path()).fetch(&weights).unwrap_err();
    assert!(matches!(error, Error::WrongHash { .. }), "{error}");
    says(
        &error,
        &[
            "net.pth",
            weights.sha256_prefix,
            &found,
            "removed",
            weights.url,
        ],
    );
    assert!(names(&cache.path().join("weights")).is_empty());
}

#[test]
fn eight_digits_of_the_hash_are_enough_and_fewer_are_none() {
    let body = bytes(SIZE);
    let sent = body.clone();
    let server = Server::start(move |request| Answer::file(&sent, "\"a\"", request));
    let mut weights = entry(format!("{}/net.pth", server.address), &body);
    let full = weights.sha256_prefix;
    for (digits, fits) in [(64, true), (8, true), (7, false), (0, false)] {
        weights.sha256_prefix = &full[..digits];
        let cache = folder();
        assert_eq!(hub(cache.path()).fetch(&weights).is_ok(), fits, "{digits}");
    }
    weights.sha256_prefix = "00000000";
    assert!(hub(folder().path()).fetch(&weights).is_err());
}

#[test]
fn progress_grows_to_the_end() {
    let (body, cache) = (bytes(SIZE), folder());
    let server = cut_once(&body);
    let weights = entry(format!("{}/net.pth", server.address), &body);
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let log = seen.clone();
    let hub = hub(cache.path())
        .retries(1, Duration::from_millis(1))
        .on_progress(move |progress| log.lock().unwrap().push(progress.clone()));
    hub.fetch(&weights).unwrap();
    for stage in [Stage::Fetching, Stage::Checking] {
        let seen = seen.lock().unwrap();
        let stages: Vec<_> = seen.iter().filter(|p| p.stage == stage).collect();
        assert!(stages.is_sorted_by_key(|progress| progress.bytes));
        assert!(
            stages
                .iter()
                .all(|p| p.name == "net.pth" && p.total == Some(SIZE as u64))
        );
        let last = stages.last().unwrap();
        assert!(last.finished && last.bytes == SIZE as u64, "{last:?}");
        assert_eq!(
            stages.iter().filter(|progress| progress.finished).count(),
            1
        );
    }
}
