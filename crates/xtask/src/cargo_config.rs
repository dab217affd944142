//! `target/libtorch.toml`: how plain `cargo test`, `cargo run` and editors find libtorch after the set-up.
//! `.cargo/config.toml` includes it where it exists. It is rewritten only when libtorch has moved, because a new
//! value makes cargo run torch-sys' build script again.

use std::path::Path;

use anyhow::Result;

use crate::paths::{Paths, write_if_changed};

/// Points cargo at libtorch in `torch_dir`. Returns whether anything changed.
pub(crate) fn write(paths: &Paths, torch_dir: &Path) -> Result<bool> {
    write_if_changed(&paths.libtorch_config(), &text(torch_dir))
}

fn text(torch_dir: &Path) -> String {
    let path = torch_dir
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!(
        "# Written by `cargo xtask`, included by .cargo/config.toml. A LIBTORCH that you have set yourself goes first.\n\
         [env]\n\
         LIBTORCH = \"{path}\"\n"
    )
}

/// A `LIBTORCH` in this process' environment that neither this tool nor its file has put there: the user's own.
pub(crate) fn users_libtorch(paths: &Paths) -> Option<String> {
    let set = std::env::var("LIBTORCH")
        .ok()
        .filter(|value| !value.is_empty())?;
    let ours = std::fs::read_to_string(paths.libtorch_config())
        .is_ok_and(|text| text == self::text(Path::new(&set)));
    (!ours).then_some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_for_toml() {
        let text = text(Path::new("/a \"b\"/torch"));
        assert!(
            text.ends_with("[env]\nLIBTORCH = \"/a \\\"b\\\"/torch\"\n"),
            "{text}"
        );
    }
}
