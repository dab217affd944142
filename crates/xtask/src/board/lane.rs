//! One row of the board, and the commands that run in it.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Board;

/// How many lines of a log a failure shows.
const TAIL: usize = 30;

/// One row of work on a [`Board`].
#[derive(Debug)]
pub(crate) struct Lane<'a> {
    pub(super) board: &'a Board,
    pub(super) index: usize,
    pub(super) log: PathBuf,
    pub(super) started: Instant,
}

impl Lane<'_> {
    /// Shows what is being done now; empty when the lane is through.
    pub(crate) fn say(&self, step: &str) {
        let mut steps = self
            .board
            .steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        steps[self.index].1 = step.trim().to_owned();
    }

    /// How long this lane has been at work.
    pub(crate) fn took(&self) -> Duration {
        self.started.elapsed()
    }

    /// Runs a command; every line of its output goes to the log, and what `step` makes of it to the board.
    ///
    /// # Errors
    ///
    /// When it cannot be started, fails, or the board is stopped; the error ends with the output's last lines.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        mut step: impl FnMut(&str) -> Option<String> + Send,
    ) -> Result<()> {
        if self.board.stop.load(Ordering::Relaxed) {
            bail!("stopped");
        }
        if let Some(parent) = self.log.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot make the folder {}", parent.display()))?;
        }
        let mut log = File::options().create(true).append(true).open(&self.log);
        if let Ok(log) = &mut log {
            let _ = writeln!(log, "\n$ {command:?}");
        }
        // A lock belongs to the open file: a pip that outlives this process keeps it until it ends.
        let lock = self
            .board
            .lock
            .as_ref()
            .and_then(|lock| lock.try_clone().ok());
        let mut child = command
            .stdin(lock.map_or_else(Stdio::null, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let pipes: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().context("no stdout")?),
            Box::new(child.stderr.take().context("no stderr")?),
        ];
        let sink = Mutex::new((VecDeque::new(), log.ok(), &mut step));
        let status = thread::scope(|scope| {
            for pipe in pipes {
                let sink = &sink;
                scope.spawn(move || {
                    for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                        let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
                        let (tail, log, step) = &mut *sink;
                        if let Some(log) = log {
                            let _ = writeln!(log, "{line}");
                        }
                        if let Some(text) = step(&line) {
                            self.say(&text);
                        }
                        // pip says so of each pin for another Python; it hides what went wrong.
                        if line.starts_with("Ignoring ") {
                            continue;
                        }
                        if tail.len() == TAIL {
                            tail.pop_front();
                        }
                        tail.push_back(line);
                    }
                });
            }
            loop {
                if let Some(status) = child.try_wait()? {
                    return Ok::<_, std::io::Error>(Some(status));
                }
                if self.board.stop.load(Ordering::Relaxed) {
                    child.kill()?;
                    child.wait()?;
                    return Ok(None);
                }
                thread::sleep(Duration::from_millis(20));
            }
        })?;
        match status {
            Some(status) if status.success() => Ok(()),
            None => bail!("stopped"),
            Some(status) => {
                let (tail, ..) = sink.into_inner().unwrap_or_else(PoisonError::into_inner);
                let tail: Vec<String> = tail
                    .into_iter()
                    .map(|line: String| format!("    {line}"))
                    .collect();
                let program = command.get_program().display();
                bail!(
                    "{program} failed ({status}); its last lines:\n{}\n  all of it: {}",
                    tail.join("\n"),
                    self.log.display()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_both_streams_and_where_the_rest_is() {
        let log = std::env::temp_dir().join(format!("xtask-lane-{}.log", std::process::id()));
        let error = Board::show(None, |board| {
            board
                .lane("x", log)
                .run(
                    Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]),
                    |_| None,
                )
                .unwrap_err()
        });
        let text = error.to_string();
        assert!(
            text.contains("one") && text.contains("two") && text.contains("xtask-lane"),
            "{text}"
        );
    }
}
