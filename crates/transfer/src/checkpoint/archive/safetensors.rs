//! safetensors (<https://github.com/huggingface/safetensors>): a length, a header of JSON, the numbers.

use ::safetensors::Dtype;
use ::safetensors::tensor::Metadata;

use super::element::{self, Element};
use super::limits::{HEADER_BYTES, TENSORS};
use super::pickle::{Heap, Id, Storage, Value};
use super::view::View;
use super::{Blob, Flaw, Result, Source};

/// The header as a dict of tensors, each with a storage of its own.
pub(super) fn open(source: &Source) -> Result<(Heap, Id, Vec<Blob>)> {
    let mut length = [0; 8];
    source.fill(0, &mut length)?;
    let length = u64::from_le_bytes(length);
    let start = length.saturating_add(8);
    if length > HEADER_BYTES || start > source.length() {
        return Flaw::damaged(format!(
            "its header should have {length} bytes, and the file has {}",
            source.length()
        ));
    }
    let mut header = vec![0; length as usize];
    source.fill(8, &mut header)?;
    // Offsets that leave gaps or overlap, and sizes that differ from the shapes', are refused by the crate.
    let header: Metadata = serde_json::from_slice(&header)
        .or_else(|error| Flaw::damaged(format!("its header cannot be read: {error}")))?;
    let end = start.saturating_add(header.data_len() as u64);
    if end != source.length() {
        return Flaw::damaged(format!(
            "its header describes a file of {end} bytes, and it has {}",
            source.length()
        ));
    }
    if header.tensors().len() > TENSORS {
        return Flaw::limit(format!("it has more than {TENSORS} tensors"));
    }
    let (mut heap, mut blobs, mut items) = (Heap::default(), Vec::new(), Vec::new());
    for (name, info) in header.tensors() {
        let element = element_of(info.dtype);
        let shape: Vec<u64> = info.shape.iter().map(|&size| size as u64).collect();
        let bytes = (info.data_offsets.1 - info.data_offsets.0) as u64;
        let value = match element {
            // Several numbers to a byte: its elements have no addresses.
            None => Value::OtherTensor(below_a_byte(info.dtype)),
            Some(element) => {
                let length = bytes / element.size;
                let number = blobs.len() as u32;
                let view = View::new(number, element, length, 0, &shape, &row_major(&shape))?;
                heap.storages.push(Storage {
                    key: name.as_str().into(),
                    element,
                    length,
                });
                blobs.push(Blob::Span(start + info.data_offsets.0 as u64));
                Value::Tensor(Box::new(view))
            }
        };
        let key = heap.add(Value::Str(name.into()));
        items.push((key, heap.add(value)));
    }
    let root = heap.add(Value::Dict(items));
    Ok((heap, root, blobs))
}

fn row_major(shape: &[u64]) -> Vec<u64> {
    let mut strides = vec![1u64; shape.len()];
    for at in (1..shape.len()).rev() {
        strides[at - 1] = strides[at].saturating_mul(shape[at].max(1));
    }
    strides
}

fn element_of(dtype: Dtype) -> Option<Element> {
    element::of_dtype(match dtype {
        Dtype::F64 => "float64",
        Dtype::F32 => "float32",
        Dtype::F16 => "float16",
        Dtype::BF16 => "bfloat16",
        Dtype::I64 => "int64",
        Dtype::I32 => "int32",
        Dtype::I16 => "int16",
        Dtype::I8 => "int8",
        Dtype::U8 => "uint8",
        Dtype::BOOL => "bool",
        Dtype::C64 => "complex64",
        Dtype::U16 => "uint16",
        Dtype::U32 => "uint32",
        Dtype::U64 => "uint64",
        Dtype::F8_E4M3 => "float8_e4m3fn",
        Dtype::F8_E5M2 => "float8_e5m2",
        Dtype::F8_E4M3FNUZ => "float8_e4m3fnuz",
        Dtype::F8_E5M2FNUZ => "float8_e5m2fnuz",
        Dtype::F8_E8M0 => "float8_e8m0fnu",
        _ => return None,
    })
}

fn below_a_byte(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::F4 => "F4",
        Dtype::F6_E2M3 => "F6_E2M3",
        Dtype::F6_E3M2 => "F6_E3M2",
        _ => "a type of a newer safetensors",
    }
}
