//! What happens when a pickle calls a name on the list: values are made from values, nothing else.

use super::super::element::{self, Element};
use super::super::limits::TENSORS;
use super::super::view::View;
use super::super::{Flaw, Result};
use super::globals::{Global, Rebuild};
use super::machine::Machine;
use super::value::{Heap, Id, Part, Storage, Value};

/// More than any function on the list takes.
const MOST_ARGS: usize = 10;

/// Calls `function` with the tuple `args`.
pub(super) fn call(machine: &mut Machine<'_, '_>, function: Id, args: Id) -> Result<Id> {
    let heap = &mut *machine.heap;
    let Value::Global(function) = *heap.get(function) else {
        return Flaw::damaged("its pickle calls what is no function");
    };
    let Value::Tuple(given) = heap.get(args) else {
        return Flaw::damaged("its pickle calls a function with what is no tuple");
    };
    let given: Vec<Id> = given.iter().copied().take(MOST_ARGS).collect();
    let value = match function {
        Global::Dict | Global::Sequence(_) => {
            let value = match function {
                Global::Sequence(class) => sequence(heap, class, &given)?,
                _ => dict(heap, &given)?,
            };
            machine.spend(value.items())?;
            value
        }
        Global::Rebuild(Rebuild::Parameter) => return tensor_of(heap, &given),
        Global::Rebuild(Rebuild::FromType) => {
            let [function, _, args, ..] = given[..] else {
                return Flaw::damaged("its pickle rebuilds a tensor from too few values");
            };
            // Once: a call that names itself would never end.
            return match heap.get(function) {
                Value::Global(Global::Rebuild(Rebuild::FromType)) => {
                    Flaw::damaged("its pickle rebuilds a tensor from itself")
                }
                _ => call(machine, function, args),
            };
        }
        Global::Rebuild(version) => tensor(heap, version, &given)?,
        Global::OtherTensor(sort) => Value::OtherTensor(sort),
        Global::Inert(of) => Value::Object { of, args },
        Global::Storage(_) | Global::DType(_) => {
            return Flaw::damaged("its pickle calls a type of numbers");
        }
    };
    if matches!(value, Value::Tensor(_)) {
        machine.tensors += 1;
        if machine.tensors > TENSORS {
            return Flaw::limit(format!("it has more than {TENSORS} tensors"));
        }
    }
    Ok(machine.heap.add(value))
}

/// `OrderedDict()`, `Counter({…})`, `defaultdict(list[, {…}])`, and Python 2's `OrderedDict([[key, value], …])`.
fn dict(heap: &Heap, given: &[Id]) -> Result<Value> {
    let Some(items) = given.last().map(|&last| heap.get(last)) else {
        return Ok(Value::Dict(Vec::new()));
    };
    Ok(Value::Dict(match items {
        Value::Dict(items) => items.clone(),
        Value::List(items) => {
            let pair = |&item: &Id| match heap.get(item) {
                Value::List(pair) | Value::Tuple(pair) if pair.len() == 2 => Ok((pair[0], pair[1])),
                _ => Flaw::damaged("its pickle makes a dict of what are no pairs"),
            };
            items.iter().map(pair).collect::<Result<_>>()?
        }
        // A defaultdict's factory.
        Value::Global(_) | Value::None => Vec::new(),
        _ => return Flaw::damaged("its pickle makes a dict of what is none"),
    }))
}

fn sequence(heap: &Heap, class: &str, given: &[Id]) -> Result<Value> {
    let items = match given {
        [] => Vec::new(),
        [one] => match heap.get(*one) {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.clone(),
            _ => return Flaw::damaged("its pickle makes a sequence of what is none"),
        },
        _ => return Flaw::damaged("its pickle makes a sequence of too many values"),
    };
    Ok(match class {
        "list" => Value::List(items),
        _ => Value::Tuple(items),
    })
}

/// A Parameter is its tensor.
fn tensor_of(heap: &Heap, given: &[Id]) -> Result<Id> {
    match given.first().map(|&id| (id, heap.get(id))) {
        Some((id, Value::Tensor(_) | Value::OtherTensor(_))) => Ok(id),
        _ => Flaw::damaged("its pickle makes a parameter of what is no tensor"),
    }
}

