//! Evaluation: one thread owns evcxr and does one thing after the other.
//!
//! | file | noun |
//! |---|---|
//! | `mod.rs` | the worker and its jobs |
//! | `cell.rs` | one cell, from the code to what came of it |
//! | `execute.rs` | an execute request: what the clients see of a cell |
//! | `lookup.rs` | completions and documentation |
//! | `screen.rs`, `painter.rs`, `stream.rs`, `bundle.rs` | outputs |
//! | `interrupt.rs`, `ending.rs` | stopping a cell; cells that came to no end |
//! | `items.rs` | variables whose type has changed |
//! | `traceback.rs`, `source.rs`, `report.rs` | errors with the user's own line |

mod bundle;
mod cell;
mod ending;
mod execute;
mod interrupt;
mod items;
mod lookup;
mod painter;
mod report;
mod screen;
mod source;
mod stream;
mod traceback;

pub(crate) use interrupt::Interrupter;

use crate::front::history::History;
use crate::front::iopub::Publisher;
use crate::front::stdin::Prompter;
use crate::front::wire::{self, Outlet};
use crate::home::Home;
use crate::notes::Notes;
use crate::toolchain::Toolchain;
use crate::workdir::{self, Workdir};
use crate::{companion, template};
use anyhow::{Context, Result, anyhow};
use evcxr::CommandContext;
use jupyter_protocol::JupyterMessage;
use screen::Screen;
use source::Cell;
use std::fs::File;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// What the worker is asked to do.
pub(crate) enum Job {
    /// With the place of the request among all of its kind.
    Execute(JupyterMessage, u64),
    Complete(JupyterMessage),
    Inspect(JupyterMessage),
}

impl Job {
    /// Whether it is a cell that wants a dependency, as a notebook's first does.
    fn has_dependency(&self) -> bool {
        match self {
            Self::Execute(request, _) => wire::text(request, "code").contains(":dep "),
            Self::Complete(_) | Self::Inspect(_) => true,
        }
    }
}

/// Jobs on their way to the worker.
#[derive(Clone)]
pub(crate) struct Queue {
    jobs: Sender<Job>,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    executions: AtomicU64,
    completions: AtomicUsize,
    inspections: AtomicUsize,
}

impl Queue {
    pub(crate) fn new() -> (Self, Jobs) {
        let (jobs, receiver) = channel();
        let counters = Arc::<Counters>::default();
        let queue = Self {
            jobs,
            counters: Arc::clone(&counters),
        };
        (queue, Jobs { receiver, counters })
    }

    pub(crate) fn execute(&self, request: JupyterMessage) {
        let place = self.counters.executions.fetch_add(1, Ordering::SeqCst) + 1;
        let _ = self.jobs.send(Job::Execute(request, place));
    }

    pub(crate) fn complete(&self, request: JupyterMessage) {
        self.counters.completions.fetch_add(1, Ordering::SeqCst);
        let _ = self.jobs.send(Job::Complete(request));
    }

    pub(crate) fn inspect(&self, request: JupyterMessage) {
        self.counters.inspections.fetch_add(1, Ordering::SeqCst);
        let _ = self.jobs.send(Job::Inspect(request));
    }
}

/// The worker's end of the [`Queue`].
pub(crate) struct Jobs {
    receiver: Receiver<Job>,
    counters: Arc<Counters>,
}

/// What the worker shares with the rest of the kernel.
pub(crate) struct Shared {
    pub(crate) home: Home,
    pub(crate) toolchain: Toolchain,
    pub(crate) notes: Notes,
    pub(crate) shell: Outlet,
    pub(crate) publisher: Publisher,
    pub(crate) prompter: Prompter,
    pub(crate) interrupter: Interrupter,
    pub(crate) history: Arc<Mutex<History>>,
    /// Both ends of the pipe in which outputs come.
    pub(crate) outputs: (File, File),
}

