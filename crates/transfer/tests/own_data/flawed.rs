//! The folder with planted flaws: the same from the same seed, whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use transfer::prelude::*;

use super::flawed;

/// All files below a folder, with their contents.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_every_flaw_is_there() {
    let (folder, planted) = flawed();
    let place = tempfile::tempdir().unwrap();
    let again = place.path().join("again");
    let same = write_flawed_leaves(&again, 0).unwrap();
    assert_eq!(contents(folder), contents(&again));
    let below = |of: &Path, base: &Path| of.strip_prefix(base).unwrap().to_path_buf();
    for (one, other) in planted.iter().zip(&same) {
        assert_eq!(below(&one.path, folder), below(&other.path, &again));
    }
    for flaw in Flaw::ALL {
        assert!(
            planted.iter().any(|planted| planted.flaw == flaw),
            "{}",
            flaw.name()
        );
    }
    for planted in planted {
        assert!(planted.path.exists(), "{:?}", planted.path);
        assert!(planted.original.as_ref().is_none_or(|path| path.exists()));
        // Where the folder says another species, the truth is recorded.
        let wrong = matches!(planted.flaw, Flaw::WrongLabel | Flaw::Conflict);
        let class = planted
            .path
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        assert_eq!(
            planted.truth.as_deref().is_some_and(|truth| truth != class),
            wrong
        );
    }
    // A wrong label is a leaf of the species that it is said to be.
    let unlike: usize = planted
        .iter()
        .filter(|planted| planted.flaw == Flaw::WrongLabel)
        .count();
    assert_eq!(unlike, 23);
    // Another seed plants elsewhere.
    let other = write_flawed_leaves(place.path().join("other"), 1).unwrap();
    let differs = |(one, other): (&PlantedFlaw, &PlantedFlaw)| {
        below(&one.path, folder) != below(&other.path, &place.path().join("other"))
    };
    assert!(planted.iter().zip(&other).any(differs));
}

#[test]
fn a_folder_is_taken_again_if_it_is_whole_and_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("leaves");
    let planted = write_flawed_leaves(&folder, 3).unwrap();
    let written = fs::metadata(folder.join("new/00.jpg"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(write_flawed_leaves(&folder, 3).unwrap(), planted);
    assert_eq!(
        fs::metadata(folder.join("new/00.jpg"))
            .unwrap()
            .modified()
            .unwrap(),
        written
    );
    let message = |seed| write_flawed_leaves(&folder, seed).unwrap_err().to_string();
    assert!(message(4).contains("another seed"), "{}", message(4));
    fs::remove_file(folder.join("new/00.jpg")).unwrap();
    assert!(message(3).contains("changed"), "{}", message(3));
    // Somebody's own folder.
    let own = place.path().join("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("mine.txt"), "mine").unwrap();
    assert!(write_flawed_leaves(&own, 3).is_err());
    assert_eq!(contents(&own).len(), 1);
    // No half-written folder was left behind by any of it.
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}
