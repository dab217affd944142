//! A kernel that finds its template stale starts `transfer-kernel warm` with its own stand-in for cargo in the environment.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const KERNEL: &str = env!("CARGO_BIN_EXE_transfer-kernel");

#[test]
fn warming_asks_the_real_cargo() {
    let folder = tempfile::tempdir().unwrap();
    let (root, home) = (folder.path().join("root"), folder.path().join("home"));
    let library = root.join("crates/transfer");
    std::fs::create_dir_all(library.join("src")).unwrap();
    std::fs::write(root.join("Cargo.lock"), "version = 4\n").unwrap();
    // What the real cargo says of it is how it is known.
    std::fs::write(library.join("Cargo.toml"), "no manifest").unwrap();
    let bin = home.join("cargo/bin");
    std::fs::create_dir_all(&bin).unwrap();
    for tool in ["cargo", "rustup"] {
        symlink(KERNEL, bin.join(tool)).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    let stdio = folder.path().join("said");
    let said = std::fs::File::create(&stdio).unwrap();
    let mut warming = Command::new(KERNEL)
        .arg("warm")
        .env("TRANSFER_ROOT", &root)
        .env("TRANSFER_KERNEL_HOME", &home)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("CARGO_HOME", home.join("cargo"))
        .env("TRANSFER_KERNEL_ORIGINAL_PATH", &path)
        .env("TRANSFER_KERNEL_CARGO", bin.join("cargo"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said)
        .spawn()
        .unwrap();
    let start = Instant::now();
    let ended = loop {
        if let Some(status) = warming.try_wait().unwrap() {
            break Some(status);
        }
        if start.elapsed() > Duration::from_secs(120) {
            warming.kill().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let said = read(&stdio);
    assert!(ended.is_some(), "it hangs, and has said: {said}");
    assert!(!ended.unwrap().success(), "{said}");
    assert!(said.contains("crates/transfer/Cargo.toml"), "{said}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
