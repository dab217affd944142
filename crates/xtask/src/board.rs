//! Long work shown while it runs: each lane (pip, cargo, the kernel's warming) writes its log to a file and its
//! latest step on one line that they share. Two lanes can run at once; when one fails, the other is stopped.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How many lines of a log a failure shows.
const TAIL: usize = 30;

/// The lanes' latest steps.
#[derive(Debug, Default)]
pub(crate) struct Board {
    steps: Mutex<Vec<(String, String)>>,
    lock: Option<File>,
    stop: AtomicBool,
    done: AtomicBool,
}

impl Board {
    /// Runs `work` with a board whose lanes are shown until it returns. Every command that a lane runs holds
    /// on to `lock`, too.
    pub(crate) fn show<T>(lock: Option<&File>, work: impl FnOnce(&Board) -> T) -> T {
        let lock = lock.and_then(|lock| lock.try_clone().ok());
        let board = Board {
            lock,
            ..Board::default()
        };
        thread::scope(|scope| {
            scope.spawn(|| board.draw());
            let result = work(&board);
            board.done.store(true, Ordering::Relaxed);
            result
        })
    }

    /// A new lane, logging to `log`.
    pub(crate) fn lane(&self, name: &str, log: PathBuf) -> Lane<'_> {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.push((name.to_owned(), String::new()));
        Lane {
            board: self,
            index: steps.len() - 1,
            log,
            started: Instant::now(),
        }
    }

    /// Stops every lane at its next step.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Keeps the shared line up to date: in place on a terminal, now and then a line in a log file.
    fn draw(&self) {
        let terminal = std::io::stdout().is_terminal();
        let begun = Instant::now();
        let mut shown = String::new();
        let mut last = Instant::now();
        while !self.done.load(Ordering::Relaxed) {
            let line = self.line(if terminal { 100 } else { 160 });
            let due = terminal || last.elapsed() > Duration::from_secs(10);
            if due && line != shown && !line.is_empty() {
                let clock = begun.elapsed().as_secs();
                if terminal {
                    print!("\r\x1b[K  {clock:>4} s  {line}");
                } else {
                    println!("  {clock:>4} s  {line}");
                }
                let _ = std::io::stdout().flush();
                shown = line;
                last = Instant::now();
            }
            thread::sleep(Duration::from_millis(100));
        }
        if terminal {
            print!("\r\x1b[K");
            let _ = std::io::stdout().flush();
        }
    }

    fn line(&self, width: usize) -> String {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let active: Vec<_> = steps.iter().filter(|(_, step)| !step.is_empty()).collect();
        let each = width / active.len().max(1);
        let parts = active.iter().map(|(name, step)| {
            format!("{name}: {step}")
                .chars()
                .take(each)
                .collect::<String>()
        });
        parts.collect::<Vec<_>>().join("  │  ")
    }
}

/// Waits until no other set-up of this checkout is at work, nor what a killed one has left running.
pub(crate) fn lock(path: &Path) -> Option<File> {
    fs::create_dir_all(path.parent()?).ok()?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .ok()?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        println!("  waiting for another set-up of this checkout to end …");
        // A file system without locks says so: then there is none.
        file.lock().ok()?;
    }
    Some(file)
}

/// One row of work on a [`Board`].
#[derive(Debug)]
pub(crate) struct Lane<'a> {
    board: &'a Board,
    index: usize,
    log: PathBuf,
    started: Instant,
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

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn log() -> PathBuf {
        std::env::temp_dir().join(format!("xtask-board-{}.log", std::process::id()))
    }

    #[test]
    fn a_failure_shows_both_streams_and_where_the_rest_is() {
        let error = Board::show(None, |board| {
            board
                .lane("x", log())
                .run(&mut sh("echo one; echo two >&2; exit 3"), |_| None)
                .unwrap_err()
        });
        let text = error.to_string();
        assert!(
            text.contains("one") && text.contains("two") && text.contains("xtask-board"),
            "{text}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_outlives_the_set_up_keeps_its_lock() {
        let path = std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()));
        let held = lock(&path).unwrap();
        Board::show(Some(&held), |board| {
            board
                .lane("x", log())
                .run(&mut sh("exec 3<&0; sleep 1 <&3 >/dev/null 2>&1 &"), |_| {
                    None
                })
                .unwrap();
        });
        drop(held);
        let other = File::open(&path).unwrap();
        assert!(
            matches!(other.try_lock(), Err(TryLockError::WouldBlock)),
            "the sleeper still runs"
        );
        let begun = Instant::now();
        assert!(lock(&path).is_some());
        assert!(begun.elapsed() > Duration::from_millis(300), "it waited");
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_stopped_board_kills_what_runs() {
        let begun = Instant::now();
        Board::show(None, |board| {
            thread::scope(|scope| {
                let lane = board.lane("slow", log());
                let slow = scope.spawn(move || lane.run(&mut sh("exec sleep 20"), |_| None));
                thread::sleep(Duration::from_millis(100));
                board.stop();
                assert_eq!(slow.join().unwrap().unwrap_err().to_string(), "stopped");
            });
        });
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
