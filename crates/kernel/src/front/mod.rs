//! The kernel as Jupyter sees it: five sockets, and who answers what.
//!
//! | file | noun |
//! |---|---|
//! | `mod.rs` | the kernel's life, from the connection file to the shutdown |
//! | `wire.rs` | messages as they travel |
//! | `iopub.rs` | what all clients see |
//! | `shell.rs` | requests: answered here, or handed to the [worker](crate::eval) |
//! | `control.rs` | interrupt and shutdown, also while a cell runs |
//! | `stdin.rs` | questions to the user |
//! | `info.rs`, `history.rs`, `is_complete.rs` | answers that need no evcxr |
//!
//! One thread serves all sockets; nothing on it waits for a cell. So the kernel says who it is before evcxr has
//! started.

mod control;
pub(crate) mod history;
mod info;
pub(crate) mod iopub;
mod is_complete;
mod shell;
pub(crate) mod stdin;
pub(crate) mod wire;

use crate::eval::{Interrupter, Queue, Shared, Worker};
use crate::home::Home;
use crate::notes::{self, Notes};
use crate::toolchain::Toolchain;
use crate::workdir::Workdir;
use crate::{companion, runtime, standin, template};
use anyhow::{Context, Result};
use history::History;
use iopub::Publisher;
use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client::{
    KernelHeartbeatConnection, create_kernel_control_connection,
    create_kernel_heartbeat_connection, create_kernel_shell_connection,
    create_kernel_stdin_connection,
};
use rustix::fd::AsRawFd;
use shell::Shell;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stdin::Prompter;
use tokio::signal::unix::{SignalKind, signal};

/// Serves the clients of a connection file until one of them ends the kernel.
pub(crate) fn serve(home: Home, connection_file: &Path) -> Result<()> {
    let connection = fs::read(connection_file)
        .with_context(|| format!("cannot read {}", connection_file.display()))?;
    let connection: ConnectionInfo = serde_json::from_slice(&connection)
        .with_context(|| format!("{} is no connection file", connection_file.display()))?;

    // Everything that the environment says, before there is another thread.
    let toolchain = Toolchain::find()?;
    let workdir = Workdir::create(&home)?;
    let dir = workdir.path().to_owned();
    template::enter(&home, &dir, &toolchain)?;
    let notes = Notes::create(&dir)?;
    let (read, write) = rustix::pipe::pipe().context("making the outputs' pipe")?;
    let output = write.as_raw_fd().to_string();
    rustix::io::fcntl_setfd(&read, rustix::io::FdFlags::CLOEXEC)?;
    for (name, value) in [
        (notes::FOLDER, notes.folder().as_os_str()),
        (notes::INTERRUPT_FILE, notes.interrupt().as_os_str()),
        (
            companion::LIBRARY,
            companion::path(&home, &toolchain).as_os_str(),
        ),
        (runtime::OUTPUT, OsStr::new(&output)),
        ("EVCXR_DISPLAY_PROTOCOL", OsStr::new("1")),
    ] {
        standin::set_env(name, value);
    }

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outputs = (File::from(read), File::from(write));
    let result = runtime.block_on(live(home, toolchain, workdir, notes, outputs, connection));
    // The worker may be in the middle of something, and need not come to its end: what it or its build has put there
    // meanwhile goes at the next try, or when the next kernel starts.
    for _ in 0..5 {
        if fs::remove_dir_all(&dir).is_ok() || !dir.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    result
}

async fn live(
    home: Home,
    toolchain: Toolchain,
    workdir: Workdir,
    notes: Notes,
    outputs: (File, File),
    connection: ConnectionInfo,
) -> Result<()> {
    let session = format!("{}-{}", std::process::id(), connection.shell_port);
    let shell = create_kernel_shell_connection(&connection, &session).await?;
    let control = create_kernel_control_connection(&connection, &session).await?;
    let stdin = create_kernel_stdin_connection(&connection, &session).await?;
    let heartbeat = create_kernel_heartbeat_connection(&connection).await?;
    let publisher = Publisher::bind(&connection, &session).await?;
    publisher.starting();

    let interrupter = Interrupter::new(notes.clone(), publisher.clone());
    let history = Arc::<Mutex<History>>::default();
    let (send, receive) = shell.split();
    let outlet = wire::outlet(send);
    let (queue, jobs) = Queue::new();
    let shared = Shared {
        home,
        toolchain,
        notes,
        shell: outlet.clone(),
        publisher: publisher.clone(),
        prompter: Prompter::serve(stdin, publisher.clone()),
        interrupter: interrupter.clone(),
        history: Arc::clone(&history),
        outputs,
    };
    Worker::spawn(shared, workdir, jobs)?;
    tokio::spawn(beat(heartbeat));
    let (quit, mut quitting) = tokio::sync::mpsc::channel(1);
    let shell = Shell {
        outlet,
        publisher: publisher.clone(),
        interrupter: interrupter.clone(),
        queue,
        history,
        quit: quit.clone(),
    };
    tokio::spawn(shell.serve(receive));
    tokio::spawn(control::serve(
        control,
        publisher,
        interrupter.clone(),
        quit,
    ));

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = interrupt.recv() => interrupter.interrupt(),
            _ = terminate.recv() => break,
            _ = orphaned() => break,
            _ = quitting.recv() => break,
        }
    }
    interrupter.kill_all();
    // For what is still on its way to the clients.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

/// Answers the heartbeat, by which clients see that the kernel is there.
async fn beat(mut heartbeat: KernelHeartbeatConnection) {
    loop {
        if heartbeat.single_heartbeat().await.is_err() {
            // A client that has gone; not again at once, whatever else it may be.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Waits for the process that started this kernel to be gone, where it wants to be watched.
async fn orphaned() {
    let parent = std::env::var("JPY_PARENT_PID")
        .ok()
        .and_then(|pid| pid.parse::<i32>().ok());
    let is_there = || {
        let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
        now == parent
    };
    if parent.is_none() || !is_there() {
        return std::future::pending().await;
    }
    while is_there() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
