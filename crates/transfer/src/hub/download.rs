//! One file from the network to its place: into `name.part`, taken up again where it was cut, checked as a whole, and
//! only then under its name.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::http::{Answer, Client, Failure, Network};
use super::progress::{Meter, Stage, megabytes};
use super::verify;
use crate::{Error, Result, check_interrupt};

/// What is to be fetched.
pub(super) struct Job<'a> {
    pub(super) name: &'a str,
    pub(super) url: &'a str,
    /// The SHA-256, or its first digits.
    pub(super) sha256: &'a str,
    /// The size, where it is known to the byte.
    pub(super) exact: Option<u64>,
    /// More than this is not taken.
    pub(super) most: u64,
    /// Where the file will lie.
    pub(super) path: &'a Path,
}

/// An end of an attempt other than success.
enum Stop {
    /// Something that another attempt would meet as well, at home.
    Error(Error),
    /// The network, or the server.
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

/// So much more of a file shows that the server is alive: retries are counted anew.
const PROGRESS: u64 = 1 << 20;

impl Job<'_> {
    /// Fetches the file; gives its SHA-256.
    pub(super) fn run(&self, network: &Network, meter: &mut Meter) -> Result<String> {
        let client = Client::new(network).map_err(|failure| self.failed(&failure))?;
        let mut part = Part::beside(self.path);
        let (mut tried, mut furthest) = (0, part.have());
        loop {
            let failure = match self.attempt(&client, &mut part, meter) {
                Ok(()) => break,
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Failure(failure)) => failure,
            };
            // Further than ever: a server that begins anew each time is not asked for ever.
            if part.have() >= furthest + PROGRESS {
                (tried, furthest) = (0, part.have());
            }
            if !failure.again || tried == network.retries {
                return Err(self.failed(&failure));
            }
            std::thread::sleep(network.pause * 2_u32.saturating_pow(tried));
            tried += 1;
        }
        let hash = verify::sha256(&part.path, meter)?;
        if !verify::begins(&hash, self.sha256) {
            part.remove();
            return Err(Error::WrongHash {
                path: self.path.to_owned(),
                expected: self.sha256.to_owned(),
                found: hash,
                advice: format!(
                    "What came from {} was removed. It was damaged on the way, is another file, or an error page: \
                     try again, or look at the address in a browser.",
                    self.url
                ),
            });
        }
        part.become_whole(self.path)?;
        Ok(hash)
    }

    fn failed(&self, failure: &Failure) -> Error {
        let part = Part::beside(self.path);
        let kept = match part.have() {
            0 => String::new(),
            // Without a version nothing is continued.
            _ if part.note(self.url).is_none() => String::new(),
            kept => format!(
                " ({} MB came and are kept; the next try goes on from there)",
                megabytes(kept)
            ),
        };
        Error::NotFetched {
            name: self.name.to_owned(),
            url: self.url.to_owned(),
            path: self.path.to_owned(),
            reason: format!("{}{kept}", failure.reason),
        }
    }

    /// One connection. On success the part has all bytes, on disk.
    fn attempt(
        &self,
        client: &Client,
        part: &mut Part,
        meter: &mut Meter,
    ) -> std::result::Result<(), Stop> {
        let have = part.have();
        let note = part.note(self.url).filter(|_| have > 0);
        if note.as_ref().is_some_and(|note| note.total == Some(have)) {
            return Ok(());
        }
        let after = note.as_ref().map(|note| (have, note.version.as_str()));
        let answer = match client.get(self.url, after)? {
            Some(answer) => answer,
            None => {
                part.remove();
                let whole = client.get(self.url, None)?;
                whole.ok_or_else(|| Failure::last("the server does not send the whole file"))?
            }
        };
        self.check_size(answer.total)?;
        let mut file = part.open(&answer, self.url)?;
        let Answer {
            mut body,
            start,
            total,
            ..
        } = answer;
        meter.begin(Stage::Fetching, start, total.or(self.exact));
        let mut done = start;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => {
                    return Err(Failure::transient(format!("the connection broke: {e}")).into());
                }
            };
            check_interrupt()?;
            done += read as u64;
            if done > self.most {
                part.remove();
                self.check_size(Some(done))?;
            }
            file.write_all(&buffer[..read])
                .map_err(|e| self.unwritten(&part.path, e, total.map(|total| total - start)))?;
            meter.advance(read as u64);
        }
        if total.is_some_and(|total| total != done) {
            return Err(Failure::transient("the connection ended before the file did").into());
        }
        file.sync_all().map_err(Error::io("write", &part.path))?;
        meter.finish();
        Ok(())
    }

    /// Refuses a file that is longer than it may be, or not as long as it must be.
    fn check_size(&self, total: Option<u64>) -> std::result::Result<(), Failure> {
        let Some(total) = total else { return Ok(()) };
        let expected = match self.exact {
            Some(exact) if exact != total => format!("{exact} bytes are expected"),
            _ if total > self.most => format!("at most {} bytes are expected", self.most),
            _ => return Ok(()),
        };
        Err(Failure::last(format!(
            "the server's file has {total} bytes or more, {expected}: it is another file, or an error page"
        )))
    }

    fn unwritten(&self, part: &Path, source: std::io::Error, needed: Option<u64>) -> Error {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull {
                path: part.to_owned(),
                needed: format!("up to {} MB", megabytes(needed.unwrap_or(self.most))),
            },
            _ => Error::io("write", part)(source),
        }
    }
}

/// What is there of a file already, and the note beside it of where that came from.
struct Part {
    path: PathBuf,
    note: PathBuf,
}

struct Note {
    version: String,
    total: Option<u64>,
}

impl Part {
    fn beside(path: &Path) -> Self {
        let with = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        Self {
            path: with(".part"),
            note: with(".part.from"),
        }
    }

    fn have(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// The note, if it is of this address: three lines, the address, the version and the size.
    fn note(&self, url: &str) -> Option<Note> {
        let text = fs::read_to_string(&self.note).ok()?;
        let mut lines = text.lines();
        (lines.next()? == url).then_some(())?;
        let version = lines.next()?.to_owned();
        let total = lines.next()?.parse().ok();
        Some(Note { version, total })
    }

    /// Opens the part at the answer's first byte, and notes which version of the file it is.
    fn open(&mut self, answer: &Answer, url: &str) -> Result<File> {
        if answer.start > 0 {
            let mut options = File::options();
            return options
                .append(true)
                .open(&self.path)
                .map_err(Error::io("write", &self.path));
        }
        let file = File::create(&self.path).map_err(Error::io("write", &self.path))?;
        // Without a version nothing says that the rest would be of the same file: it is fetched anew then.
        let noted = match &answer.version {
            Some(version) => {
                let total = answer.total.map(|total| total.to_string());
                let note = format!("{url}\n{version}\n{}\n", total.unwrap_or_default());
                fs::write(&self.note, note)
            }
            None => fs::remove_file(&self.note).or_else(|e| match e.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(e),
            }),
        };
        noted.map_err(Error::io("write", &self.note))?;
        Ok(file)
    }

    fn remove(&mut self) {
        // What cannot be removed is written over by the next try, or that one says why not.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.note);
    }

    fn become_whole(self, path: &Path) -> Result<()> {
        fs::rename(&self.path, path).map_err(Error::io("write", path))?;
        let _ = fs::remove_file(&self.note);
        // The new name is on disk when the folder is.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let folder = File::open(folder).and_then(|folder| folder.sync_all());
            folder.map_err(Error::io("write", path))?;
        }
        Ok(())
    }
}
