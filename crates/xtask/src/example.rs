//! Programs of the library's: built in the kernel's template, where all that they need is compiled already.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::env::torch;
use crate::inherited::without_cargos;
use crate::paths::Paths;
use crate::setup::{self, Wanted};
use crate::stage::Stages;

/// A built program, and what it is started with.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    /// What is loaded before it. It is linked with libtorch's CPU part alone; CUDA is only seen where that part is
    /// loaded too.
    preload: Option<PathBuf>,
}

impl Program {
    /// One that is built already.
    pub(crate) fn at(path: &Path, torch_dir: Option<&Path>) -> Self {
        let cuda = torch_dir.filter(|dir| torch::has_cuda(dir));
        Self {
            path: path.to_owned(),
            preload: cuda.map(|dir| dir.join("lib/libtorch_cuda.so")),
        }
    }

    /// How it is started.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        if let Some(library) = &self.preload {
            command.env("LD_PRELOAD", library);
        }
        command
    }
}

/// Sets up what is missing, as `lab` does, and builds the example of that name. Returns libtorch's version too.
pub(crate) fn build(paths: &Paths, name: &str) -> Result<(Program, String)> {
    let mut stages = Stages::new();
    let environment = setup::run(
        paths,
        &mut stages,
        Wanted {
            full_torch: false,
            kernel: true,
        },
    )?;
    let path = stages.run(&format!("example {name}"), || {
        let mut command = Command::new(paths.kernel());
        command
            .args([
                "cargo",
                "build",
                "--quiet",
                "--package",
                "transfer",
                "--example",
                name,
            ])
            .args(["--message-format", "json-render-diagnostics"])
            .envs(environment.variables(paths))
            .current_dir(&paths.root)
            .stderr(Stdio::inherit());
        let output = without_cargos(&mut command)
            .output()
            .context("cannot start the kernel's cargo")?;
        if !output.status.success() {
            bail!(
                "the example `{name}` could not be built ({})",
                output.status
            );
        }
        let path = executable(&String::from_utf8_lossy(&output.stdout), name);
        let path = path.context("cargo does not say where it has put the example")?;
        Ok((path, String::new()))
    })?;
    let program = Program::at(&path, Some(&environment.torch_dir));
    Ok((program, environment.torch_version))
}

/// The example's file, from what cargo says of all that it has built.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let mut artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact"
                && message["target"]["name"] == name
                && message["target"]["kind"][0] == "example"
        });
    artifacts.find_map(|artifact| artifact["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_found_among_cargos_messages() {
        let messages = r#"
            {"reason":"compiler-artifact","target":{"kind":["lib"],"name":"bench"},"executable":null}
            not json
            {"reason":"compiler-artifact","target":{"kind":["example"],"name":"inspect"},"executable":"/t/inspect"}
            {"reason":"compiler-artifact","target":{"kind":["example"],"name":"bench"},"executable":"/t/bench"}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(
            executable(messages, "bench"),
            Some(PathBuf::from("/t/bench"))
        );
        assert_eq!(executable(messages, "study"), None);
        assert_eq!(executable("{}", "bench"), None);
    }

    #[test]
    fn cuda_is_loaded_where_it_is_there() {
        let torch = std::env::temp_dir().join(format!("xtask-bench-{}", std::process::id()));
        let program = |torch: Option<&Path>| Program::at(Path::new("/t/bench"), torch).command();
        assert_eq!(program(None).get_envs().count(), 0);
        assert_eq!(program(Some(&torch)).get_envs().count(), 0);
        let library = torch.join("lib/libtorch_cuda.so");
        std::fs::create_dir_all(torch.join("lib")).unwrap();
        std::fs::write(&library, "").unwrap();
        let command = program(Some(&torch));
        let variables: Vec<_> = command.get_envs().collect();
        assert_eq!(
            variables,
            [("LD_PRELOAD".as_ref(), Some(library.as_os_str()))]
        );
        std::fs::remove_dir_all(torch).unwrap();
    }
}
