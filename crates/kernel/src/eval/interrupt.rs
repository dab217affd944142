//! Stopping a cell: first it is asked, then it is made to.
//!
//! * While a cell is compiled, its build is ended: nothing has run, nothing is lost.
//! * A cell that runs is asked by a note ([`INTERRUPT_FILE`](crate::notes::INTERRUPT_FILE)). Library loops look for it at
//!   each step, take it away, and end with an error: variables stay.
//! * A second interrupt, or a note that nobody took away in time, ends the process of the cells with all variables.
//!
//! Jupyter's message and the signal `SIGINT` both lead here. The kernelspec asks for the message: the signal goes to all
//! processes of the kernel's group and says nothing to clients on another machine.

use crate::front::iopub::Publisher;
use crate::notes::Notes;
use jupyter_protocol::JupyterMessage;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use std::fs;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a cell may take to hear that it is asked to stop; seconds in `TRANSFER_KERNEL_GRACE`.
const GRACE: Duration = Duration::from_secs(15);

/// How long a cell is waited for in silence.
const SILENCE: Duration = Duration::from_secs(2);

/// Two interrupts within this time are one: a key that bounces, a front end that sends both message and signal.
const BOUNCE: Duration = Duration::from_millis(300);

/// What was done to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Asked,
    /// Killed at a second interrupt.
    Insisted,
    /// Killed because it did not listen.
    Deaf,
}

#[derive(Default)]
struct State {
    /// The request of the cell that is being evaluated, and its number.
    cell: Option<(JupyterMessage, u64)>,
    cells: u64,
    running: bool,
    stop: Option<(Stop, Instant)>,
    process: Option<Arc<Mutex<Child>>>,
}

/// Interrupts the cell that is being evaluated, from any thread.
#[derive(Clone)]
pub(crate) struct Interrupter {
    notes: Notes,
    publisher: Publisher,
    grace: Duration,
    state: Arc<Mutex<State>>,
}

impl Interrupter {
    pub(crate) fn new(notes: Notes, publisher: Publisher) -> Self {
        let seconds = std::env::var("TRANSFER_KERNEL_GRACE").ok();
        let seconds = seconds.and_then(|text| text.parse().ok());
        Self {
            notes,
            publisher,
            grace: seconds.map_or(GRACE, Duration::from_secs_f64),
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells which process runs the cells.
    pub(crate) fn set_process(&self, process: Arc<Mutex<Child>>) {
        self.state().process = Some(process);
    }

    /// A cell begins.
    pub(crate) fn begin(&self, request: &JupyterMessage) {
        self.notes.clear();
        let mut state = self.state();
        state.cells += 1;
        state.cell = Some((request.clone(), state.cells));
        state.stop = None;
        state.running = false;
    }

    /// The cell has ended; what was done to it.
    pub(crate) fn end(&self) -> Option<Stop> {
        let mut state = self.state();
        state.cell = None;
        let _ = fs::remove_file(self.notes.interrupt());
        state.stop.take().map(|(stop, _)| stop)
    }

    /// Whether the cell's own code runs, rather than being compiled.
    pub(crate) fn set_running(&self, running: bool) {
        self.state().running = running;
    }

    /// The request that is being worked on.
    pub(crate) fn current(&self) -> Option<JupyterMessage> {
        self.state()
            .cell
            .as_ref()
            .map(|(request, _)| request.clone())
    }

    /// Whether the cell is to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.state().stop.is_some()
    }

    /// Interrupts the cell, if there is one.
    pub(crate) fn interrupt(&self) {
        let mut state = self.state();
        let Some((_, cell)) = state.cell else {
            return;
        };
        let asked = match state.stop {
            Some((_, when)) if when.elapsed() < BOUNCE => return,
            Some(_) => true,
            None => false,
        };
        if asked && state.running {
            state.stop = Some((Stop::Insisted, Instant::now()));
            self.kill(&state);
            return;
        }
        state.stop = Some((Stop::Asked, Instant::now()));
        // The stand-in for cargo looks for it as well: a cell that is still being analysed will not be built.
        let _ = fs::write(self.notes.interrupt(), "");
        if !state.running {
            self.end_build();
        }
        if !asked {
            let me = self.clone();
            std::thread::spawn(move || me.watch(cell));
        }
    }

    /// Waits for a cell that was asked to stop.
    fn watch(&self, cell: u64) {
        let begun = Instant::now();
        let mut silent = true;
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let mut state = self.state();
            let Some((request, _)) = state.cell.as_ref().filter(|(_, now)| *now == cell) else {
                return;
            };
            let waited = begun.elapsed();
            let heard = !self.notes.interrupt().exists();
            if silent && waited > SILENCE.min(self.grace / 2) && state.running {
                silent = false;
                let left = self.grace.saturating_sub(waited).as_secs();
                let text = match heard {
                    true => "Interrupted: the cell has heard, and finishes its step. Interrupt again to kill it, with \
                             all variables.\n"
                        .to_owned(),
                    false => format!(
                        "Interrupted: the cell has not heard yet. In {left} s it is killed, with all variables; at \
                         once if you interrupt again.\n"
                    ),
                };
                let content = json!({"name": "stderr", "text": text});
                self.publisher.publish("stream", content, request);
            }
            if !state.running {
                self.end_build();
            } else if !heard && waited > self.grace {
                state.stop = Some((Stop::Deaf, Instant::now()));
                self.kill(&state);
                return;
            }
        }
    }

