//! Audits of folders, flawed and small ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use transfer::prelude::*;

use super::flawed;
use super::folders::{in_parts, picture};

fn of_flaw(flaw: Flaw) -> BTreeSet<PathBuf> {
    let planted = flawed().1.iter().filter(|planted| planted.flaw == flaw);
    planted.map(|planted| planted.path.clone()).collect()
}

fn paths(audit: &Audit, groups: &[Vec<usize>]) -> BTreeSet<PathBuf> {
    let pictures = groups
        .iter()
        .flatten()
        .map(|&place| audit.pictures[place].path.clone());
    pictures.collect()
}

#[test]
fn what_was_planted_is_found_and_nothing_else() {
    let (folder, planted) = flawed();
    let parts = open_parts(folder).unwrap();
    let audit = parts.audit().unwrap();
    let with_copies = |flaws: &[Flaw]| -> BTreeSet<PathBuf> {
        let of = planted
            .iter()
            .filter(|planted| flaws.contains(&planted.flaw));
        of.flat_map(|planted| [planted.path.clone(), planted.original.clone().unwrap()])
            .collect()
    };
    let exact = [Flaw::ExactCopy, Flaw::Leak, Flaw::Conflict];
    assert_eq!(paths(&audit, &audit.duplicates), with_copies(&exact));
    assert_eq!(
        audit.duplicates.len(),
        of_flaw(Flaw::ExactCopy).len() + 4 + 3
    );
    assert_eq!(
        paths(&audit, &audit.leaks(&audit.duplicates)),
        with_copies(&[Flaw::Leak])
    );
    assert_eq!(
        paths(&audit, &audit.conflicts(&audit.duplicates)),
        with_copies(&[Flaw::Conflict])
    );

    // Headers tell of all that cannot be read, but for the PNG that breaks off.
    let unreadable: BTreeSet<PathBuf> = audit
        .unreadable
        .iter()
        .map(|one| one.path.clone())
        .collect();
    let (png, mut expected): (BTreeSet<PathBuf>, BTreeSet<PathBuf>) = of_flaw(Flaw::Truncated)
        .into_iter()
        .partition(|path| path.extension().unwrap() == "png");
    expected.extend(of_flaw(Flaw::Empty));
    expected.extend(of_flaw(Flaw::NotAPicture));
    assert_eq!((unreadable, png.len()), (expected, 1));
    let train = &parts.parts[0].1;
    let broken: BTreeSet<PathBuf> = (0..train.len())
        .filter(|&index| train.picture(index).is_err())
        .map(|index| train.name(index))
        .collect();
    assert_eq!(broken, png);
    assert_eq!(audit.ignored, of_flaw(Flaw::OtherFile).len());

    let headers = |wanted: fn(&PictureHeader) -> bool| -> BTreeSet<PathBuf> {
        let is = |picture: &&AuditedPicture| picture.header.as_ref().is_some_and(wanted);
        audit
            .pictures
            .iter()
            .filter(is)
            .map(|picture| picture.path.clone())
            .collect()
    };
    assert_eq!(headers(|header| header.width < 32), of_flaw(Flaw::Tiny));
    assert_eq!(headers(|header| header.width > 1000), of_flaw(Flaw::Large));
    assert_eq!(headers(|header| header.grayscale), of_flaw(Flaw::Grayscale));
    let there: BTreeSet<&Path> = audit
        .pictures
        .iter()
        .map(|picture| &*picture.path)
        .collect();
    assert!(
        of_flaw(Flaw::OddName)
            .iter()
            .all(|path| there.contains(path.as_path()))
    );
    let rare = audit.counts(0).iter().copied().min().unwrap();
    let class = audit
        .counts(0)
        .iter()
        .position(|&count| count == rare)
        .unwrap();
    let folder = of_flaw(Flaw::RareClass).pop_first().unwrap();
    assert_eq!(folder.file_name().unwrap(), &*audit.classes[class]);
    assert!(audit.imbalance(0) > 3.0);

    let text = audit.to_string();
    for part in [
        "8 classes",
        "from 12 x 12 to 1200 x 1200",
        "1 PNG",
        "2 without colours",
        "\"holly\"",
        "3 files cannot",
        "2 files have no picture's name",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    let html = audit.to_html();
    assert!(html.contains("<th") && html.contains("holly") && html.contains("12 groups"));
}

#[test]
fn parts_and_positions() {
    let place = in_parts(&["train", "val"], &["ants", "bees"]);
    // A third ant, the same as a bee of the other part.
    picture(&place.path().join("train/ants/9.png"), 77);
    fs::copy(
        place.path().join("train/ants/9.png"),
        place.path().join("val/bees/9.png"),
    )
    .unwrap();
    let parts = open_parts(place.path()).unwrap();
    let names: Vec<&str> = parts.parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["train", "test"]);
    let audit = parts.audit().unwrap();
    assert_eq!((audit.counts(0), audit.counts(1)), (vec![3, 2], vec![2, 3]));
    assert_eq!(audit.imbalance(0), 1.5);
    let last = audit.position(1, 4).unwrap();
    assert_eq!(
        (last, audit.pictures[last].path.clone()),
        (9, place.path().join("val/bees/9.png"))
    );
    assert_eq!(
        (
            audit.position(0, 5),
            audit.position(1, 5),
            audit.position(2, 0)
        ),
        (None, None, None)
    );
    // Grey 0 and grey 1 are in all four folders.
    assert_eq!(audit.duplicates.len(), 3);
    assert!(audit.duplicates.contains(&vec![2, 9]));
    assert_eq!(audit.leaks(&audit.duplicates).len(), 3);
    assert_eq!(audit.conflicts(&audit.duplicates).len(), 3);
    assert_eq!(audit.pixel_bytes(), 10 * 20 * 10 * 3);
    let splits = ImageFolder::open_splits(place.path(), 0.5, 0).unwrap();
    assert_eq!(Audit::of_splits(&splits).unwrap(), audit);
}

