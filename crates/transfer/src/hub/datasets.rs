//! The data sets that are known by name: only such whose SHA-256 a public source names.
//!
//! The hashes are those of TensorFlow Datasets (`tensorflow_datasets/url_checksums/*.txt`); Fashion-MNIST's are also
//! in Keras (`keras/src/datasets/fashion_mnist.py`), hymenoptera's is in PyTorch's tutorials
//! (`.jenkins/download_data.py`).

use crate::Result;
use crate::names::unknown;

/// One file of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetFile {
    /// Where the file is.
    pub url: &'static str,
    /// The file's name in the cache.
    pub file_name: &'static str,
    /// The SHA-256 in hexadecimal.
    pub sha256: &'static str,
    /// The size in bytes.
    pub bytes: u64,
    /// For an archive (.tar.gz, .tgz or .zip): the folder in it that holds the data, and the most bytes that the
    /// archive may hold. `None` for a file that stays as it is.
    pub unpack: Option<(&'static str, u64)>,
}

/// A data set: its files and under which terms they may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetEntry {
    /// The name, which is also that of its folder in the cache.
    pub name: &'static str,
    /// The files. MNIST and its kin stay compressed (`.gz`): their reader takes them as they are, and a file that
    /// is there is whole.
    pub files: &'static [DatasetFile],
    /// Under which terms the data may be used.
    pub licence: &'static str,
    /// Where the data set is described.
    pub homepage: &'static str,
}

const fn plain(
    url: &'static str,
    file_name: &'static str,
    bytes: u64,
    sha256: &'static str,
) -> DatasetFile {
    DatasetFile {
        url,
        file_name,
        sha256,
        bytes,
        unpack: None,
    }
}

const fn archive(file: DatasetFile, folder: &'static str, most: u64) -> DatasetFile {
    DatasetFile {
        unpack: Some((folder, most)),
        ..file
    }
}

/// The four files of MNIST and of its successors, which have the same names: `base`, then bytes and SHA-256 of each.
macro_rules! mnist_like {
    ($base:literal, $($file:literal $bytes:literal $hash:literal)+) => {
        &[$(plain(concat!($base, $file), $file, $bytes, $hash)),+]
    };
}

const MNIST: DatasetEntry = DatasetEntry {
    name: "mnist",
    files: mnist_like!(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "train-images-idx3-ubyte.gz" 9_912_422 "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        "train-labels-idx1-ubyte.gz" 28_881 "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        "t10k-images-idx3-ubyte.gz" 1_648_877 "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        "t10k-labels-idx1-ubyte.gz" 4_542 "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
    licence: "CC BY-SA 3.0 (LeCun, Cortes)",
    homepage: "http://yann.lecun.com/exdb/mnist/",
};

const FASHION_MNIST: DatasetEntry = DatasetEntry {
    name: "fashion_mnist",
    files: mnist_like!(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "train-images-idx3-ubyte.gz" 26_421_880 "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
        "train-labels-idx1-ubyte.gz" 29_515 "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
        "t10k-images-idx3-ubyte.gz" 4_422_102 "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
        "t10k-labels-idx1-ubyte.gz" 5_148 "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
    ),
    licence: "MIT (Zalando SE)",
    homepage: "https://github.com/zalandoresearch/fashion-mnist",
};

const KMNIST: DatasetEntry = DatasetEntry {
    name: "kmnist",
    files: mnist_like!(
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "train-images-idx3-ubyte.gz" 18_165_135 "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"
        "train-labels-idx1-ubyte.gz" 29_497 "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"
        "t10k-images-idx3-ubyte.gz" 3_041_136 "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"
        "t10k-labels-idx1-ubyte.gz" 5_120 "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"
    ),
    licence: "CC BY-SA 4.0 (NIJL and CODH)",
    homepage: "http://codh.rois.ac.jp/kmnist/",
};

const CIFAR_10: DatasetEntry = DatasetEntry {
    name: "cifar10",
    files: &[archive(
        plain(
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
        "cifar-10-batches-bin",
        185_000_000,
    )],
    licence: "none stated; cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    homepage: "https://www.cs.toronto.edu/~kriz/cifar.html",
};

const CIFAR_100: DatasetEntry = DatasetEntry {
    name: "cifar100",
    files: &[archive(
        plain(
            "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
            "cifar-100-binary.tar.gz",
            168_513_733,
            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        ),
        "cifar-100-binary",
        185_000_000,
    )],
    ..CIFAR_10
};

const HYMENOPTERA: DatasetEntry = DatasetEntry {
    name: "hymenoptera",
    files: &[archive(
        plain(
            "https://download.pytorch.org/tutorial/hymenoptera_data.zip",
            "hymenoptera_data.zip",
            47_286_322,
            "fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209",
        ),
        "hymenoptera_data",
        100_000_000,
    )],
    licence: "a small part of ImageNet, whose terms of access are for non-commercial research and education",
    homepage: "https://pytorch.org/tutorials/beginner/transfer_learning_tutorial.html",
};

const TF_FLOWERS: DatasetEntry = DatasetEntry {
    name: "tf_flowers",
    files: &[archive(
        plain(
            "https://download.tensorflow.org/example_images/flower_photos.tgz",
            "flower_photos.tgz",
            228_813_984,
            "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
        ),
        "flower_photos",
        300_000_000,
    )],
    licence: "CC BY 2.0, each picture by the photographer whom LICENSE.txt names",
    homepage: "https://www.tensorflow.org/datasets/catalog/tf_flowers",
};

const TABLE: &[&DatasetEntry] = &[
    &MNIST,
    &FASHION_MNIST,
    &KMNIST,
    &CIFAR_10,
    &CIFAR_100,
    &HYMENOPTERA,
    &TF_FLOWERS,
];

/// All data sets that are known by name.
#[must_use]
pub fn all_datasets() -> Vec<&'static DatasetEntry> {
    TABLE.to_vec()
}

/// The data set of this name: `mnist`, `cifar10`, `hymenoptera`.
///
/// # Errors
///
/// No entry has the name; the message lists the nearest ones.
pub fn dataset(name: &str) -> Result<&'static DatasetEntry> {
    let wanted = name.to_lowercase().replace('-', "_");
    let found = TABLE.iter().find(|entry| entry.name == wanted).copied();
    let names = TABLE.iter().map(|entry| entry.name);
    found.ok_or_else(|| unknown("data sets", "hub::all_datasets()", name, names))
}
