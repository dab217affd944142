//! `cargo xtask test`: everything that must pass, cheap things first, up to the first failure.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::browser;
use crate::env::Environment;
use crate::inherited::without_cargos;
use crate::notebooks::{self, check, run};
use crate::paths::Paths;
use crate::setup::{self, Wanted};
use crate::site;
use crate::stage::Stages;
use crate::toolchain::{cargo, formatter_and_linter};

const HELP: &str = "\
cargo xtask test [--fast]

Everything that must pass, in this order, up to the first failure: that rustfmt and clippy are installed,
rustfmt, the notebooks' conventions, the set-up as `lab` does it, clippy, unit, integration and doc tests, the
documentation, the site of the notebooks, the conformance suite for Jupyter kernels, every notebook from top to
bottom in a fresh kernel, and two of them in JupyterLab in a headless browser (skipped where there is no Chromium
with its driver). The last line counts stages: `N passed, N failed`.

  --fast   without the kernel and without running notebooks";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let fast = args.flag("--fast");
    args.none_left()?;
    println!(
        "cargo xtask test{}, in {}",
        if fast { " --fast" } else { "" },
        paths.root.display()
    );
    let mut stages = Stages::new();
    let result = all(paths, &mut stages, fast);
    let (passed, mut failed) = stages.counts();
    println!("\n{}", stages.summary());
    if let Err(error) = &result {
        // The set-up's side-by-side stages fail without a row of their own.
        failed = failed.max(1);
        println!("\nfailed: {error:#}");
    }
    println!("\n{passed} passed, {failed} failed");
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn all(paths: &Paths, stages: &mut Stages, fast: bool) -> Result<()> {
    stages.run("tools", || {
        formatter_and_linter()?;
        Ok(((), "rustfmt and clippy".to_owned()))
    })?;
    stages.run("formatting", || {
        cargo_run(paths, None, &[], &["fmt", "--all", "--check"])
            .context("mend: cargo fmt --all")?;
        Ok(((), String::new()))
    })?;
    let books = notebooks::find(paths, &[])?;
    stages.run("notebook conventions", || {
        if books.is_empty() {
            bail!("there are no notebooks in {}", paths.notebooks().display());
        }
        let found = check::all(&books)?;
        for violation in &found {
            println!("  {violation}");
        }
        if !found.is_empty() {
            bail!("{} violations of the notebooks' conventions", found.len());
        }
        Ok(((), format!("{} notebooks", books.len())))
    })?;
    let environment = setup::run(
        paths,
        stages,
        Wanted {
            full_torch: false,
            kernel: !fast,
        },
    )?;
    // Each crate where its dependencies are compiled already: the library in the kernel's template, the
    // kernel in its own profile, this tool in the one that it runs in.
    let library: &[&str] = if fast {
        &["cargo"]
    } else {
        &["transfer-kernel", "cargo"]
    };
    for (stage, subcommand, after) in [
        ("clippy", "clippy --all-targets", "-- -D warnings"),
        ("tests", "test", ""),
        (
            "documentation",
            "doc --no-deps --document-private-items",
            "",
        ),
    ] {
        for (package, by, profile) in [
            ("xtask", &["cargo"][..], "--profile xtask"),
            ("transfer", library, ""),
            ("kernel", &["cargo"], "--profile kernel"),
        ] {
            if fast && package == "kernel" {
                continue;
            }
            stages.run(&format!("{stage}, {package}"), || {
                let arguments =
                    format!("{subcommand} --quiet --package {package} {profile} {after}");
                let arguments: Vec<&str> = arguments.split_whitespace().collect();
                cargo_run(paths, Some(&environment), by, &arguments)?;
                Ok(((), String::new()))
            })?;
        }
    }
    stages.run("site", || {
        let books = site::lessons(paths)?;
        let made = site::build(paths, &environment, &books, &site::folder(paths))?;
        Ok(((), made))
    })?;
    if fast {
        return Ok(());
    }
    stages.run("conformance, kernel", || {
        Ok(((), conformance(paths, &environment)?))
    })?;
    for book in &books {
        let name = notebooks::name(book);
        stages.run(&format!("notebook {name}"), || {
            run::execute(paths, &environment, &run::Job::new(book))?;
            Ok(((), String::new()))
        })?;
    }
    stages.run("browser", || Ok(((), browser::stage(paths, &environment)?)))?;
    Ok(())
}

/// Asks the kernel what Jupyter's conformance suite asks, and some more, and then what a lesson does.
fn conformance(paths: &Paths, environment: &Environment) -> Result<String> {
    let python = || {
        let mut command = Command::new(&environment.python);
        command
            .envs(environment.jupyter_variables(paths))
            .current_dir(&paths.root);
        without_cargos(&mut command);
        command
    };
    let has_suite = python()
        .args(["-c", "import jupyter_kernel_test"])
        .output()?
        .status
        .success();
    if !has_suite {
        // An environment of the user's own need not have it.
        return Ok("skipped: jupyter_kernel_test is not installed".to_owned());
    }
    for script in ["conformance.py", "library.py"] {
        let status = python()
            .arg(paths.root.join("crates/kernel/tests").join(script))
            .env("KERNEL", "rust")
            .status()
            .context("cannot start Python")?;
        if !status.success() {
            bail!("the kernel does not pass {script} ({status})");
        }
    }
    Ok(String::new())
}

/// Runs cargo, by itself or through the kernel, with its output going straight through.
fn cargo_run(
    paths: &Paths,
    environment: Option<&Environment>,
    by: &[&str],
    arguments: &[&str],
) -> Result<()> {
    let mut command: Command = match by {
        [_kernel, rest @ ..] if !rest.is_empty() => {
            let mut command = Command::new(paths.kernel());
            command.args(rest);
            without_cargos(&mut command);
            command
        }
        _ => cargo(),
    };
    command
        .args(arguments)
        .current_dir(&paths.root)
        // The harness runs a test on each core already: with libtorch's own threads beside them, small nets take
        // minutes instead of seconds.
        .env("OMP_NUM_THREADS", "1")
        .env("RUSTDOCFLAGS", "-D warnings");
    if let Some(environment) = environment {
        command.envs(environment.variables(paths));
    }
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}
