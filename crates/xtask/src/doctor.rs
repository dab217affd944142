//! `cargo xtask doctor`: what is found, what is missing, and the exact command that mends it. Changes nothing.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::args::Args;
use crate::env::python::{self, Probe};
use crate::env::{self, Environment, requirements, torch};
use crate::paths::Paths;
use crate::{cargo_config, disk, kernel, toolchain};

const HELP: &str = "\
cargo xtask doctor

Lists what is found, what is missing, and the command that mends it. Changes nothing. Its exit status is 1
when something is missing that notebooks cannot run without.";

/// How a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Works, with less.
    Weak,
    /// Required, and missing.
    Bad,
}

/// One line of the table.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    state: State,
    found: String,
    mend: String,
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Good,
            found: found.into(),
            mend: String::new(),
        }
    }

    fn weak(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Weak,
            found: found.into(),
            mend: mend.into(),
        }
    }

    fn bad(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Bad,
            found: found.into(),
            mend: mend.into(),
        }
    }

    /// A finding of a check whose error's text has a line `mend: …`.
    fn of(what: &'static str, result: Result<String>) -> Self {
        match result {
            Ok(found) => Self::good(what, found),
            Err(error) => {
                let text = format!("{error:#}");
                let (found, mend) = text.split_once("\nmend: ").unwrap_or((&text, ""));
                Self::bad(what, found, mend)
            }
        }
    }
}

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    args.none_left()?;
    let environment = env::ready(paths);
    let mut findings = rust(paths);
    findings.extend(python(paths, &environment));
    findings.extend(notebooks(paths, environment.as_ref().ok()));
    findings.extend(machine(paths, environment.as_ref().ok()));
    print!("{}", table(&findings));
    let bad = findings
        .iter()
        .filter(|finding| finding.state == State::Bad)
        .count();
    println!(
        "{}",
        if bad == 0 {
            "Nothing is missing.".to_owned()
        } else {
            format!("{bad} missing.")
        }
    );
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The tools that compile.
fn rust(paths: &Paths) -> Vec<Finding> {
    let component =
        |what, program: &str, name: &str| match toolchain::output(program, &["--version"]) {
            Some(version) => Finding::good(what, version),
            None => Finding::weak(
                what,
                "missing; only `cargo xtask test` needs it",
                format!("rustup component add {name}"),
            ),
        };
    vec![
        Finding::of("rustc", toolchain::rustc()),
        component("rustfmt", "rustfmt", "rustfmt"),
        component("clippy", "cargo-clippy", "clippy"),
        if toolchain::has_rust_src() {
            Finding::good("rust-src", "the standard library's sources are there")
        } else {
            Finding::weak(
                "rust-src",
                "missing: a variable whose type comes out of a std type must have it written out",
                "rustup component add rust-src",
            )
        },
        Finding::of("C++ compiler", toolchain::cxx(paths)),
        Finding::of(
            "linker",
            toolchain::links(paths).map(|()| "rustc links programs".to_owned()),
        ),
    ]
}

