//! `cargo xtask kernel`: the kernel for JupyterLab, Notebook, VS Code and papermill outside this checkout.
//!
//! Inside, nothing has to be installed: `lab` and `notebooks run` know this checkout's kernel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Args;
use crate::kernel;
use crate::paths::{Paths, write_if_changed};
use crate::setup::{self, Wanted};
use crate::stage::Stages;

const HELP: &str = "\
cargo xtask kernel install | uninstall | list [options]

  install     sets up what is missing, and tells Jupyter of this checkout's kernel, for all your environments
  uninstall   takes away what `install` has put there, and nothing else
  list        the Rust kernels that Jupyter finds, and whose they are

  --prefix DIR   in DIR/share/jupyter instead of your own folder (a conda or virtual environment, /usr/local)
  --name NAME    the kernel's name (rust); notebooks ask for it by this name
  --force        replace a kernel of that name that is not this checkout's

The kernel stays in this checkout: when that is moved or cleaned, run `install` again.";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    let what = args.word().unwrap_or_default();
    if what.is_empty() || what.starts_with('-') || args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let prefix = args.value("--prefix")?.map(PathBuf::from);
    let name = args.value("--name")?.unwrap_or_else(|| "rust".to_owned());
    let force = args.flag("--force");
    args.none_left()?;
    if name.is_empty()
        || !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    {
        bail!("a kernel's name is of letters, digits, `-`, `_` and `.`, not `{name}`");
    }
    let data = match &prefix {
        Some(prefix) => std::path::absolute(prefix)?.join("share/jupyter"),
        None => user_data()?,
    };
    let dir = data.join("kernels").join(&name);
    match what.as_str() {
        "install" => install(paths, &dir, force)?,
        "uninstall" => uninstall(paths, &dir)?,
        "list" => list(paths, prefix.map(|_| data).as_deref())?,
        other => bail!("there is no `kernel {other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn install(paths: &Paths, dir: &Path, force: bool) -> Result<()> {
    let whose = Owner::of(dir, &paths.kernel());
    if !force && let Owner::Other(program) = &whose {
        bail!(
            "{} is the kernel {program}\nmend: another --name, or --force to replace it",
            dir.display()
        );
    }
    let wanted = Wanted {
        full_torch: false,
        kernel: true,
    };
    let environment = setup::run(paths, &mut Stages::new(), wanted)?;
    write_if_changed(
        &dir.join("kernel.json"),
        &kernel::spec_text(paths, &environment),
    )?;
    println!("installed: {}", dir.display());
    Ok(())
}

fn uninstall(paths: &Paths, dir: &Path) -> Result<()> {
    match Owner::of(dir, &paths.kernel()) {
        Owner::Nobody => println!("nothing to do: there is no {}", dir.display()),
        Owner::Other(program) => bail!("{} is the kernel {program}: left alone", dir.display()),
        Owner::Us => {
            fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
            println!("removed: {}", dir.display());
        }
    }
    Ok(())
}

fn list(paths: &Paths, extra: Option<&Path>) -> Result<()> {
    let mut folders: Vec<PathBuf> = extra.map(Path::to_owned).into_iter().collect();
    folders.push(paths.jupyter().join("data"));
    folders.extend(std::env::split_paths(
        &std::env::var_os("JUPYTER_PATH").unwrap_or_default(),
    ));
    folders.push(user_data()?);
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"]
        .into_iter()
        .filter_map(std::env::var_os);
    let environments = environments.map(PathBuf::from).chain([paths.venv()]);
    folders.extend(environments.map(|prefix| prefix.join("share/jupyter")));
    folders.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
    let (mut seen, mut found) = (Vec::new(), false);
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        if seen.contains(&folder) {
            continue;
        }
        for dir in specs(&folder.join("kernels")) {
            let owner = match Owner::of(&dir, &paths.kernel()) {
                Owner::Us => "this checkout's".to_owned(),
                Owner::Other(program)
                    if Path::new(&program).is_absolute() && !Path::new(&program).exists() =>
                {
                    format!("{program}, which is not there")
                }
                Owner::Other(program) => program,
                Owner::Nobody => continue,
            };
            println!("{}  {owner}", dir.display());
            found = true;
        }
        seen.push(folder);
    }
    if !found {
        println!(
            "Jupyter finds no Rust kernel here; `cargo xtask kernel install` makes it find this checkout's"
        );
    }
    Ok(())
}

/// The folders of kernels for Rust.
fn specs(kernels: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(kernels).into_iter().flatten().flatten();
    let is_rust = |dir: &PathBuf| {
        read(dir).is_some_and(|spec| {
            spec["language"]
                .as_str()
                .is_some_and(|language| language.eq_ignore_ascii_case("rust"))
        })
    };
    let mut specs: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_rust).collect();
    specs.sort();
    specs
}

fn read(dir: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(dir.join("kernel.json")).ok()?).ok()
}

/// Whose a kernelspec is.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    Us,
    /// With the program that it starts.
    Other(String),
    Nobody,
}

impl Owner {
    fn of(dir: &Path, kernel: &Path) -> Self {
        if !dir.exists() {
            return Self::Nobody;
        }
        let program = read(dir).and_then(|spec| spec["argv"][0].as_str().map(str::to_owned));
        match program {
            Some(program) if Path::new(&program) == kernel => Self::Us,
            Some(program) => Self::Other(program),
            None => Self::Other("of an unreadable kernel.json".to_owned()),
        }
    }
}

/// Jupyter's folder for what belongs to the user.
fn user_data() -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|dir| !dir.is_empty())
            .map(PathBuf::from)
    };
    if let Some(dir) = set("JUPYTER_DATA_DIR") {
        return Ok(dir);
    }
    let home = std::env::home_dir().context("there is no home folder; use --prefix")?;
    Ok(match cfg!(target_os = "macos") {
        true => home.join("Library/Jupyter"),
        false => set("XDG_DATA_HOME")
            .unwrap_or_else(|| home.join(".local/share"))
            .join("jupyter"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_taken_away() {
        let root = std::env::temp_dir().join(format!("xtask-kernelspec-{}", std::process::id()));
        let paths = Paths {
            root: root.join("checkout"),
        };
        let spec = |name: &str, program: &Path| {
            let dir = root.join("kernels").join(name);
            let text = format!("{{\"argv\": [{program:?}], \"language\": \"Rust\"}}");
            write_if_changed(&dir.join("kernel.json"), &text).unwrap();
            dir
        };
        let ours = spec("ours", &paths.kernel());
        let other = spec("other", Path::new("/bin/evcxr_jupyter"));
        assert_eq!(
            specs(&root.join("kernels")),
            [ours.clone(), other.clone()]
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
        );
        assert_eq!(Owner::of(&ours, &paths.kernel()), Owner::Us);
        uninstall(&paths, &ours).unwrap();
        uninstall(&paths, &ours).unwrap();
        let error = uninstall(&paths, &other).unwrap_err().to_string();
        assert!(error.contains("/bin/evcxr_jupyter"), "{error}");
        assert!(!ours.exists() && other.exists());
        assert!(
            install(&paths, &other, false)
                .unwrap_err()
                .to_string()
                .contains("--force")
        );
        fs::remove_dir_all(root).unwrap();
    }
}
