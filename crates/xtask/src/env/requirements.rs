//! The pinned Python packages, and whether the lists of them agree.

/// JupyterLab and what runs notebooks.
pub(crate) const JUPYTER: &str = include_str!("../../python/requirements.txt");
/// torch.
pub(crate) const TORCH: &str = include_str!("../../python/torch.txt");
/// The CUDA libraries that PyPI's CPU part of torch is linked to.
pub(crate) const CUDA_LIBS: &str = include_str!("../../python/torch-cuda-libs.txt");
/// Versions for all that torch's wheel declares.
pub(crate) const FULL: &str = include_str!("../../python/torch-full-constraints.txt");

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
    use std::collections::BTreeMap;

    use super::*;

    const CONDA: &str = include_str!("../../../../environment.yml");

    /// The pins that count for the conda environment's Python, by name. The few markers there are compare the
    /// Python version or name the system.
    fn for_python(text: &str, minor: u32) -> BTreeMap<&str, &str> {
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
        assert_eq!(ours, for_python(CONDA, minor));
    }

    #[test]
    fn every_package_has_one_version_for_every_python() {
        for minor in 10..=14 {
            let applying = for_python(JUPYTER, minor);
            let mut seen = Vec::new();
            for line in JUPYTER.lines().filter(|line| !line.starts_with('#')) {
                let (name, version) = pins(line).next().expect("every line pins a version");
                if applying.get(name) == Some(&version) {
                    seen.push(name);
                }
            }
            assert_eq!(
                seen.len(),
                applying.len(),
                "two versions of one package for Python 3.{minor}"
            );
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
