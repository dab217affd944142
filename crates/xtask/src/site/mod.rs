//! `cargo xtask site`: the executed notebooks as a static site that opens from a folder, without a server or a network.
//!
//! nbconvert renders it, with templates of ours: it comes with JupyterLab, so a site costs no package more. Jupyter Book 2 is mystmd,
//! which needs Node.js, and whose pages and search want a web server (jupyter-book/mystmd#188, open since 2023).
//!
//! `python/site/` writes the pages; here they are checked ([`check`]) before they take the place of older ones ([`draft`]).

mod check;
mod draft;
mod html;
mod links;
mod repository;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::args::Args;
use crate::env::{self, Environment};
use crate::inherited::without_cargos;
use crate::notebooks::{self, run};
use crate::paths::Paths;
use draft::Draft;

const HELP: &str = "\
cargo xtask site [--out DIR] [--run]

Makes a static site of the notebooks as they are saved, with their outputs: a home page, a page per lesson, a search over all of
them. It needs no server and no network: open index.html. A broken link in it, or anything that it would load
from elsewhere, is an error, and the site that was there stays.

  --out DIR   where (target/site)
  --run       executes all notebooks first; the files in notebooks/ stay as they are";

/// Runs the command.
pub(crate) fn command(paths: &Paths, mut args: Args) -> Result<ExitCode> {
    if args.help() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let out = match args.value("--out")? {
        Some(dir) => std::env::current_dir()?.join(dir),
        None => folder(paths),
    };
    let executes = args.flag("--run");
    args.none_left()?;
    let environment = match env::ready(paths) {
        Ok(environment) => environment,
        Err(lacks) => bail!("{lacks}\nmend: cargo xtask lab --no-open"),
    };
    // Asked before an hour of execution.
    draft::may_replace(&out)?;
    let books = if executes {
        executed(paths)?
    } else {
        lessons(paths)?
    };
    let made = build(paths, &environment, &books, &out)?;
    println!("  {made}\n{}", out.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

/// Where the site goes.
pub(crate) fn folder(paths: &Paths) -> PathBuf {
    paths.target().join("site")
}

/// The notebooks of the course, `NN_name.ipynb`: a reader's own beside them are not part of it.
pub(crate) fn lessons(paths: &Paths) -> Result<Vec<PathBuf>> {
    let mut books = notebooks::find(paths, &[])?;
    books.retain(|book| is_lesson(&notebooks::name(book)));
    if books.is_empty() {
        bail!("there are no lessons in {}", paths.notebooks().display());
    }
    Ok(books)
}

fn is_lesson(name: &str) -> bool {
    matches!(name.as_bytes(), [a, b, b'_', ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

/// Copies of all lessons, executed now.
fn executed(paths: &Paths) -> Result<Vec<PathBuf>> {
    let books = lessons(paths)?;
    let save = paths.xtask().join("site");
    let mut arguments: Vec<String> = books.iter().map(|book| notebooks::name(book)).collect();
    arguments.extend(["--save".to_owned(), save.display().to_string()]);
    run::command(paths, Args::new(arguments))?;
    let copies = books
        .iter()
        .filter_map(|book| Some(save.join(book.file_name()?)));
    Ok(copies.collect())
}

/// Makes the site of these notebooks, checks it, and puts it in place. Returns what was made, in words.
///
/// # Errors
///
/// When a notebook lacks outputs or what the home page shows of it, when the site has a fault, or when `out` holds something else
/// than a site.
pub(crate) fn build(
    paths: &Paths,
    environment: &Environment,
    books: &[PathBuf],
    out: &Path,
) -> Result<String> {
    let draft = Draft::beside(out)?;
    render(paths, environment, books, draft.path())?;
    let pages: Vec<String> = std::iter::once("index".to_owned())
        .chain(books.iter().map(|book| notebooks::name(book)))
        .map(|name| format!("{name}.html"))
        .collect();
    let checked = check::all(draft.path(), &pages)?;
    if !checked.faults.is_empty() {
        bail!(
            "the site has {} faults and was not put in place:\n  {}",
            checked.faults.len(),
            checked.faults.join("\n  ")
        );
    }
    draft.put_in_place()?;
    Ok(format!(
        "{} lessons, {} sections to search, {} links, all of which lead somewhere",
        books.len(),
        checked.sections,
        checked.links
    ))
}

/// Lets Python write the pages.
fn render(paths: &Paths, environment: &Environment, books: &[PathBuf], out: &Path) -> Result<()> {
    let text = |path: &Path| path.display().to_string();
    let request: Value = json!({
        "root": text(&paths.root),
        "notebooks": books.iter().map(|book| text(book)).collect::<Vec<_>>(),
        "repository": repository::address(&paths.root),
        "out": text(out),
    });
    let mut command = Command::new(&environment.python);
    command
        // No compiled files among the sources.
        .arg("-B")
        .arg(paths.root.join("crates/xtask/python/site"))
        .arg(request.to_string())
        .envs(environment.jupyter_variables(paths));
    let output = without_cargos(&mut command)
        .output()
        .context("cannot start the environment's Python")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{}", said.trim());
    }
    eprint!("{said}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readers_own_notebook_is_no_lesson() {
        assert!(is_lesson("00_start_here") && is_lesson("12_more"));
        for name in ["Untitled", "1_x", "00", "my_00_x"] {
            assert!(!is_lesson(name), "{name}");
        }
    }

    /// What `mathml.py` makes of a formula: its contents, or what it does not know.
    fn formula(tex: &str) -> String {
        const SCRIPT: &str = "
import sys
sys.path.insert(0, sys.argv[1])
from mathml import Unknown, mathml
try:
    print(mathml(sys.argv[2], False).split('<semantics>')[1].split('<annotation')[0], end='')
except Unknown as unknown:
    print(f'unknown: {unknown}', end='')
";
        let (python, _) = env::python::best().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/site");
        let output = Command::new(python)
            .args(["-I", "-B", "-c", SCRIPT])
            .arg(folder)
            .arg(tex)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{tex}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn formulas_become_mathml_or_an_error() {
        for (tex, expected) in [
            ("W", "<mi>W</mi>"),
            ("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
            ("f'", "<msup><mi>f</mi><mo>′</mo></msup>"),
            (
                r"A^\top < -1",
                "<mrow><msup><mi>A</mi><mi>⊤</mi></msup><mo>&lt;</mo><mo>−</mo><mn>1</mn></mrow>",
            ),
            (
                r"\sum_i \tfrac12",
                "<mrow><munder><mo>∑</mo><mi>i</mi></munder>\
                 <mstyle displaystyle=\"false\"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle></mrow>",
            ),
            (
                r"\text{if } a",
                "<mrow><mtext>if\u{a0}</mtext><mi>a</mi></mrow>",
            ),
            (
                r"\frac{a b}{\hat y}",
                "<mfrac><mrow><mi>a</mi><mi>b</mi></mrow>\
                 <mover accent=\"true\"><mi>y</mi><mo stretchy=\"false\">^</mo></mover></mfrac>",
            ),
            (r"\operatorname{acc}", "<mi mathvariant=\"normal\">acc</mi>"),
            (r"\foo", r"unknown: \foo"),
            ("a}", "unknown: } where none belongs"),
            (
                r"\frac{a",
                "unknown: its end, where something should follow",
            ),
            ("x_1_2", "unknown: a second _ at the same place"),
        ] {
            assert_eq!(formula(tex), expected, "{tex}");
        }
    }
}
