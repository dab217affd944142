//! NumPy's scalars: what a training script's `best_acc` often is.

use std::borrow::Cow;

use super::pickle::{Heap, Id, Value};
use super::tree::Plain;

/// The number of `numpy.core.multiarray.scalar(dtype, bytes)`, if it is of a little-endian plain type.
pub(super) fn scalar(heap: &Heap, args: Id) -> Option<Plain> {
    let Value::Tuple(args) = heap.get(args) else {
        return None;
    };
    let [dtype, data] = args[..] else {
        return None;
    };
    let Value::Object {
        of: "dtype",
        args: dtype,
    } = heap.get(dtype)
    else {
        return None;
    };
    let Value::Tuple(dtype) = heap.get(*dtype) else {
        return None;
    };
    let bytes = bytes(heap, data)?;
    let bytes = &*bytes;
    Some(match heap.text(*dtype.first()?)? {
        "f8" => Plain::Float(f64::from_le_bytes(bytes.try_into().ok()?)),
        "f4" => Plain::Float(f32::from_le_bytes(bytes.try_into().ok()?).into()),
        "i8" => Plain::Int(i64::from_le_bytes(bytes.try_into().ok()?)),
        "i4" => Plain::Int(i32::from_le_bytes(bytes.try_into().ok()?).into()),
        "b1" => Plain::Bool(bytes != [0]),
        _ => return None,
    })
}

/// Bytes as protocol 3 and later has them, or as protocol 2 does: `_codecs.encode(text, "latin1")`.
fn bytes(heap: &Heap, id: Id) -> Option<Cow<'_, [u8]>> {
    match heap.get(id) {
        Value::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
        Value::Object { of: "encode", args } => {
            let Value::Tuple(args) = heap.get(*args) else {
                return None;
            };
            let text = heap.text(*args.first()?)?;
            let bytes = text.chars().map(|c| u8::try_from(u32::from(c)));
            bytes.collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}
