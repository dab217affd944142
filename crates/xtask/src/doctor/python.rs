//! Python, and what is in its environment.

use super::finding::Finding;
use crate::cargo_config;
use crate::env::python::{self, Probe};
use crate::env::{Environment, requirements, torch};
use crate::paths::Paths;

/// Python, the environment, and the torch in it.
pub(super) fn python(paths: &Paths, environment: &Result<Environment, String>) -> Vec<Finding> {
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

#[cfg(test)]
mod tests {
    use super::super::finding::State;
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
}
