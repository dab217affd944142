//! Reading and writing safetensors (<https://github.com/huggingface/safetensors>).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use tch::{Device, Kind, Tensor};

use super::StateDict;
use crate::{Error, Result};

/// The tensors of a safetensors file that was read or mapped to `bytes`.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<StateDict> {
    let damaged = |reason: String| Error::DamagedCheckpoint {
        path: path.into(),
        reason,
    };
    let file = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
    let mut tensors = BTreeMap::new();
    for (name, view) in file.iter() {
        let kind = kind_of(view.dtype()).ok_or_else(|| Error::UnsupportedType {
            path: path.into(),
            tensor: name.to_owned(),
            found: format!("{:?}", view.dtype()),
        })?;
        let shape: Vec<i64> = view.shape().iter().map(|&size| size as i64).collect();
        tensors.insert(
            name.to_owned(),
            Tensor::f_from_data_size(view.data(), &shape, kind)?,
        );
    }
    Ok(tensors)
}

/// Writes tensors to a safetensors file, for this crate, Python or anyone else to read. The file appears
/// under its name complete or not at all: it is written beside it and renamed. Who may read it is decided as for
/// any new file (the umask).
///
/// # Errors
///
/// The folder cannot be written to, or a tensor has a kind that safetensors lacks.
pub fn write(path: impl AsRef<Path>, tensors: &StateDict) -> Result<()> {
    let path = path.as_ref();
    let mut buffers: Vec<(&String, Dtype, Vec<usize>, Vec<u8>)> = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let tensor = tensor.detach().to_device(Device::Cpu).contiguous();
        let dtype = dtype_of(tensor.kind()).ok_or_else(|| {
            Error::argument(
                "tensor kind",
                "one that safetensors has",
                format!("{:?}", tensor.kind()),
            )
        })?;
        let mut bytes = vec![0u8; tensor.numel() * tensor.kind().elt_size_in_bytes()];
        tensor.f_copy_data_u8(&mut bytes, tensor.numel())?;
        let shape = tensor.size().iter().map(|&size| size as usize).collect();
        buffers.push((name, dtype, shape, bytes));
    }
    let refused = |error: safetensors::SafeTensorError| Error::Io {
        action: "write",
        path: path.into(),
        source: std::io::Error::other(error.to_string()),
    };
    let mut views = Vec::with_capacity(buffers.len());
    for (name, dtype, shape, bytes) in &buffers {
        views.push((
            name.as_str(),
            TensorView::new(*dtype, shape.clone(), bytes).map_err(refused)?,
        ));
    }
    let bytes = safetensors::serialize(views, None).map_err(refused)?;
    write_atomically(path, &bytes).map_err(Error::io("write", path))
}

fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone unless told otherwise; this one is to stay.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn kind_of(dtype: Dtype) -> Option<Kind> {
    Some(match dtype {
        Dtype::F64 => Kind::Double,
        Dtype::F32 => Kind::Float,
        Dtype::F16 => Kind::Half,
        Dtype::BF16 => Kind::BFloat16,
        Dtype::I64 => Kind::Int64,
        Dtype::I32 => Kind::Int,
        Dtype::I16 => Kind::Int16,
        Dtype::I8 => Kind::Int8,
        Dtype::U8 => Kind::Uint8,
        Dtype::BOOL => Kind::Bool,
        _ => return None,
    })
}

fn dtype_of(kind: Kind) -> Option<Dtype> {
    Some(match kind {
        Kind::Double => Dtype::F64,
        Kind::Float => Dtype::F32,
        Kind::Half => Dtype::F16,
        Kind::BFloat16 => Dtype::BF16,
        Kind::Int64 => Dtype::I64,
        Kind::Int => Dtype::I32,
        Kind::Int16 => Dtype::I16,
        Kind::Int8 => Dtype::I8,
        Kind::Uint8 => Dtype::U8,
        Kind::Bool => Dtype::BOOL,
        _ => return None,
    })
}