/// The thread that owns evcxr.
pub(crate) struct Worker {
    /// Or why there is none.
    context: Result<CommandContext, String>,
    screen: Screen,
    notes: Notes,
    shell: Outlet,
    publisher: Publisher,
    prompter: Prompter,
    interrupter: Interrupter,
    history: Arc<Mutex<History>>,
    counters: Arc<Counters>,
    items: items::Items,
    /// The cells that were compiled.
    cells: Vec<Cell>,
    count: usize,
    /// Requests up to this one are not executed any more: one before them failed.
    aborted: u64,
}

/// rust-analyzer recurses deeply.
const STACK: usize = 64 << 20;

impl Worker {
    /// Starts the worker; evcxr warms up while the kernel answers already.
    pub(crate) fn spawn(shared: Shared, mut workdir: Workdir, jobs: Jobs) -> Result<()> {
        let thread = std::thread::Builder::new()
            .name("evcxr".to_owned())
            .stack_size(STACK);
        thread.spawn(move || {
            let (from, pipe) = shared.outputs;
            let screen = Screen::start(
                from,
                pipe,
                shared.publisher.clone(),
                shared.interrupter.clone(),
            );
            let mut context = boot(
                &shared.home,
                &shared.toolchain,
                &mut workdir,
                &shared.interrupter,
            );
            let first = jobs.receiver.try_recv().ok();
            if let Ok(context) = &mut context
                && first.as_ref().is_none_or(Job::has_dependency)
            {
                read_library(context, &shared.home);
            }
            let worker = Self {
                context: context.map_err(|error| format!("{error:#}")),
                screen,
                notes: shared.notes,
                shell: shared.shell,
                publisher: shared.publisher,
                prompter: shared.prompter,
                interrupter: shared.interrupter,
                history: shared.history,
                counters: jobs.counters,
                items: items::Items::default(),
                cells: Vec::new(),
                count: 0,
                aborted: 0,
            };
            worker.run(first, &jobs.receiver);
        })?;
        Ok(())
    }

    fn run(mut self, first: Option<Job>, jobs: &Receiver<Job>) {
        for job in first.into_iter().chain(jobs) {
            match job {
                Job::Execute(request, place) => self.execute(&request, place),
                Job::Complete(request) => {
                    let newer = self.counters.completions.fetch_sub(1, Ordering::SeqCst) > 1;
                    self.complete(&request, newer);
                }
                Job::Inspect(request) => {
                    let newer = self.counters.inspections.fetch_sub(1, Ordering::SeqCst) > 1;
                    self.inspect(&request, newer);
                }
            }
        }
    }
}

/// What takes seconds of a kernel's start.
fn boot(
    home: &Home,
    toolchain: &Toolchain,
    workdir: &mut Workdir,
    interrupter: &Interrupter,
) -> Result<CommandContext> {
    if let Err(error) = template::freshen(home) {
        // The first cell of the notebook shows what is wrong, where the reader sees it.
        eprintln!("the template was not warmed: {error:#}");
    }
    workdir.fill(home)?;
    if let Err(error) = companion::build(&companion::path(home, toolchain), &toolchain.rustc) {
        eprintln!("{error:#}");
    }
    let (context, outputs) = CommandContext::new()
        .map_err(|error| anyhow!("{error}"))
        .context("starting evcxr")?;
    interrupter.set_process(context.process_handle());
    // All that cells print goes another way; what comes here is of evcxr's own processes.
    for channel in [outputs.stdout, outputs.stderr] {
        std::thread::spawn(move || channel.iter().for_each(|line| eprintln!("{line}")));
    }
    if let Err(error) = workdir::sweep(home) {
        eprintln!("what dead kernels left behind was not removed: {error}");
    }
    Ok(context)
}

/// Has rust-analyzer read what a notebook's first cell makes it read, by asking for a completion in such a cell, which
/// leaves nothing behind but what rust-analyzer knows then.
fn read_library(context: &mut CommandContext, home: &Home) {
    let library = home.library();
    let library = library.canonicalize().unwrap_or(library);
    let [import, ..] = template::CELLS;
    let cell = format!(
        ":dep transfer = {{ path = {:?} }}\n{import}\nlet warm: i32 = 1;\nwarm.a",
        library.display().to_string()
    );
    // Where it fails, the first cell takes longer, or tells why.
    let _ = lookup::guarded(|| context.completions(&cell, cell.len()).ok());
}