#[test]
fn a_folder_without_parts_a_table_and_drawn_pictures() {
    let place = in_parts(&["all"], &["ants", "bees"]);
    let folder = place.path().join("all");
    let parts = open_parts(&folder).unwrap();
    assert_eq!((parts.parts.len(), parts.parts[0].0.as_str()), (1, "all"));
    assert_eq!(parts.audit().unwrap().duplicates.len(), 2);
    let table = place.path().join("labels.csv");
    fs::write(
        &table,
        "file,label\nall/ants/0.png,ant\nall/bees/1.png,bee\nall/none.png,bee\n",
    )
    .unwrap();
    let audit = open_parts(&table).unwrap().audit().unwrap();
    assert_eq!(
        (
            audit.pictures.len(),
            audit.classes.len(),
            audit.unreadable.len()
        ),
        (2, 2, 1)
    );
    assert!(
        audit.unreadable[0].to_string().contains("line 4"),
        "{}",
        audit.unreadable[0]
    );
    // Pictures without a file are told by their pixels.
    let drawn = Leaves::new(SpeciesSet::Novel, 2, 16, 0);
    let twice: [(&str, &dyn Dataset); 2] = [("one", &drawn), ("two", &drawn)];
    let audit = Audit::of(&twice).unwrap();
    assert_eq!(audit.leaks(&audit.duplicates).len(), 24);
    assert!(audit.to_string().contains("48 pixels"), "{audit}");
    let other: [(&str, &dyn Dataset); 2] = [("one", &drawn), ("two", &*parts.parts[0].1)];
    assert!(
        Audit::of(&other)
            .unwrap_err()
            .to_string()
            .contains("\"two\"")
    );
}

#[test]
fn one_class_two_pictures_and_odd_names() {
    let place = tempfile::tempdir().unwrap();
    picture(&place.path().join("one/ants/a b, \"c\" ü;é.png"), 5);
    let audit = open_parts(place.path().join("one"))
        .unwrap()
        .audit()
        .unwrap();
    assert_eq!((audit.pictures.len(), audit.imbalance(0)), (1, 1.0));
    picture(&place.path().join("two/ants/0.png"), 5);
    picture(&place.path().join("two/bees, wasps/0.png"), 5);
    let audit = open_parts(place.path().join("two"))
        .unwrap()
        .audit()
        .unwrap();
    assert_eq!(audit.conflicts(&audit.duplicates), [[0, 1]]);
    let labels: Vec<usize> = audit.pictures.iter().map(|picture| picture.label).collect();
    let message = stratified_groups(&labels, &[], 0.5, 0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("class 0 has 1"), "{message}");
    // Empty files are no copies of one another.
    fs::write(place.path().join("two/ants/1.png"), "").unwrap();
    fs::write(place.path().join("two/ants/2.png"), "").unwrap();
    let audit = open_parts(place.path().join("two"))
        .unwrap()
        .audit()
        .unwrap();
    assert_eq!((audit.duplicates.len(), audit.unreadable.len()), (1, 2));
}

#[test]
fn what_is_not_there_is_said() {
    let place = tempfile::tempdir().unwrap();
    let message = |path: &Path| open_parts(path).unwrap_err().to_string();
    assert!(message(&place.path().join("none")).contains("none"));
    assert!(message(place.path()).contains("one subfolder per class"));
    picture(&place.path().join("train/ants/0.png"), 5);
    assert!(message(place.path()).contains("val/"));
}

#[cfg(unix)]
#[test]
fn without_rights_a_file_is_listed_and_a_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let place = in_parts(&["all"], &["ants", "bees"]);
    let folder = place.path().join("all");
    let rights = |path: &str, mode| {
        fs::set_permissions(folder.join(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    rights("ants/0.png", 0o000);
    if fs::read(folder.join("ants/0.png")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let audit = open_parts(&folder).unwrap().audit().unwrap();
    assert_eq!((audit.pictures.len(), audit.unreadable.len()), (3, 1));
    assert!(
        audit.unreadable[0].reason.contains("ermission"),
        "{}",
        audit.unreadable[0]
    );
    rights("bees", 0o000);
    let message = open_parts(&folder).unwrap_err().to_string();
    rights("bees", 0o755);
    assert!(
        message.contains("bees") && message.contains("ermission"),
        "{message}"
    );
}

/// A file that goes while the audit looks is listed like one that never could be read.
#[test]
fn a_file_that_has_gone_is_listed() {
    let place = in_parts(&["all"], &["ants", "bees"]);
    let folder = ImageFolder::open(place.path().join("all")).unwrap();
    fs::remove_file(place.path().join("all/bees/1.png")).unwrap();
    let audit = Audit::of(&[("all", &folder)]).unwrap();
    assert_eq!((audit.pictures.len(), audit.unreadable.len()), (4, 1));
    assert!(audit.pictures[3].header.is_none());
    assert_eq!(audit.duplicates, [[0, 2]]);
    // Known twice, listed once.
    let again = audit.clone().with_unreadable(&audit.unreadable);
    assert_eq!(again, audit);
}
