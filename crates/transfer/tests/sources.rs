//! Data sets that are not folders of classes: tables, IDX and CIFAR files.

use std::io::Write;
use std::path::Path;

use image::{Rgb, RgbImage};
use transfer::Error;
use transfer::data::{CsvManifest, CsvOptions, Dataset, Subset, cifar10, cifar100, idx, mnist};

fn picture(path: &Path, value: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_pixel(6, 4, Rgb([value; 3]))
        .save(path)
        .unwrap();
}

/// A folder with three pictures and a table.
fn table(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [("x/1.png", 1), ("x/2.png", 2), ("x/a, b.png", 3)] {
        picture(&folder.path().join(name), value);
    }
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_table_names_pictures_and_labels() {
    for text in [
        "\u{feff}File,Label\r\nx/2.png,dog\r\n\"x/a, b.png\",\"cat\"\r\nx/1.png,dog\r\n",
        "id;image;class\n0;x/2.png;dog\n1;\"x/a, b.png\";cat\n\n2;x/1.png;dog",
        "label\tpath\ndog\tx/2.png\ncat\tx/a, b.png\ndog\tx/1.png\n",
    ] {
        let (_folder, path) = table(text);
        let set = CsvManifest::open(&path, &CsvOptions::new().strict()).unwrap();
        assert_eq!(set.classes(), ["cat", "dog"]);
        assert_eq!(set.labels(), [1, 0, 1]);
        assert_eq!(set.picture(1).unwrap().get_pixel(0, 0).0, [3; 3]);
        assert!(set.name(0).ends_with("x/2.png") && set.targets(0).is_empty());
    }
}

#[test]
fn columns_and_root_can_be_named_and_targets_are_numbers() {
    let (folder, path) = table("img,age,height,kind\n1.png,3,1.5,a\n2.png,4,-2e1,b\n");
    let options = CsvOptions::new()
        .path_column("IMG")
        .root(folder.path().join("x"));
    let set =
        CsvManifest::open(&path, &options.clone().target_columns(&["height", "age"])).unwrap();
    assert_eq!(
        (set.classes(), set.labels()),
        (&["all".to_string()][..], vec![0, 0])
    );
    assert_eq!(
        (set.targets(0), set.targets(1)),
        (&[1.5, 3.0][..], &[-20.0, 4.0][..])
    );
    let both = options.target_columns(&["age"]).label_column("kind");
    let set = CsvManifest::open(&path, &both).unwrap();
    assert_eq!((set.labels(), set.targets(1)), (vec![0, 1], &[4.0][..]));
    let subset = Subset::new(std::sync::Arc::new(set), vec![1]);
    assert_eq!(subset.targets(0), [4.0]);
}

#[test]
fn rows_that_cannot_be_used_are_reported_with_their_lines() {
    let text = "path,label,n\nx/1.png,a,1\nx/none.png,a,1\nx/2.png,,1\nx/2.png,a\n,a,1\ntable.csv,b,1\nx/2.png,a,one\n";
    let (_folder, path) = table(text);
    let options = CsvOptions::new()
        .label_column("label")
        .target_columns(&["n"]);
    let set = CsvManifest::open(&path, &options).unwrap();
    assert_eq!((set.len(), set.classes()), (1, &["a".to_string()][..]));
    let lines: Vec<usize> = set.bad_rows().iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    for (row, word) in set.bad_rows().iter().zip([
        "none.png",
        "a label",
        "3 fields",
        "a file",
        "table.csv",
        "a number as \"n\"",
    ]) {
        assert!(row.reason.contains(word), "{row:?}");
    }
    let message = CsvManifest::open(&path, &options.strict())
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("line 3: ") && message.contains("… and 1 more"),
        "{message}"
    );
}

#[test]
fn a_second_table_is_numbered_as_the_first_one() {
    let (_folder, path) = table("path,label\nx/1.png,b\nx/2.png,c\nx/a\u{20}b,a\n");
    let alone = CsvManifest::open(&path, &CsvOptions::new()).unwrap();
    assert_eq!(alone.labels(), [0, 1]);
    let options = CsvOptions::new().classes(&["a", "b"]);
    let set = CsvManifest::open(&path, &options).unwrap();
    assert_eq!((set.classes().len(), set.labels()), (2, vec![1]));
    let reason = &set.bad_rows()[0].reason;
    assert!(
        reason.contains("among [\"a\", \"b\"]") && reason.contains("\"c\""),
        "{reason}"
    );
    assert!(CsvManifest::open(&path, &options.strict()).is_err());
}

#[test]
fn tables_that_cannot_be_read_say_why() {
    let error = |text: &str| {
        let (_folder, path) = table(text);
        CsvManifest::open(&path, &CsvOptions::new())
            .unwrap_err()
            .to_string()
    };
    for (text, word) in [
        ("", "a header"),
        ("path,label\n", "found 0"),
        ("path,other\nx/1.png,a\n", "one column named label or class"),
        ("path,label,Class\nx/1.png,a,b\n", "found 2"),
        ("path,label\nx/1.png,\"a\n", "the quote on line 2"),
    ] {
        assert!(error(text).contains(word), "{text:?}: {}", error(text));
    }
    let (_folder, path) = table("");
    std::fs::write(&path, b"path,label\nx/1.png,\xff\n").unwrap();
    let message = CsvManifest::open(&path, &CsvOptions::new())
        .unwrap_err()
        .to_string();
    assert!(message.contains("UTF-8"), "{message}");
    assert!(matches!(
        CsvManifest::open("/nowhere.csv", &CsvOptions::new()),
        Err(Error::Io { .. })
    ));
}

