//! Long work shown while it runs: each lane (pip, cargo, the kernel's warming) writes its log to a file and its
//! latest step on one line that they share. Two lanes can run at once; when one fails, the other is stopped.

mod lane;

use std::fs::{self, File, TryLockError};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use lane::Lane;

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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn log() -> PathBuf {
        std::env::temp_dir().join(format!("xtask-board-{}.log", std::process::id()))
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_outlives_the_set_up_keeps_its_lock() {
        let dir = std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()));
        let path = dir.join("lock");
        let end = dir.join("end");
        let held = lock(&path).unwrap();
        // It ends when it is told to, or after a minute.
        let script = format!(
            "exec 3<&0; (for i in $(seq 600); do [ -e '{}' ] && break; sleep 0.1; done) <&3 >/dev/null 2>&1 &",
            end.display()
        );
        Board::show(Some(&held), |board| {
            board
                .lane("x", log())
                .run(&mut sh(&script), |_| None)
                .unwrap();
        });
        drop(held);
        let other = File::open(&path).unwrap();
        assert!(
            matches!(other.try_lock(), Err(TryLockError::WouldBlock)),
            "what was left running holds it"
        );
        let waiting = thread::spawn(move || lock(&path).is_some());
        thread::sleep(Duration::from_millis(300));
        assert!(!waiting.is_finished(), "it did not wait");
        fs::write(&end, "").unwrap();
        assert!(waiting.join().unwrap());
        fs::remove_dir_all(dir).unwrap();
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
