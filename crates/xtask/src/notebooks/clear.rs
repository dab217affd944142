//! Taking outputs and execution numbers out of notebooks.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use crate::args::Args;
use crate::paths::Paths;

use super::{file, find, name};

/// Runs the command.
pub(crate) fn command(paths: &Paths, args: Args) -> Result<ExitCode> {
    for path in find(paths, &args.words()?)? {
        let mut notebook = file::read(&path)?;
        clear(&mut notebook);
        let changed = file::write(&path, &notebook)?;
        println!(
            "{}: {}",
            name(&path),
            if changed { "cleared" } else { "was clear" }
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn clear(notebook: &mut Value) {
    for cell in notebook["cells"].as_array_mut().into_iter().flatten() {
        if cell["cell_type"] != "code" {
            continue;
        }
        cell["outputs"] = json!([]);
        cell["execution_count"] = Value::Null;
        if let Some(metadata) = cell["metadata"].as_object_mut() {
            metadata.remove("execution");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_text_stay() {
        let mut notebook = json!({"cells": [
            {"cell_type": "markdown", "source": ["x"], "metadata": {}},
            {"cell_type": "code", "source": ["1"], "execution_count": 3, "outputs": [{"output_type": "stream"}],
             "metadata": {"tags": ["parameters"], "execution": {"a": 1}}},
        ]});
        clear(&mut notebook);
        assert_eq!(
            notebook,
            json!({"cells": [
                {"cell_type": "markdown", "source": ["x"], "metadata": {}},
                {"cell_type": "code", "source": ["1"], "execution_count": null, "outputs": [], "metadata": {"tags": ["parameters"]}},
            ]})
        );
    }
}