/// Two pictures of 2 rows and 3 columns, with the labels 1 and 10.
fn idx_files(folder: &Path, packed: bool) {
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3];
    images.extend(0..12);
    for (name, bytes) in [
        ("train-images-idx3-ubyte", images),
        (
            "train-labels-idx1-ubyte",
            vec![0, 0, 8, 1, 0, 0, 0, 2, 1, 10],
        ),
    ] {
        if packed {
            let file = std::fs::File::create(folder.join(format!("{name}.gz"))).unwrap();
            let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            encoder.write_all(&bytes).unwrap();
            encoder.finish().unwrap();
        } else {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}

#[test]
fn idx_files_are_read_plain_and_packed() {
    for packed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        idx_files(folder.path(), packed);
        let set = mnist(folder.path(), true).unwrap();
        assert_eq!((set.labels(), set.classes().len()), (vec![1, 10], 11));
        let picture = set.picture(1).unwrap();
        assert_eq!(
            (picture.dimensions(), picture.get_pixel(2, 1).0),
            ((3, 2), [11; 3])
        );
        assert_ne!(set.stamp(0), set.stamp(1));
        // The same bytes as 3 rows of 2 are another picture.
        let turned = tempfile::tempdir().unwrap();
        idx_files(turned.path(), false);
        let images = turned.path().join("train-images-idx3-ubyte");
        let mut bytes = std::fs::read(&images).unwrap();
        (bytes[11], bytes[15]) = (3, 2);
        std::fs::write(&images, bytes).unwrap();
        assert_ne!(set.stamp(0), mnist(turned.path(), true).unwrap().stamp(0));
        let message = mnist(folder.path(), false).unwrap_err().to_string();
        assert!(message.contains("t10k-images-idx3-ubyte"), "{message}");
    }
}

#[test]
fn idx_files_that_are_not_what_they_say_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    idx_files(folder.path(), false);
    let images = folder.path().join("train-images-idx3-ubyte");
    let labels = folder.path().join("train-labels-idx1-ubyte");
    let message = idx(&labels, &images).unwrap_err().to_string();
    assert!(message.contains("3 dimensions"), "{message}");
    let bytes = std::fs::read(&images).unwrap();
    std::fs::write(&images, &bytes[..20]).unwrap();
    let message = idx(&images, &labels).unwrap_err().to_string();
    assert!(message.contains("found 4"), "{message}");
    // Sizes whose product does not fit any memory.
    std::fs::write(&images, [&bytes[..4], &[0xff; 12]].concat()).unwrap();
    assert!(idx(&images, &labels).is_err());
    std::fs::write(&images, &bytes).unwrap();
    std::fs::write(&labels, [0, 0, 8, 1, 0, 0, 0, 1, 7]).unwrap();
    let message = idx(&images, &labels).unwrap_err().to_string();
    assert!(
        message.contains("2 pictures") && message.contains("1 labels"),
        "{message}"
    );
    std::fs::write(&labels, [0x1f, 0x8b, 8, 0]).unwrap();
    assert!(matches!(idx(&images, &labels), Err(Error::Io { .. })));
}

/// One picture: `labels`, then planes of 1, 2 and 3 with the first value 9.
fn cifar_picture(labels: &[u8]) -> Vec<u8> {
    let mut bytes = labels.to_vec();
    for value in 1..=3 {
        bytes.extend([value; 1024]);
    }
    bytes[labels.len()] = 9;
    bytes
}

#[test]
fn cifar_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("batches.meta.txt", b"airplane\nautomobile\n\n");
    for number in 1..=5 {
        write(
            &format!("data_batch_{number}.bin"),
            &cifar_picture(&[number % 2]),
        );
    }
    write(
        "test_batch.bin",
        &[cifar_picture(&[1]), cifar_picture(&[0])].concat(),
    );
    let train = cifar10(folder.path(), true).unwrap();
    assert_eq!(train.classes(), ["airplane", "automobile"]);
    assert_eq!(train.labels(), [1, 0, 1, 0, 1]);
    let picture = train.picture(0).unwrap();
    assert_eq!(
        (picture.get_pixel(0, 0).0, picture.get_pixel(31, 31).0),
        ([9, 2, 3], [1, 2, 3])
    );
    assert_eq!(cifar10(folder.path(), false).unwrap().labels(), [1, 0]);
    write("fine_label_names.txt", b"apple\nbee\ncan\n");
    write("train.bin", &cifar_picture(&[7, 2]));
    let fine = cifar100(folder.path(), true).unwrap();
    assert_eq!(
        (fine.labels(), fine.picture(0).unwrap().get_pixel(1, 0).0),
        (vec![2], [1, 2, 3])
    );
    write("test_batch.bin", &cifar_picture(&[2]));
    let message = cifar10(folder.path(), false).unwrap_err().to_string();
    assert!(
        message.contains("below 2") && message.contains("found 2"),
        "{message}"
    );
    write("test_batch.bin", &cifar_picture(&[1])[1..]);
    assert!(
        cifar10(folder.path(), false)
            .unwrap_err()
            .to_string()
            .contains("3073 bytes per")
    );
    std::fs::remove_file(folder.path().join("data_batch_3.bin")).unwrap();
    let message = cifar10(folder.path(), true).unwrap_err().to_string();
    assert!(message.contains("data_batch_3.bin"), "{message}");
}
