//! The shape of the tree: what the README's code map says is there, and the crates keep to their business.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in a folder of the root that git keeps: a reader's own data and copies are not the project's.
/// Outside a checkout (an unpacked archive), all that is there.
fn names(folder: &str) -> BTreeSet<String> {
    let listed = Command::new("git")
        .args([
            "ls-tree",
            "--name-only",
            "--full-tree",
            "HEAD",
            &format!("{folder}/"),
        ])
        .current_dir(root())
        .output();
    let paths: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().map(PathBuf::from).collect()
        }
        _ => {
            let entries = fs::read_dir(root().join(folder)).unwrap();
            entries.map(|entry| entry.unwrap().path()).collect()
        }
    };
    let names = paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    names
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect()
}

/// The folders and files that the README's code map names below `crate_dir`: lines with `` `src/…` ``.
fn mapped(crate_dir: &str) -> BTreeSet<String> {
    let readme = read("README.md");
    let after = readme
        .split(&format!("[`{crate_dir}/`]"))
        .nth(1)
        .expect("the crate is in the map");
    let rooms = after
        .lines()
        .skip(1)
        .take_while(|line| line.contains("&nbsp;"));
    let names = rooms.map(|line| {
        line.split('`')
            .nth(1)
            .unwrap()
            .trim_end_matches('/')
            .to_owned()
    });
    names.map(|name| format!("{crate_dir}/{name}")).collect()
}

#[test]
fn the_top_level_is_fixed() {
    let wanted = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "crates",
        "environment.yml",
        "notebooks",
    ];
    assert_eq!(names("."), wanted.map(str::to_owned).into());
}

#[test]
fn the_readme_maps_every_crate_and_every_room_of_the_library() {
    let readme = read("README.md");
    for name in names("crates") {
        assert!(
            readme.contains(&format!("[`crates/{name}/`](crates/{name})")),
            "crates/{name} is not in the map"
        );
    }
    let mapped = mapped("crates/transfer");
    for path in &mapped {
        assert!(
            root().join(path).exists(),
            "the map names {path}, which is not there"
        );
    }
    let src = "crates/transfer/src";
    for name in names(src) {
        let path = format!("{src}/{name}");
        if root().join(&path).is_dir() {
            assert!(mapped.contains(&path), "{path} is not in the map");
        }
    }
}

#[test]
fn links_in_the_readme_lead_somewhere() {
    let readme = read("README.md");
    let links = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let local: Vec<&str> = links
        .filter(|link| !link.starts_with("http") && !link.starts_with('#'))
        .collect();
    assert!(local.len() > 3, "found only {local:?}");
    for link in local {
        assert!(
            root().join(link).exists(),
            "the README links to {link}, which is not there"
        );
    }
}

#[test]
fn the_files_that_contributors_are_sent_to_are_there() {
    let text = read(".github/CONTRIBUTING.md");
    let names = text.split('`').skip(1).step_by(2);
    // `src/adapt/NAME.rs` is to be made; `notebooks/04_multi_task*.csv` are several.
    let is_file = |name: &&str| {
        let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
        let made = stem.rsplit('/').next().unwrap_or(stem);
        name.contains('/')
            && !name.contains([' ', ':', '*'])
            && made.chars().any(|c| c.is_ascii_lowercase())
            && !made.starts_with("NN_")
    };
    let files: Vec<&str> = names.filter(is_file).collect();
    assert!(files.len() > 20, "found only {files:?}");
    for name in files {
        let places = ["", "crates/transfer/"].map(|place| root().join(place).join(name));
        assert!(
            places.iter().any(|path| path.exists()),
            "CONTRIBUTING names {name}, which is not there"
        );
    }
}

#[test]
fn the_readme_lists_every_notebook() {
    let readme = read("README.md");
    let all = names("notebooks");
    for name in &all {
        let Some((stem, "ipynb")) = name.rsplit_once('.') else {
            // A notebook's small data has its name, or begins with it: `04_multi_task_costs.csv`.
            let stem = name.split_once('.').map_or(name.as_str(), |(stem, _)| stem);
            let is_of = |notebook: &String| {
                let own = notebook.strip_suffix(".ipynb");
                let rest = own.and_then(|own| stem.strip_prefix(own));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            };
            assert!(all.iter().any(is_of), "notebooks/{name} is of no notebook");
            continue;
        };
        assert!(
            readme.contains(&format!("(notebooks/{stem}.ipynb)")),
            "notebooks/{name} is not in the README"
        );
    }
}

#[test]
fn the_tools_know_nothing_of_machine_learning() {
    for name in ["kernel", "xtask"] {
        let manifest = read(&format!("crates/{name}/Cargo.toml"));
        for line in manifest.lines() {
            let dependency = line.split(['.', '=', ' ']).next().unwrap_or_default();
            assert!(
                !["tch", "torch-sys", "transfer"].contains(&dependency),
                "crates/{name} depends on {dependency}"
            );
        }
    }
}