/// Python, the environment, and the torch in it.
fn python(paths: &Paths, environment: &Result<Environment, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let needed = environment.is_err();
    match python::best() {
        Ok((name, probe)) => findings.push(Finding::good(
            "Python",
            format!(
                "{} is {}.{}, with its venv module",
                name.display(),
                probe.version.0,
                probe.version.1
            ),
        )),
        Err(_) if !needed => findings.push(Finding::good("Python", "the environment's own")),
        Err(error) => findings.push(Finding::of("Python", Err(error))),
    }
    let wanted = torch::wanted_by_lock(paths);
    let goes_with = match &wanted {
        Some((torch_sys, Some(version))) => {
            format!("torch-sys {torch_sys} in Cargo.lock goes with {version}")
        }
        Some((torch_sys, None)) => format!("torch-sys {torch_sys} in Cargo.lock is not known here"),
        None => "no Cargo.lock yet".to_owned(),
    };
    match environment {
        Ok(environment) => {
            let whose = if environment.ours {
                "made by the set-up"
            } else {
                "yours"
            };
            findings.push(Finding::good(
                "environment",
                format!("{} ({whose})", environment.prefix.display()),
            ));
            let found = format!("{}; {goes_with}", environment.torch_version);
            let fits = !matches!(&wanted, Some((_, Some(version))) if *version != torch::base_version(&environment.torch_version));
            findings.push(if fits {
                Finding::good("torch", found)
            } else {
                Finding::bad("torch", found, "git checkout Cargo.lock")
            });
            let jupyter = Probe::of(&environment.python)
                .and_then(|probe| probe.jupyterlab)
                .unwrap_or_default();
            findings.push(Finding::good("JupyterLab", jupyter));
            findings.push(text_encoder(environment));
        }
        Err(lacks) => {
            findings.push(Finding::bad(
                "environment",
                lacks.clone(),
                "cargo xtask lab",
            ));
            findings.push(Finding::bad(
                "torch",
                format!("{} is needed; {goes_with}", torch::pinned()),
                "cargo xtask lab",
            ));
        }
    }
    match cargo_config::users_libtorch(paths) {
        Some(own) => findings.push(Finding::weak(
            "LIBTORCH",
            format!("{own}, set in your shell: plain cargo uses it, notebooks don't"),
            "unset LIBTORCH",
        )),
        None if paths.libtorch_config().exists() => findings.push(Finding::good(
            "LIBTORCH",
            "plain cargo finds it (target/libtorch.toml)",
        )),
        None => findings.push(Finding::weak(
            "LIBTORCH",
            "plain cargo doesn't know where libtorch is",
            "cargo xtask lab",
        )),
    }
    findings
}

/// The pretrained encoder that the notebooks on texts start from: they fetch it where it is not.
fn text_encoder(environment: &Environment) -> Finding {
    let (name, version) = requirements::text_encoder();
    if environment.has_text_encoder() {
        return Finding::good(
            "text encoder",
            format!("all-MiniLM-L6-v2 ({name} {version})"),
        );
    }
    let found = match &environment.text_encoder {
        Some(found) => format!("{name} {found}, and {version} is pinned"),
        None => format!("{name} is not installed"),
    };
    Finding::weak(
        "text encoder",
        format!(
            "{found}: the notebooks on texts fetch all-MiniLM-L6-v2 from huggingface.co, where the network allows"
        ),
        match environment.ours {
            true => "cargo xtask lab".to_owned(),
            false => requirements::install_text_encoder(&environment.python),
        },
    )
}

/// The kernel and its spec.
fn notebooks(paths: &Paths, environment: Option<&Environment>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mend = "cargo xtask lab";
    findings.push(match environment {
        Some(environment) if kernel::is_installed(paths, environment) => Finding::good(
            "kernelspec",
            kernel::spec_file(environment).display().to_string(),
        ),
        Some(environment) if kernel::spec_file(environment).exists() => Finding::weak(
            "kernelspec",
            "the environment's is another checkout's, or an older one; this one's commands use their own",
            mend,
        ),
        _ => Finding::bad("kernelspec", "not installed", mend),
    });
    findings.push(match kernel::status(paths, environment) {
        Some((line, true)) => Finding::good("kernel", line),
        Some((line, false)) => Finding::weak("kernel", line, mend),
        None => Finding::bad("kernel", "not built", mend),
    });
    findings
}

