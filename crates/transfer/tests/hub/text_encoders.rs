//! The table of text encoders, and the one that a Python package brings.

use std::collections::BTreeSet;
use std::path::Path;

use tempfile::tempdir;
use transfer::hub::{self, text_encoder};

use crate::{hub, says};

#[test]
fn every_text_encoder_is_sound() {
    let all = hub::all_text_encoders();
    for entry in &all {
        let name = entry.name;
        for known in [name, entry.repository] {
            assert_eq!(text_encoder(known).unwrap(), *entry);
            assert_eq!(text_encoder(&known.to_uppercase()).unwrap(), *entry);
        }
        assert!(entry.repository.ends_with(&format!("/{name}")), "{name}");
        let hexadecimal = |text: &str, digits| {
            let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            text.len() == digits && text.bytes().all(lower)
        };
        assert!(hexadecimal(entry.revision, 40), "{name}");
        let files: Vec<_> = entry.files.iter().map(|file| file.file_name).collect();
        assert!(
            files.starts_with(&["config.json", "tokenizer.json"]),
            "{name}"
        );
        assert_eq!(files.last(), Some(&"model.safetensors"), "{name}");
        for file in entry.files {
            assert!(file.bytes > 0 && hexadecimal(file.sha256, 64), "{name}");
        }
        // Four bytes a parameter, a header of names and little else, or the heads of the pretraining.
        let weights = entry.files[files.len() - 1].bytes as f64;
        let share = entry.num_params as f64 * 4.0 / weights;
        assert!((0.98..1.0).contains(&share), "{name}: {share}");
        assert!(entry.dimension > 0 && !entry.licence.is_empty() && !entry.recipe.is_empty());
    }
    let names: BTreeSet<_> = all.iter().map(|entry| entry.name.to_lowercase()).collect();
    assert_eq!(names.len(), all.len());
    let weights: BTreeSet<_> = all.iter().map(|entry| entry.files[2].sha256).collect();
    assert_eq!(weights.len(), all.len());
    let bert = text_encoder("bert-base-uncased").unwrap();
    assert_eq!(
        bert.url_of(&bert.files[0]),
        "https://huggingface.co/google-bert/bert-base-uncased/resolve/86b5e0934494bd15c9632b12f734a8a67f723594/config.json"
    );
    says(
        &text_encoder("all-MiniLM-L12-v2").unwrap_err(),
        &["\"all-MiniLM-L6-v2\"", "hub::all_text_encoders()"],
    );
}

#[test]
fn the_encoder_of_the_python_package_is_found_and_is_the_known_one() {
    let entry = text_encoder("all-MiniLM-L6-v2").unwrap();
    let package = entry.python_package.unwrap();
    let site = option_env!("TRANSFER_SITE_PACKAGES").map(Path::new);
    let there = site.map(|site| site.join(package.folder));
    let Some(there) = there.filter(|folder| folder.is_dir()) else {
        println!(
            "skipped: {} is not installed where libtorch comes from ({site:?}); `cargo xtask lab` installs it",
            package.name
        );
        return;
    };
    let cache = tempdir().unwrap();
    let hub = hub(cache.path())
        .offline(true)
        .python_packages(site.unwrap());
    assert_eq!(hub.text_encoder(entry).unwrap(), there);
}
