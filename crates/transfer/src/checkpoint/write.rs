//! Writing safetensors (<https://github.com/huggingface/safetensors>).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use tch::{Device, Kind, Tensor};

use super::StateDict;
use super::archive::CHUNK;
use crate::files::write_whole;
use crate::{Error, Result};

/// Writes tensors to a safetensors file, for this crate, Python or anyone else to read. The file appears
/// under its name complete or not at all: it is written beside it and renamed. Who may read it is decided as for
/// any new file (the umask). In memory there is one tensor's copy at a time, where it is not contiguous or on another
/// device.
///
/// # Errors
///
/// The folder cannot be written to, or a tensor has a kind that safetensors lacks or the name `__metadata__`.
pub fn write(path: impl AsRef<Path>, tensors: &StateDict) -> Result<()> {
    let path = path.as_ref();
    let mut ordered = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let dtype = dtype_of(tensor.kind()).ok_or_else(|| {
            Error::argument(
                "tensor kind",
                "one that safetensors has",
                format!("{:?} of {name:?}", tensor.kind()),
            )
        })?;
        if name == "__metadata__" {
            return Err(Error::argument(
                "tensor name",
                "any but safetensors' own `__metadata__`",
                format!("{name:?}"),
            ));
        }
        ordered.push((dtype, name, tensor));
    }
    // As safetensors orders them: the widest first, so that each is aligned.
    ordered.sort_by_key(|&(dtype, name, _)| (Reverse(dtype), name));
    let header = header(&ordered)
        .map_err(std::io::Error::other)
        .map_err(Error::io("write", path))?;
    write_whole(path, |writer| {
        writer
            .write_all(&header)
            .map_err(Error::io("write", path))?;
        let mut buffer = vec![0; CHUNK];
        for (_, _, tensor) in ordered {
            for_each_piece(tensor, &mut buffer, |piece| {
                writer.write_all(piece).map_err(Error::io("write", path))
            })?;
        }
        Ok(())
    })
}

/// The length, and the JSON padded with spaces to a multiple of eight bytes.
fn header(tensors: &[(Dtype, &String, &Tensor)]) -> std::result::Result<Vec<u8>, String> {
    let mut end = 0;
    let entries = tensors.iter().map(|&(dtype, name, tensor)| {
        let start = end;
        end += tensor.numel() * tensor.kind().elt_size_in_bytes();
        let info = TensorInfo {
            dtype,
            shape: tensor.size().iter().map(|&size| size as usize).collect(),
            data_offsets: (start, end),
        };
        (name.clone(), info)
    });
    // Without it, some versions of Hugging Face's transformers refuse the file.
    let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let metadata =
        Metadata::new(Some(format), entries.collect()).map_err(|error| error.to_string())?;
    let mut json = serde_json::to_vec(&metadata).map_err(|error| error.to_string())?;
    json.resize(json.len().next_multiple_of(8), b' ');
    Ok([&(json.len() as u64).to_le_bytes()[..], &json].concat())
}

/// A tensor's bytes in row-major order, as many at a time as `buffer` holds.
fn for_each_piece(
    tensor: &Tensor,
    buffer: &mut [u8],
    mut sink: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let size = tensor.kind().elt_size_in_bytes();
    let row = tensor.detach().f_to_device(Device::Cpu)?.f_contiguous()?;
    let row = row.f_view([-1])?;
    let most = buffer.len() / size;
    let mut at = 0;
    while at < row.numel() {
        let count = most.min(row.numel() - at);
        let piece = &mut buffer[..count * size];
        row.f_narrow(0, at as i64, count as i64)?
            .f_copy_data_u8(piece, count)?;
        sink(piece)?;
        at += count;
    }
    Ok(())
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