/// GPU, disk, memory.
fn machine(paths: &Paths, environment: Option<&Environment>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let with_cuda = environment.is_some_and(|environment| torch::has_cuda(&environment.torch_dir));
    let with_libraries =
        environment.is_some_and(|environment| cuda_libraries(&environment.torch_dir));
    findings.push(match (torch::gpu(), with_cuda && with_libraries) {
        (None, _) => Finding::good("CUDA", "no NVIDIA GPU: cells compute on the CPU"),
        (Some(gpu), true) => Finding::good(
            "CUDA",
            format!("{gpu}; libtorch_cuda and its libraries are there: cells see it"),
        ),
        (Some(gpu), false) if with_cuda => Finding::weak(
            "CUDA",
            format!(
                "{gpu}, but the CUDA libraries of libtorch_cuda are missing: cells don't see it"
            ),
            "cargo xtask lab --full-torch",
        ),
        (Some(gpu), false) => Finding::weak(
            "CUDA",
            format!("{gpu}, but this libtorch is for the CPU: cells don't see it"),
            "cargo xtask lab --full-torch",
        ),
    });
    let need = if environment.is_some() { 3_000 } else { 8_000 };
    let free = disk::free_mb(&paths.root);
    findings.push(match free {
        Some(free) if free < need => Finding::weak(
            "disk",
            format!("{free} MB free, {need} MB may be needed"),
            "cargo clean, or make room",
        ),
        Some(free) => Finding::good("disk", format!("{free} MB free")),
        None => Finding::good("disk", "unknown"),
    });
    findings.push(match disk::memory_mb() {
        Some(total) if total < 3_500 => Finding::weak(
            "memory",
            format!("{total} MB: one notebook at a time"),
            "close other programs, or add swap",
        ),
        Some(total) => Finding::good("memory", format!("{total} MB")),
        None => Finding::good("memory", "unknown"),
    });
    findings
}

/// Whether what libtorch_cuda is linked to lies where its rpath looks, or comes with the wheel.
fn cuda_libraries(torch_dir: &Path) -> bool {
    let nvidia = torch_dir.with_file_name("nvidia");
    let lists = ["cudnn/lib", "cu13/lib"].map(|dir| {
        std::fs::read_dir(nvidia.join(dir)).map(|list| list.flatten().collect::<Vec<_>>())
    });
    let names: Vec<String> = lists
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    ["libcudnn.so", "libcublas.so"]
        .iter()
        .all(|library| names.iter().any(|name| name.starts_with(library)))
}

fn table(findings: &[Finding]) -> String {
    let width = findings
        .iter()
        .map(|finding| finding.what.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.state {
            State::Good => '✓',
            State::Weak => '!',
            State::Bad => '✗',
        };
        text.push_str(&format!(
            "{mark} {:width$}  {}\n",
            finding.what,
            finding.found.replace('\n', " ")
        ));
        if finding.state != State::Good && !finding.mend.is_empty() {
            text.push_str(&format!("  {:width$}  mend: {}\n", "", finding.mend));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_text_encoder_that_is_missing_has_the_command_that_brings_it() {
        let mut environment = Environment {
            python: "/x/bin/python".into(),
            prefix: "/x".into(),
            torch_dir: "/x/torch".into(),
            torch_version: torch::pinned().to_owned(),
            text_encoder: None,
            ours: false,
        };
        let (name, version) = requirements::text_encoder();
        let finding = text_encoder(&environment);
        assert_eq!(finding.state, State::Weak);
        assert!(finding.found.contains("not installed"), "{finding:?}");
        assert_eq!(
            finding.mend,
            format!("/x/bin/python -m pip install --no-deps {name}=={version}")
        );
        environment.ours = true;
        environment.text_encoder = Some("0.0.1".to_owned());
        let finding = text_encoder(&environment);
        assert!(finding.found.contains("0.0.1"), "{finding:?}");
        assert_eq!(finding.mend, "cargo xtask lab");
        environment.text_encoder = Some(version.to_owned());
        assert_eq!(text_encoder(&environment).state, State::Good);
    }

    #[test]
    fn an_errors_mend_becomes_the_findings() {
        let finding = Finding::of(
            "Python",
            Err(anyhow!(
                "no venv module\nmend: sudo apt install python3.11-venv"
            )),
        );
        assert_eq!(finding.state, State::Bad);
        assert_eq!(finding.mend, "sudo apt install python3.11-venv");
        let text = table(&[finding, Finding::good("rustc", "1.95")]);
        assert_eq!(
            text,
            "✗ Python  no venv module\n          mend: sudo apt install python3.11-venv\n✓ rustc   1.95\n"
        );
    }
}