    /// Ends the build that may be running.
    fn end_build(&self) {
        let text = fs::read_to_string(self.notes.build()).unwrap_or_default();
        if let Some(group) = text.trim().parse().ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    fn kill(&self, state: &State) {
        if let Some(process) = &state.process {
            let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = process.kill();
        }
    }

    /// Ends all that the kernel has started, for good.
    pub(crate) fn kill_all(&self) {
        self.end_build();
        self.kill(&self.state());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn interrupter(dir: &tempfile::TempDir, grace: Duration) -> (Interrupter, JupyterMessage) {
        let (sender, _receiver) = tokio::sync::mpsc::unbounded_channel();
        let notes = Notes::create(dir.path()).unwrap();
        let mut interrupter = Interrupter::new(notes, Publisher::to(sender));
        interrupter.grace = grace;
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        interrupter.set_process(Arc::new(Mutex::new(child)));
        let request = JupyterMessage::from(jupyter_protocol::ExecuteRequest::new(String::new()));
        (interrupter, request)
    }

    fn has_ended(interrupter: &Interrupter) -> bool {
        let process = interrupter.state().process.clone().unwrap();
        process.lock().unwrap().try_wait().unwrap().is_some()
    }

    /// Waits, for as long as a busy machine may take.
    fn ends(interrupter: &Interrupter) -> bool {
        (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            has_ended(interrupter)
        })
    }

    #[test]
    fn a_cell_is_asked_and_then_made_to() {
        let dir = tempfile::tempdir().unwrap();
        let (interrupter, request) = interrupter(&dir, Duration::from_secs(600));
        interrupter.interrupt();
        assert!(!interrupter.notes.interrupt().exists(), "there is no cell");
        interrupter.begin(&request);
        interrupter.set_running(true);
        interrupter.interrupt();
        interrupter.interrupt();
        assert!(interrupter.notes.interrupt().exists() && !has_ended(&interrupter));
        std::thread::sleep(BOUNCE);
        interrupter.interrupt();
        assert!(ends(&interrupter));
        assert_eq!(interrupter.end(), Some(Stop::Insisted));
        assert!(!interrupter.notes.interrupt().exists());
    }

    #[test]
    fn who_listens_is_not_killed() {
        let dir = tempfile::tempdir().unwrap();
        let (interrupter, request) = interrupter(&dir, Duration::from_millis(300));
        interrupter.begin(&request);
        interrupter.set_running(true);
        interrupter.interrupt();
        fs::remove_file(interrupter.notes.interrupt()).unwrap();
        std::thread::sleep(Duration::from_millis(700));
        assert!(!has_ended(&interrupter));
        assert_eq!(interrupter.end(), Some(Stop::Asked));

        interrupter.begin(&request);
        interrupter.set_running(true);
        interrupter.interrupt();
        assert!(ends(&interrupter));
        assert_eq!(interrupter.end(), Some(Stop::Deaf));
    }
}