fn tensor(heap: &Heap, version: Rebuild, given: &[Id]) -> Result<Value> {
    let [storage, offset, shape, stride, rest @ ..] = given else {
        return Flaw::damaged("its pickle rebuilds a tensor from too few values");
    };
    let Value::Storage(part) = heap.get(*storage) else {
        return Flaw::damaged("its pickle rebuilds a tensor from what is no storage");
    };
    let held = heap.storages[part.storage as usize].element;
    let (element, metadata) = match (version, rest) {
        (Rebuild::TensorV3, [_, _, dtype, metadata @ ..]) => match heap.get(*dtype) {
            Value::Global(Global::DType(element)) => (*element, metadata),
            _ => return Flaw::damaged("its pickle rebuilds a tensor of what is no type"),
        },
        (Rebuild::TensorV3, _) => {
            return Flaw::damaged("its pickle rebuilds a tensor from too few values");
        }
        (_, [_, _, metadata @ ..]) => (held, metadata),
        _ => (held, &[][..]),
    };
    if let Some(Value::Dict(bits)) = metadata.first().map(|&id| heap.get(id))
        && !bits.is_empty()
    {
        // "conj" or "neg": the numbers are to be conjugated or negated when they are read.
        return Ok(Value::OtherTensor("lazily conjugated or negated"));
    }
    // Other numbers than the storage's own are counted in bytes of an untyped storage.
    if element != held && (held != element::BYTES || !part.offset.is_multiple_of(element.size)) {
        return Flaw::damaged("its pickle views a storage as another type");
    }
    let scale = element.size / held.size.min(element.size);
    let first = part.offset / scale;
    let offset = heap.count(*offset, "a tensor's offset")?;
    let view = View::new(
        part.storage,
        element,
        part.length / scale,
        offset,
        &heap.counts(*shape, "a tensor's shape")?,
        &heap.counts(*stride, "a tensor's stride")?,
    )?;
    Ok(Value::Tensor(Box::new(view.moved_by(first))))
}

/// What a persistent id stands for: `("storage", class, key, location, numel[, view])`.
pub(super) fn storage(machine: &mut Machine<'_, '_>, id: Id) -> Result<Value> {
    let heap = &mut *machine.heap;
    let Value::Tuple(fields) = heap.get(id) else {
        return Flaw::damaged("its pickle has a persistent id that is no tuple");
    };
    let fields: Vec<Id> = fields.iter().copied().take(MOST_ARGS).collect();
    match fields.first().and_then(|&first| heap.text(first)) {
        Some("storage") => {}
        // How PyTorch before 1.0 kept the source of a pickled module's class.
        Some("module") => {
            return Err(Flaw::Forbidden {
                global: "torch.nn.Module".into(),
                module: true,
            });
        }
        _ => return Flaw::damaged("its pickle has a persistent id of an unknown sort"),
    }
    let [_, class, key, _, length, rest @ ..] = &fields[..] else {
        return Flaw::damaged("its pickle describes a storage with too few values");
    };
    let Value::Global(Global::Storage(element)) = *heap.get(*class) else {
        return Flaw::damaged("its pickle describes a storage of an unknown class");
    };
    let Some(key) = heap.text(*key).map(Box::<str>::from) else {
        return Flaw::damaged("its pickle describes a storage whose key is no text");
    };
    let length = heap.count(*length, "a storage's length")?;
    let number = named(machine, key, element, length)?;
    let heap = &*machine.heap;
    let (mut offset, mut available) = (0, length);
    // The legacy format's `(key, offset, size)`.
    if let Some(&view) = rest.first()
        && !matches!(heap.get(view), Value::None)
    {
        let (Value::Tuple(view) | Value::List(view)) = heap.get(view) else {
            return Flaw::damaged("its pickle describes a view of a storage by what is no tuple");
        };
        let [_, first, size] = view[..] else {
            return Flaw::damaged("its pickle describes a view of a storage with too few values");
        };
        offset = heap.count(first, "a storage view's offset")?;
        available = heap.count(size, "a storage view's size")?;
        if offset.checked_add(available).is_none_or(|end| end > length) {
            return Flaw::damaged("its pickle has a view that is not within its storage");
        }
    }
    Ok(Value::Storage(Part {
        storage: number,
        offset,
        length: available,
    }))
}

/// The number of the storage of that key, which has to be described alike each time.
fn named(
    machine: &mut Machine<'_, '_>,
    key: Box<str>,
    element: Element,
    length: u64,
) -> Result<u32> {
    if let Some(&number) = machine.keys.get(&key) {
        let known = &machine.heap.storages[number as usize];
        if (known.element, known.length) != (element, length) {
            return Flaw::damaged(format!(
                "its pickle describes the storage {key:?} as {length} × {} and as {} × {}",
                element.name, known.length, known.element.name
            ));
        }
        return Ok(number);
    }
    if length.checked_mul(element.size).is_none() {
        return Flaw::damaged(format!("the storage {key:?} has {length} elements"));
    }
    let number = machine.heap.storages.len() as u32;
    machine.heap.storages.push(Storage {
        key: key.clone(),
        element,
        length,
    });
    machine.keys.insert(key, number);
    Ok(number)
}
