//! Features on disk: found again only where everything is as it was, and never half-written or damaged.

use std::path::Path;
use std::sync::Arc;

use image::{Rgb, RgbImage};
use tch::Device;
use transfer::data::{DataLoader, Dataset, ImageFolder, Transform};
use transfer::models::{Backbone, CifarResNet};
use transfer::train::{FeatureStore, Features, features_at, features_at_each, features_of};

fn picture(path: &Path, value: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_pixel(32, 32, Rgb([value, 80, 3]))
        .save(path)
        .unwrap();
}

/// Two classes of two pictures, and a file that is none inside.
fn pictures() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("a/0.png", 10),
        ("a/1.png", 60),
        ("b/0.png", 120),
        ("b/1.png", 250),
    ] {
        picture(&folder.path().join(name), value);
    }
    let path = folder.path().join("b/2.png");
    picture(&path, 1);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    folder
}

fn loader(folder: &Path, transform: Transform) -> DataLoader {
    let images: Arc<dyn Dataset> = Arc::new(ImageFolder::open(folder).unwrap());
    DataLoader::new(images, transform, 2)
}

fn net(seed: u64) -> CifarResNet {
    CifarResNet::resnet20(2, Device::Cpu, seed)
}

fn equal(a: &Features, b: &Features) -> bool {
    a.xs == b.xs
        && a.labels == b.labels
        && (&a.classes, &a.indices, &a.skipped) == (&b.classes, &b.indices, &b.skipped)
}

fn tables(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn what_was_computed_once_is_found_and_is_the_same() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let net = net(0);
    let loader = loader(data.path(), Transform::square(32));
    let mut store = FeatureStore::open(folder.path().join("made/here")).unwrap();
    let first = store.features(&net, &loader).unwrap();
    assert_eq!(
        (store.hits, store.computed, first.len(), first.skipped.len()),
        (0, 1, 4, 1)
    );
    assert!(equal(&first, &features_of(&net, &loader).unwrap()));
    let again = store.features(&net, &loader).unwrap();
    assert_eq!((store.hits, store.computed), (1, 1));
    assert!(equal(&first, &again));
    // The head has no part in the features.
    let mut head = net.var_store().variables().remove("linear.weight").unwrap();
    let _ = tch::no_grad(|| head.fill_(1.0));
    store.features(&net, &loader).unwrap();
    assert_eq!((store.hits, store.computed), (2, 1));
}

#[test]
fn every_layer_has_a_table_of_its_own() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let (net, loader) = (net(0), loader(data.path(), Transform::square(32)));
    let mut store = FeatureStore::open(folder.path()).unwrap();
    let last = store.features(&net, &loader).unwrap();
    let layers = ["layer1", "layer2.1", "layer3", "linear"];
    let in_one_pass = features_at_each(&net, &layers, &loader).unwrap();
    for ((layer, width), together) in layers.into_iter().zip([16, 32, 64, 2]).zip(&in_one_pass) {
        let features = store.features_at(&net, layer, &loader).unwrap();
        assert_eq!(features.xs.size(), [4, width], "{layer}");
        assert!(equal(
            &features,
            &features_at(&net, layer, &loader).unwrap()
        ));
        assert!(equal(&features, together), "{layer}");
        assert!(equal(
            &features,
            &store.features_at(&net, layer, &loader).unwrap()
        ));
        // What is averaged over the last map is what the head sees.
        let same = layer == "layer3";
        assert_eq!(
            same,
            features.xs.size() == last.xs.size()
                && features.xs.allclose(&last.xs, 1e-5, 1e-6, false)
        );
    }
    assert_eq!((store.hits, store.computed), (4, 5));
    let error = store
        .features_at(&net, "layer9", &loader)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("layer9") && error.contains("layer3"),
        "{error}"
    );
    // The head's own output depends on the head.
    let mut head = net.var_store().variables().remove("linear.weight").unwrap();
    let _ = tch::no_grad(|| head.fill_(1.0));
    store.features_at(&net, "linear", &loader).unwrap();
    store.features_at(&net, "layer3", &loader).unwrap();
    assert_eq!((store.hits, store.computed), (5, 6));
}

