//! `torch.save` before PyTorch 1.6 (and since, with `_use_new_zipfile_serialization=False`): five pickles — a magic
//! number, a protocol, facts of the machine, the object, the keys of its storages — and then the storages, each with
//! its length before it.

use std::collections::HashMap;

use super::format::MAGIC;
use super::limits::PICKLE_BYTES;
use super::pickle::{self, Heap, Id, Input, Value};
use super::{Blob, Flaw, Result, Source};

const PROTOCOL: i64 = 1001;

/// The values of the object's pickle, and where its storages are.
pub(super) fn open(source: &Source) -> Result<(Heap, Id, Vec<Blob>)> {
    let bytes = source.range(0, source.length());
    let mut input = Input::new(Box::new(bytes), PICKLE_BYTES);
    let mut head = Heap::default();
    let magic = pickle::run(&mut input, &mut head)?;
    if !matches!(head.get(magic), Value::Long(number) if **number == MAGIC) {
        return Flaw::damaged("its magic number is not torch.save's");
    }
    let protocol = pickle::run(&mut input, &mut head)?;
    match head.get(protocol) {
        Value::Int(PROTOCOL) => {}
        other => {
            return Err(Flaw::Unsupported(format!(
                "its protocol is {other:?} (only {PROTOCOL} is read)"
            )));
        }
    }
    let machine = pickle::run(&mut input, &mut head)?;
    if let Value::Dict(facts) = head.get(machine) {
        let order = facts
            .iter()
            .find(|(key, _)| head.text(*key) == Some("little_endian"));
        if let Some(&(_, order)) = order
            && !matches!(head.get(order), Value::Bool(true))
        {
            return Err(Flaw::Unsupported(
                "its numbers are big-endian (only little-endian is read)".into(),
            ));
        }
    }
    let mut heap = Heap::default();
    let value = pickle::run(&mut input, &mut heap)?;
    let mut names = Heap::default();
    let keys = pickle::run(&mut input, &mut names)?;
    let Value::List(keys) = names.get(keys) else {
        return Flaw::damaged("its list of storages is no list");
    };
    let places = places(source, &heap, &names, keys, input.position())?;
    let blob = |number: usize| match places.get(&number) {
        Some(&place) => Ok(Blob::Span(place)),
        None => Flaw::damaged(format!(
            "its storage {:?} is not in its list of storages",
            heap.storages[number].key
        )),
    };
    let blobs = (0..heap.storages.len()).map(blob).collect::<Result<_>>()?;
    Ok((heap, value, blobs))
}

/// Where each storage begins. They follow each other from `at` on, in the order of `keys`.
fn places(
    source: &Source,
    heap: &Heap,
    names: &Heap,
    keys: &[Id],
    mut at: u64,
) -> Result<HashMap<usize, u64>> {
    let numbers: HashMap<&str, usize> = heap
        .storages
        .iter()
        .enumerate()
        .map(|(number, storage)| (&*storage.key, number))
        .collect();
    let mut places = HashMap::with_capacity(numbers.len());
    for &key in keys {
        let Some(key) = names.text(key) else {
            return Flaw::damaged("the key of a storage is no text");
        };
        let Some(&number) = numbers.get(key) else {
            return Flaw::damaged(format!("its pickle does not describe the storage {key:?}"));
        };
        let storage = &heap.storages[number];
        let mut length = [0; 8];
        source.fill(at, &mut length)?;
        let length = u64::from_le_bytes(length);
        if length != storage.length {
            return Flaw::damaged(format!(
                "its storage {key:?} should have {} numbers and says {length}",
                storage.length
            ));
        }
        let end = (at + 8).checked_add(length.saturating_mul(storage.element.size));
        let Some(end) = end.filter(|&end| end <= source.length()) else {
            return Flaw::damaged(format!("it ends within its storage {key:?}"));
        };
        if places.insert(number, at + 8).is_some() {
            return Flaw::damaged(format!("its storage {key:?} is listed twice"));
        }
        at = end;
    }
    Ok(places)
}
