//! What the machine has.

use std::path::Path;

use super::finding::Finding;
use crate::disk;
use crate::env::{Environment, torch};
use crate::paths::Paths;

/// GPU, disk, memory.
pub(super) fn machine(paths: &Paths, environment: Option<&Environment>) -> Vec<Finding> {
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
