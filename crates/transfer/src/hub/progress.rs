//! How far a fetch is: the numbers for a callback, and the bar on standard error that a hub shows of itself.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is being done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Another process is fetching the same file.
    Waiting,
    /// The file is coming over the network.
    Fetching,
    /// Its hash is computed.
    Checking,
    /// The archive is unpacked.
    Unpacking,
}

/// How far a file is. It prints as one line with a bar.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The file's name.
    pub name: String,
    /// What is being done.
    pub stage: Stage,
    /// How many bytes are done, those of an earlier run included.
    pub bytes: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
    /// Bytes per second, of this run.
    pub rate: f64,
    /// Whether the stage ends with this report.
    pub finished: bool,
}

/// Bytes as torchvision counts them: MB of 2²⁰ bytes, with one decimal.
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / f64::from(1 << 20))
}

impl fmt::Display for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.stage {
            Stage::Waiting => {
                let name = &self.name;
                return write!(out, "{name}  another process is fetching it, waiting");
            }
            Stage::Fetching => "",
            Stage::Checking => "checking  ",
            Stage::Unpacking => "unpacking  ",
        };
        write!(out, "{}  {what}", self.name)?;
        let done = megabytes(self.bytes);
        match self.total {
            Some(total) => {
                let share = (self.bytes as f64 / total.max(1) as f64).min(1.0);
                let full = (share * 10.0) as usize;
                let (full, empty) = ("█".repeat(full), "░".repeat(10 - full));
                let (percent, total) = ((share * 100.0) as u32, megabytes(total));
                write!(out, "{full}{empty}  {percent} %  {done} of {total} MB")?;
            }
            None => write!(out, "{done} MB")?,
        }
        if self.rate > 0.0 {
            write!(out, "  {} MB/s", megabytes(self.rate as u64))?;
            if let Some(total) = self.total.filter(|_| !self.finished) {
                let left = total.saturating_sub(self.bytes) as f64 / self.rate;
                write!(out, "  {} left", seconds(left))?;
            }
        }
        Ok(())
    }
}

/// A time for people: `3 s`, `4 min`, `2 h`.
fn seconds(seconds: f64) -> String {
    match seconds.ceil() {
        s if s < 120.0 => format!("{s} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

/// Where the reports go.
#[derive(Clone)]
pub(super) enum Report {
    Nowhere,
    StandardError,
    To(Arc<dyn Fn(&Progress) + Send + Sync>),
}

impl fmt::Debug for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Report::Nowhere => "Nowhere",
            Report::StandardError => "StandardError",
            Report::To(_) => "To(..)",
        })
    }
}

/// Counts the bytes of one file and reports, not too often.
pub(super) struct Meter {
    report: Report,
    terminal: bool,
    now: Progress,
    from: u64,
    since: Instant,
    told: Option<(Instant, u64)>,
    drawn: bool,
}

impl Meter {
    pub(super) fn new(report: &Report, name: &str) -> Self {
        Self {
            report: report.clone(),
            terminal: std::io::stderr().is_terminal(),
            now: Progress {
                name: name.to_owned(),
                stage: Stage::Fetching,
                bytes: 0,
                total: None,
                rate: 0.0,
                finished: false,
            },
            from: 0,
            since: Instant::now(),
            told: None,
            drawn: false,
        }
    }

    /// A stage begins, with what is done of it already.
    pub(super) fn begin(&mut self, stage: Stage, bytes: u64, total: Option<u64>) {
        (self.now.stage, self.now.bytes, self.now.total) = (stage, bytes, total);
        (self.now.rate, self.now.finished) = (0.0, false);
        (self.from, self.since, self.told) = (bytes, Instant::now(), None);
        self.tell(stage == Stage::Waiting);
    }

    /// So many bytes more are done.
    pub(super) fn advance(&mut self, bytes: u64) {
        self.now.bytes += bytes;
        self.tell(false);
    }

    /// The stage is over.
    pub(super) fn finish(&mut self) {
        self.now.finished = true;
        self.now.total = Some(self.now.bytes);
        self.tell(true);
    }

    fn tell(&mut self, always: bool) {
        let elapsed = self.since.elapsed();
        if elapsed >= Duration::from_millis(200) {
            self.now.rate = (self.now.bytes - self.from) as f64 / elapsed.as_secs_f64();
        }
        // A stage that lasts less than a second is reported by its end alone, and if nobody waited for it, not at all.
        let quick = elapsed < Duration::from_secs(1) && self.now.stage != Stage::Fetching;
        let (pause, step) = self.told.map_or_else(
            || (elapsed, 0),
            |(when, bytes)| (when.elapsed(), self.now.bytes - bytes),
        );
        let tenth = step * 10 >= self.now.total.unwrap_or(u64::MAX);
        let pause = pause.as_secs_f64();
        match &self.report {
            Report::Nowhere => return,
            Report::To(callback) if always || self.told.is_none() || pause >= 0.1 => {
                callback(&self.now);
            }
            Report::StandardError if quick && !(always && self.now.stage == Stage::Waiting) => {
                return;
            }
            Report::StandardError if self.terminal && (always || pause >= 0.1) => {
                // Longer lines than the terminal's would not be drawn over: the end of the line is cleared.
                let end = if self.now.finished { "\n" } else { "" };
                write(&format!("\r{}\x1b[K{end}", self.now));
            }
            Report::StandardError
                if !self.terminal && (always || pause >= 5.0 || (tenth && pause >= 1.0)) =>
            {
                write(&format!("{}\n", self.now));
            }
            _ => return,
        }
        self.drawn = !self.now.finished;
        self.told = Some((Instant::now(), self.now.bytes));
    }
}

impl Drop for Meter {
    /// A bar that stopped half-way is left standing, and the message about it begins on its own line.
    fn drop(&mut self) {
        if self.drawn && self.terminal && matches!(self.report, Report::StandardError) {
            write("\n");
        }
    }
}

/// One write, so that lines of other threads stay whole. Nobody is left to tell when standard error is closed.
fn write(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_long() {
        let mut progress = Progress {
            name: "resnet50-0676ba61.pth".to_owned(),
            stage: Stage::Fetching,
            bytes: 50 << 20,
            total: Some(100 << 20),
            rate: f64::from(10 << 20),
            finished: false,
        };
        assert_eq!(
            progress.to_string(),
            "resnet50-0676ba61.pth  █████░░░░░  50 %  50.0 of 100.0 MB  10.0 MB/s  5 s left"
        );
        progress.total = None;
        assert_eq!(
            progress.to_string(),
            "resnet50-0676ba61.pth  50.0 MB  10.0 MB/s"
        );
        (progress.total, progress.bytes) = (Some(0), 0);
        assert!(progress.to_string().contains("0 %"));
    }
}
