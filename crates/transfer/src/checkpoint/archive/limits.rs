//! Budgets: what no weights file needs, and what a hostile one would ask for.

/// How much is read at a time.
pub(crate) const CHUNK: usize = 1 << 20;

/// Bytes of one pickle. The largest public checkpoints' are under 1 MiB; what makes one large is plain Python
/// data beside the tensors.
pub(super) const PICKLE_BYTES: u64 = 64 << 20;

/// Values that one pickle may push or remember: a history of millions of numbers, at about 40 bytes each.
pub(super) const OBJECTS: usize = 4 << 20;

/// Open `MARK`s in a pickle: Python's own recursion limit stops a writer far below.
pub(super) const MARKS: usize = 10_000;

/// Levels of dicts that names are joined through.
pub(super) const DEPTH: usize = 32;

/// Tensors in a file. A mixture-of-experts model has some 10⁵.
pub(super) const TENSORS: usize = 1 << 18;

/// Dimensions of a tensor: shapes are kept in memory for each, and nets need six.
pub(super) const DIMENSIONS: usize = 16;

/// Bytes of all tensor names of an entry together, and steps taken to find them: shared dicts can make both
/// exponential in the size of the file.
pub(super) const NAME_BYTES: usize = 64 << 20;
/// See [`NAME_BYTES`].
pub(super) const STEPS: usize = 16 << 20;

/// Length of a global's module or name.
pub(super) const GLOBAL_NAME: usize = 256;

/// What the records of a zip archive may unpack to: this many times the file, and `UNPACKED_FREE` bytes more.
/// `torch.save` never compresses; who packs a file again gains a tenth on trained weights, and much only on zeros.
pub(super) const UNPACKED_RATIO: u64 = 64;
/// See [`UNPACKED_RATIO`].
pub(super) const UNPACKED_FREE: u64 = 64 << 20;

/// Bytes of a zip archive's directory: room for 10⁶ records.
pub(super) const DIRECTORY_BYTES: u64 = 128 << 20;

/// Bytes of a safetensors header: what safetensors itself allows.
pub(super) const HEADER_BYTES: u64 = 100_000_000;
