//! A web server for tests: one thread per connection, one answer per connection, every request remembered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// How many requests came before.
    pub(crate) number: usize,
    pub(crate) path: String,
    pub(crate) range: Option<String>,
    pub(crate) if_range: Option<String>,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Only so many bytes of the body are sent.
    pub(crate) cut: Option<usize>,
    /// After the bytes, the connection stays open and silent, until the client leaves.
    pub(crate) stall: bool,
    /// No Content-Length is sent.
    pub(crate) no_length: bool,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn ok(body: &[u8]) -> Self {
        Self {
            status: 200,
            body: body.to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn cut(mut self, at: usize) -> Self {
        self.cut = Some(at);
        self
    }

    /// A file as a proper server sends it: whole, or the range that was asked for if the version is still this one.
    pub(crate) fn file(body: &[u8], etag: &str, request: &Request) -> Self {
        let same = request.if_range.as_deref().is_none_or(|v| v == etag);
        let start = request.range.as_deref().filter(|_| same).map(|range| {
            let range = range.strip_prefix("bytes=").unwrap();
            range.strip_suffix('-').unwrap().parse::<usize>().unwrap()
        });
        match start {
            None => Self::ok(body).header("ETag", etag),
            Some(start) if start >= body.len() => Self::status(416),
            Some(start) => Self {
                status: 206,
                ..Self::ok(&body[start..])
            }
            .header("ETag", etag)
            .header(
                "Content-Range",
                format!("bytes {start}-{}/{}", body.len() - 1, body.len()),
            ),
        }
    }
}

/// A running server. Its thread ends with the test's process.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (requests.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (log.clone(), answer.clone());
                std::thread::spawn(move || {
                    let Some(mut request) = read(&stream) else {
                        return;
                    };
                    {
                        let mut log = log.lock().unwrap();
                        request.number = log.len();
                        log.push(request.clone());
                    }
                    write(stream, answer(&request));
                });
            }
        });
        Self { address, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut request = Request {
        path: first.split(' ').nth(1)?.to_owned(),
        ..Request::default()
    };
    for line in lines {
        let line = line.ok()?;
        if line.is_empty() {
            return Some(request);
        }
        if let Some((name, value)) = line.split_once(':') {
            match name.to_lowercase().as_str() {
                "range" => request.range = Some(value.trim().to_owned()),
                "if-range" => request.if_range = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    None
}

/// The client may be gone already: that is for the test to notice.
fn write(mut stream: TcpStream, answer: Answer) {
    let mut head = format!(
        "HTTP/1.1 {} Whatever\r\nConnection: close\r\n",
        answer.status
    );
    let own_length = answer
        .headers
        .iter()
        .any(|(name, _)| *name == "Content-Length");
    if !own_length && !answer.no_length {
        head += &format!("Content-Length: {}\r\n", answer.body.len());
    }
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    let body = &answer.body[..answer.cut.unwrap_or(answer.body.len())];
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.flush();
    if answer.stall {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let _ = stream.read(&mut [0; 16]);
    }
}