#[test]
fn whatever_changes_is_computed_again() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let mut store = FeatureStore::open(folder.path()).unwrap();
    let (first, second) = (net(0), net(1));
    let square = || loader(data.path(), Transform::square(32));
    let mut expect = |net: &CifarResNet, loader: &DataLoader, hits: usize, computed: usize| {
        let features = store.features(net, loader).unwrap();
        assert_eq!((store.hits, store.computed), (hits, computed));
        assert!(equal(&features, &features_of(net, loader).unwrap()));
    };
    expect(&first, &square(), 0, 1);
    expect(&second, &square(), 0, 2);
    expect(&first, &loader(data.path(), Transform::square(40)), 0, 3);
    expect(&first, &square().shuffled(1), 0, 4);
    expect(&first, &square(), 1, 4);
    // The same size and another content; the time of change is moved on by hand, as clocks are coarse.
    let path = data.path().join("a/0.png");
    picture(&path, 11);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let changed = file.metadata().unwrap().modified().unwrap();
    file.set_modified(changed + std::time::Duration::from_secs(2))
        .unwrap();
    expect(&first, &square(), 1, 5);
    picture(&data.path().join("a/3.png"), 7);
    expect(&first, &square(), 1, 6);
    expect(&first, &square(), 2, 6);
}

/// As an unpacked archive or a copy that keeps times leaves it: same path, same size, same time of change.
#[cfg(unix)]
#[test]
fn another_picture_with_the_old_time_of_change_is_noticed() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let net = net(0);
    let path = data.path().join("a/0.bmp");
    picture(&path, 10);
    let stat = || std::fs::metadata(&path).unwrap();
    let (changed, length) = (stat().modified().unwrap(), stat().len());
    let loader = || loader(data.path(), Transform::square(32));
    let mut store = FeatureStore::open(folder.path()).unwrap();
    let first = store.features(&net, &loader()).unwrap();
    // The system's clock moves in steps of a few milliseconds.
    let before = std::os::unix::fs::MetadataExt::ctime_nsec(&stat());
    while std::os::unix::fs::MetadataExt::ctime_nsec(&stat()) == before {
        picture(&path, 200);
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(changed).unwrap();
    }
    assert_eq!(
        (stat().modified().unwrap(), stat().len()),
        (changed, length)
    );
    let second = store.features(&net, &loader()).unwrap();
    assert_eq!((store.hits, store.computed), (0, 2));
    assert!(!equal(&first, &second));
}

#[test]
fn a_strict_loader_finds_no_table_with_gaps() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let (net, loader) = (net(0), loader(data.path(), Transform::square(32)));
    let mut store = FeatureStore::open(folder.path()).unwrap();
    assert_eq!(store.features(&net, &loader).unwrap().skipped.len(), 1);
    let error = store
        .features(&net, &loader.strict())
        .unwrap_err()
        .to_string();
    assert!(error.contains("2.png"), "{error}");
}

#[test]
fn a_damaged_file_is_named_and_computed_again() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let (net, loader) = (net(0), loader(data.path(), Transform::square(32)));
    let mut store = FeatureStore::open(folder.path()).unwrap();
    let first = store.features(&net, &loader).unwrap();
    let path = tables(folder.path()).remove(0);
    let whole = std::fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (number, bytes) in [&whole[..whole.len() / 2], &flipped, b"", b"nonsense"]
        .iter()
        .enumerate()
    {
        std::fs::write(&path, bytes).unwrap();
        assert!(equal(&first, &store.features(&net, &loader).unwrap()));
        assert_eq!((store.hits, store.damaged.len()), (0, number + 1));
        assert_eq!(store.damaged[number].path, path);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }
    assert!(equal(&first, &store.features(&net, &loader).unwrap()));
    assert_eq!(store.hits, 1);
}

#[test]
fn the_folder_is_bounded_and_can_be_cleared() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let net = net(0);
    std::fs::write(folder.path().join("mine.safetensors"), b"mine").unwrap();
    let mut store = FeatureStore::open(folder.path()).unwrap().max_bytes(1);
    for size in [32, 36, 40] {
        store
            .features(&net, &loader(data.path(), Transform::square(size)))
            .unwrap();
        assert_eq!(tables(folder.path()).len(), 2);
    }
    store
        .features(&net, &loader(data.path(), Transform::square(40)))
        .unwrap();
    assert_eq!((store.hits, store.computed), (1, 3));
    store.clear().unwrap();
    assert_eq!(
        tables(folder.path()),
        [folder.path().join("mine.safetensors")]
    );
}

#[test]
fn several_at_once_share_a_folder() {
    let (data, folder) = (pictures(), tempfile::tempdir().unwrap());
    let results: Vec<Features> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let net = net(0);
                    let mut store = FeatureStore::open(folder.path()).unwrap();
                    let features = store
                        .features(&net, &loader(data.path(), Transform::square(32)))
                        .unwrap();
                    assert!(store.damaged.is_empty());
                    features
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(results.iter().all(|features| features.len() == 4));
    let names = tables(folder.path());
    assert!(
        names
            .iter()
            .all(|name| name.extension().unwrap() == "safetensors"),
        "{names:?}"
    );
}
