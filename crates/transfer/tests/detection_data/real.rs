//! Real data: BCCD, 364 pictures of blood cells in Pascal VOC's format.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use transfer::data::{BoxDataset, BoxFlaw, BoxOptions, BoxSubset, BoxesInMemory, PascalVoc};

/// The folder with `Annotations/`, `JPEGImages/` and `ImageSets/`, named by `TRANSFER_BCCD`.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TRANSFER_BCCD").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: TRANSFER_BCCD names no folder (the one with Annotations/ in it)");
    }
    folder
}

#[test]
fn blood_cells_are_read_where_there_are_any() {
    let Some(folder) = folder() else { return };
    let mut counts = BTreeMap::new();
    for split in ["train", "val", "trainval", "test"] {
        let set = PascalVoc::open(&folder, &BoxOptions::new().split(split)).unwrap();
        assert_eq!(set.classes(), ["Platelets", "RBC", "WBC"]);
        for bad in set.bad() {
            eprintln!("{split}: {:?} {bad}", bad.flaw);
        }
        counts.insert(split, (set.len(), set.counts(), set.bad().len()));
    }
    assert_eq!(counts["train"], (205, vec![209, 2382, 214], 0));
    assert_eq!(counts["val"], (87, vec![83, 968, 87], 0));
    assert_eq!(counts["trainval"], (292, vec![292, 3350, 301], 0));
    assert_eq!(counts["test"], (72, vec![69, 805, 71], 0));
    let all = PascalVoc::open(&folder, &BoxOptions::new().strict()).unwrap();
    assert_eq!((all.len(), all.counts()), (364, vec![361, 4155, 372]));
    // Their numbers begin at 1: taken as beginning at 0, none touches the left or upper edge.
    let edges = |set: &PascalVoc| {
        let boxes = (0..set.len()).flat_map(|index| set.boxes(index));
        boxes.filter(|label| label.bounds[0] == 0.0).count()
    };
    let from_zero = PascalVoc::open(&folder, &BoxOptions::new().zero_based()).unwrap();
    assert_eq!((edges(&all), edges(&from_zero)), (237, 0));
    let flaws = from_zero.bad().iter().map(|bad| bad.flaw);
    assert!(
        flaws.clone().all(|flaw| flaw == BoxFlaw::Empty),
        "{:?}",
        flaws.collect::<Vec<_>>()
    );
    let some = BoxSubset::new(Arc::new(all), (0..8).collect());
    let kept = BoxesInMemory::of(Arc::new(some)).unwrap();
    assert_eq!(kept.bytes(), 8 * 640 * 480 * 3);
    assert_eq!(kept.picture(7).unwrap().dimensions(), (640, 480));
}
