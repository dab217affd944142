//! The lesson's Python snippet, taken out of the notebook and run: it says what Rust says.
//!
//! It needs a Python with torch, torchvision, safetensors and Pillow: the one that `TRANSFER_TEST_PYTHON` names, that of the
//! project's environment (whose torch can be imported where it was installed whole), or `python3`. Without one, the test says
//! so and passes.

use std::path::{Path, PathBuf};
use std::process::Command;

use transfer::data::resize;
use transfer::prelude::*;

use super::flawed;

fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("TRANSFER_TEST_PYTHON").map(PathBuf::from);
    let candidates = named
        .into_iter()
        .chain([root.join(".venv/bin/python"), "python3".into()]);
    let imports = |python: &PathBuf| {
        let run = Command::new(python)
            .args(["-c", "import torch, torchvision, safetensors.torch, PIL"])
            .output();
        run.is_ok_and(|output| output.status.success())
    };
    let mut candidates = candidates;
    candidates.find(imports)
}

/// What stands between the fences of the first cell that has Python.
fn snippet() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks/07_own_data.ipynb");
    let notebook: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |cell: &serde_json::Value| -> String {
        cell["source"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect()
    };
    let cells: Vec<String> = notebook["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    let code = cells
        .iter()
        .find_map(|cell| cell.split_once("```python\n")?.1.split_once("```"));
    code.expect("a cell with Python").0.to_owned()
}

#[test]
fn python_says_what_rust_says() {
    let code = snippet();
    let Some(python) = python() else {
        println!(
            "skipped: no Python with torch, torchvision, safetensors and Pillow (TRANSFER_TEST_PYTHON names one)"
        );
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let mut net = models::build_undrawn("resnet18", 1, Device::Cpu).unwrap();
    let weights = hub::locate("ResNet18_Weights.DRAWN_V1").unwrap().path;
    net.load(weights, &LoadOptions::new().without("fc"))
        .unwrap();
    transfer::set_seed(0);
    net.replace_head(3);
    let classifier = ImageClassifier {
        net,
        arch: "resnet18".into(),
        classes: ["ash", "élm", "\"oak\""].map(String::from).to_vec(),
        preprocessing: Preprocessing {
            resize: 72,
            ..Preprocessing::square(64)
        },
        temperature: 1.25,
    };
    let folder = place.path().join("model");
    classifier.save(&folder).unwrap();
    let script = place.path().join("classify.py");
    std::fs::write(&script, code).unwrap();
    let jpegs = Unlabelled::open(flawed().0.join("new")).unwrap();
    // Of the size that the net sees, in files that every library decodes alike.
    let exact = place.path().join("exact");
    std::fs::create_dir(&exact).unwrap();
    for index in 0..jpegs.len() {
        let name = jpegs.name(index).with_extension("png");
        let picture = resize(&jpegs.picture(index).unwrap(), 72).unwrap();
        picture.save(exact.join(name.file_name().unwrap())).unwrap();
    }
    let exact = Unlabelled::open(exact).unwrap();
    // Elsewhere single values differ by a level or two of 256: Pillow rounds in other places when it resizes, libjpeg when
    // it decodes.
    for (pictures, tolerance) in [(exact, 1e-5), (jpegs, 5e-3)] {
        let found = largest_difference(&python, &script, &folder, &classifier, Arc::new(pictures));
        println!("largest difference of a probability: {found:.1e}");
        assert!(found < tolerance, "{found}");
    }
}

/// Between the probabilities that the script prints and the classifier's; everything else in the lines has to be the same.
fn largest_difference(
    python: &Path,
    script: &Path,
    folder: &Path,
    classifier: &ImageClassifier,
    pictures: Arc<dyn Dataset>,
) -> f64 {
    let said = classifier.predict(&pictures, 8).unwrap();
    let files = said.indices.iter().map(|&index| pictures.name(index));
    let mut command = Command::new(python);
    command
        .env("PYTHONUTF8", "1")
        .arg(script)
        .arg(folder)
        .args(files);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    // A line for each picture: its file, the class, and the probabilities of all classes.
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(lines.len(), said.indices.len(), "{text}");
    let mut largest = 0.0f64;
    for (row, line) in lines.iter().enumerate() {
        let probabilities = said.probabilities().get(row as i64);
        assert_eq!(line[0], pictures.name(said.indices[row]).to_str().unwrap());
        let best = said.predictions.int64_value(&[row as i64]) as usize;
        assert_eq!(line[1], classifier.classes[best]);
        assert_eq!(line.len(), 5, "{line:?}");
        for (class, text) in line[2..].iter().enumerate() {
            let found: f64 = text.parse().unwrap();
            largest = largest.max((found - probabilities.double_value(&[class as i64])).abs());
        }
    }
    largest
}
