//! What compiles, and what runs the notebooks.

use super::finding::Finding;
use crate::env::Environment;
use crate::paths::Paths;
use crate::{kernel, toolchain};

/// The tools that compile.
pub(super) fn rust(paths: &Paths) -> Vec<Finding> {
    let component =
        |what, program: &str, name: &str| match toolchain::output(program, &["--version"]) {
            Some(version) => Finding::good(what, version),
            None => Finding::weak(
                what,
                "missing; only `cargo xtask test` needs it",
                format!("rustup component add {name}"),
            ),
        };
    vec![
        Finding::of("rustc", toolchain::rustc()),
        component("rustfmt", "rustfmt", "rustfmt"),
        component("clippy", "cargo-clippy", "clippy"),
        if toolchain::has_rust_src() {
            Finding::good("rust-src", "the standard library's sources are there")
        } else {
            Finding::weak(
                "rust-src",
                "missing: a variable whose type comes out of a std type must have it written out",
                "rustup component add rust-src",
            )
        },
        Finding::of("C++ compiler", toolchain::cxx(paths)),
        Finding::of(
            "linker",
            toolchain::links(paths).map(|()| "rustc links programs".to_owned()),
        ),
    ]
}

/// The kernel and its spec.
pub(super) fn notebooks(paths: &Paths, environment: Option<&Environment>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mend = "cargo xtask lab";
    findings.push(match environment {
        Some(environment) if kernel::is_installed(paths, environment) => Finding::good(
            "kernelspec",
            kernel::spec_file(environment).display().to_string(),
        ),
        Some(environment) if kernel::spec_file(environment).exists() => Finding::weak(
            "kernelspec",
            "the environment's is another checkout's, or an older one; this one's commands use their own",
            mend,
        ),
        _ => Finding::bad("kernelspec", "not installed", mend),
    });
    findings.push(match kernel::status(paths, environment) {
        Some((line, true)) => Finding::good("kernel", line),
        Some((line, false)) => Finding::weak("kernel", line, mend),
        None => Finding::bad("kernel", "not built", mend),
    });
    findings
}
