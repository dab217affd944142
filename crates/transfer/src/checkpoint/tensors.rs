//! Streaming a file's numbers into tensors.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use tch::{Device, Kind, Tensor};

use super::StateDict;
use super::archive::{Archive, DType, Flaw, View};
use crate::{Error, Result};

/// libtorch's name of a view's type; `None` for one that is not read.
pub(super) fn kind_of(view: &View) -> Option<Kind> {
    Some(match view.element.dtype? {
        DType::F64 => Kind::Double,
        DType::F32 => Kind::Float,
        DType::F16 => Kind::Half,
        DType::BF16 => Kind::BFloat16,
        DType::I64 => Kind::Int64,
        DType::I32 => Kind::Int,
        DType::I16 => Kind::Int16,
        DType::I8 => Kind::Int8,
        DType::U8 => Kind::Uint8,
        DType::Bool => Kind::Bool,
    })
}

/// The elements `hull` of a view's storage, as one row.
pub(super) fn hull(
    path: &Path,
    archive: &Archive,
    view: &View,
    hull: Range<u64>,
    kind: Kind,
    buffer: &mut Vec<u8>,
) -> Result<Tensor> {
    let size = view.element.size;
    let row = Tensor::f_empty([(hull.end - hull.start) as i64], (kind, Device::Cpu))?;
    let memory = row.data_ptr().cast::<u8>();
    let bytes = hull.start * size..hull.end * size;
    let (length, mut at) = ((bytes.end - bytes.start) as usize, 0);
    let done = archive.read(view, bytes, buffer, |piece| {
        if kind == Kind::Bool {
            // Any other byte than 0 and 1 is undefined behaviour as a `bool` of C++.
            piece
                .iter_mut()
                .for_each(|byte| *byte = u8::from(*byte != 0));
        }
        if piece.len() > length - at {
            return Flaw::damaged("more was read than was asked for");
        }
        // SAFETY: `row` is a contiguous tensor on the CPU of `length` bytes, just allocated and known to nobody else;
        // `at + piece.len()` is at most that, and `piece` lies elsewhere. No reference to its memory is made, which
        // is not initialised yet.
        unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), memory.add(at), piece.len()) };
        at += piece.len();
        Ok(())
    });
    done.map_err(|flaw: Flaw| Error::of_checkpoint(path, flaw))?;
    Ok(row)
}

/// The tensor of `view` within a row that begins with the element `first` of its storage.
pub(super) fn part(row: &Tensor, view: &View, first: u64) -> Result<Tensor> {
    if view.hull.is_empty() {
        return Ok(Tensor::f_empty(&*view.shape, (row.kind(), Device::Cpu))?);
    }
    let offset = (view.offset - first) as i64;
    Ok(row.f_as_strided(&*view.shape, &*view.stride, offset)?)
}

/// All of `views`, by their names. Of a storage that several share, what lies between the first and the last number of
/// any of them is read once.
pub(super) fn all(
    path: &Path,
    archive: &Archive,
    views: &[(&str, Kind, &View)],
) -> Result<StateDict> {
    let mut groups: BTreeMap<(u32, u64, &str), Vec<usize>> = BTreeMap::new();
    for (at, (_, _, view)) in views.iter().enumerate() {
        let element = view.element;
        groups
            .entry((view.storage, element.size, element.name))
            .or_default()
            .push(at);
    }
    let (mut tensors, mut buffer) = (StateDict::new(), Vec::new());
    for group in groups.values() {
        let used = group.iter().map(|&at| &views[at].2.hull);
        let used = used.filter(|hull| !hull.is_empty());
        let union = used
            .cloned()
            .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
            .unwrap_or(0..0);
        let (_, kind, view) = views[group[0]];
        let row = hull(path, archive, view, union.clone(), kind, &mut buffer)?;
        for &at in group {
            let (name, _, view) = views[at];
            tensors.insert(name.to_owned(), part(&row, view, union.start)?);
        }
    }
    Ok(tensors)
}
