//! `torch.save` since PyTorch 1.6: a zip archive with a pickle, and a record per storage.

use super::limits::PICKLE_BYTES;
use super::pickle::{self, Heap, Id, Input};
use super::zip::Directory;
use super::{Blob, Flaw, Result, Source};

/// The values of the archive's pickle, and where its storages are.
pub(super) fn open(source: &Source) -> Result<(Heap, Id, Vec<Blob>)> {
    let directory = Directory::read(source)?;
    let root = root(&directory)?;
    let program = format!("{root}code/");
    if directory.contains(&format!("{root}constants.pkl"))
        || directory.names().any(|name| name.starts_with(&program))
    {
        return Err(Flaw::TorchScript);
    }
    let order = format!("{root}byteorder");
    if directory.contains(&order) {
        let order = directory.get(&order)?.read(source, 16)?;
        if order != b"little" {
            return Err(Flaw::Unsupported(format!(
                "its numbers are {:?}-endian (only \"little\" is read)",
                order.escape_ascii().to_string()
            )));
        }
    }
    let bytes = directory
        .get(&format!("{root}data.pkl"))?
        .read(source, PICKLE_BYTES)?;
    let mut heap = Heap::default();
    let mut input = Input::new(Box::new(&bytes[..]), PICKLE_BYTES);
    let value = pickle::run(&mut input, &mut heap)?;
    let mut blobs = Vec::with_capacity(heap.storages.len());
    for storage in &heap.storages {
        let record = directory.get(&format!("{root}data/{}", storage.key))?;
        if record.size / storage.element.size != storage.length {
            return Flaw::damaged(format!(
                "its storage {:?} should have {} × {} and has {} bytes",
                storage.key, storage.length, storage.element.name, record.size
            ));
        }
        blobs.push(Blob::Record(record.clone()));
    }
    Ok((heap, value, blobs))
}

/// The folder that everything is in, with its slash: the file's own name or `archive/`, whatever the writer chose.
fn root(directory: &Directory) -> Result<String> {
    let is_root = |root: &str| directory.contains(&format!("{root}data.pkl"));
    let first = directory.first().split_inclusive('/').next();
    if let Some(first) = first.filter(|first| first.ends_with('/') && is_root(first)) {
        return Ok(first.to_owned());
    }
    let mut roots = directory
        .names()
        .filter_map(|name| name.strip_suffix("data.pkl"))
        .filter(|root| root.is_empty() || root.ends_with('/'));
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root.to_owned()),
        (Some(_), Some(_)) => Flaw::damaged("it has more than one data.pkl"),
        (None, _) if directory.names().any(|name| name.ends_with(".npy")) => {
            Err(Flaw::Unknown("a NumPy archive (.npz)".into()))
        }
        (None, _) => Err(Flaw::Unknown(format!(
            "a zip archive without data.pkl, which begins with {:?} (unpack it: the weights may be inside)",
            directory.first()
        ))),
    }
}
