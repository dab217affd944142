//! `cargo xtask doctor`: what is found, what is missing, and the exact command that mends it. Changes nothing.

mod finding;
mod machine;
mod python;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use finding::State;

use crate::args::Args;
use crate::env;
use crate::paths::Paths;

const HELP: &str = "\
cargo xtask doctor

Lists what is found, what is missing, and the command that mends it. Changes nothing. Its exit status is 1
when something is missing that notebooks cannot run without.";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    args.none_left()?;
    let environment = env::ready(paths);
    let mut findings = tools::rust(paths);
    findings.extend(python::python(paths, &environment));
    findings.extend(tools::notebooks(paths, environment.as_ref().ok()));
    findings.extend(machine::machine(paths, environment.as_ref().ok()));
    print!("{}", finding::table(&findings));
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
