//! Lets this crate's tests, examples and binaries find libtorch at run time: the folder that torch-sys
//! found it in goes into their rpath. (Notebook cells are linked by evcxr; the kernel sets the path there.)
//! And tells the crate which version of libtorch that is, and which Python packages lie beside it: a text encoder may be
//! among them.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family.contains("unix")) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
    if let Some(packages) = site_packages(Path::new(&lib)) {
        println!(
            "cargo:rustc-env=TRANSFER_SITE_PACKAGES={}",
            packages.display()
        );
    }
    let header = Path::new(&lib).join("../include/torch/headeronly/version.h");
    println!("cargo:rerun-if-changed={}", header.display());
    if let Some(version) = version(&header) {
        println!("cargo:rustc-env=TRANSFER_LIBTORCH={version}");
    }
}

/// The folder of Python's packages, where libtorch is in one: `…/site-packages` of `…/site-packages/torch/lib`.
fn site_packages(lib: &Path) -> Option<&Path> {
    let packages = lib.parent()?.parent()?;
    (lib.ends_with("site-packages/torch/lib") && packages.is_absolute()).then_some(packages)
}

/// `2.13.0`, from the header that defines its three parts.
fn version(header: &Path) -> Option<String> {
    let text = std::fs::read_to_string(header).ok()?;
    let part = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(&format!("#define TORCH_VERSION_{name} ")))
            .map(str::trim)
    };
    Some([part("MAJOR")?, part("MINOR")?, part("PATCH")?].join("."))
}
