//! What a pickle describes.

use super::super::element::Element;
use super::super::view::View;
use super::super::{Flaw, Result};
use super::globals::Global;

/// The number of a value in its [`Heap`].
pub(in super::super) type Id = u32;

/// A Python value, as data.
#[derive(Debug)]
pub(in super::super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, as the pickle has it: little-endian, two's complement.
    Long(Box<[u8]>),
    Float(f64),
    Str(Box<str>),
    Bytes(Box<[u8]>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Set(Vec<Id>),
    /// Also `OrderedDict`, `defaultdict` and `Counter`.
    Dict(Vec<(Id, Id)>),
    /// Something that the pickle named, not called yet.
    Global(Global),
    /// A part of a storage.
    Storage(Part),
    Tensor(Box<View>),
    /// A tensor of a sort that is not read here.
    OtherTensor(&'static str),
    /// What a name on the list was called with; nothing was done with it.
    Object {
        of: &'static str,
        args: Id,
    },
}

impl Value {
    /// How many items it refers to.
    pub(super) fn items(&self) -> usize {
        match self {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.len(),
            Value::Dict(items) => 2 * items.len(),
            _ => 0,
        }
    }
}

/// A part of a storage: all of it, except where the legacy format names a view.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Part {
    /// The storage's number.
    pub(in super::super) storage: u32,
    /// First element.
    pub(in super::super) offset: u64,
    /// Number of elements.
    pub(in super::super) length: u64,
}

/// A storage that a pickle refers to.
#[derive(Debug)]
pub(in super::super) struct Storage {
    /// Its name in the file.
    pub(in super::super) key: Box<str>,
    /// What it holds.
    pub(in super::super) element: Element,
    /// How many.
    pub(in super::super) length: u64,
}

/// All values of a pickle.
#[derive(Debug, Default)]
pub(in super::super) struct Heap {
    /// Every value once; a container names its items by their numbers.
    pub(in super::super) values: Vec<Value>,
    /// The storages, in the order in which they were first named.
    pub(in super::super) storages: Vec<Storage>,
}

impl Heap {
    /// The value of that number.
    pub(in super::super) fn get(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    pub(in super::super) fn add(&mut self, value: Value) -> Id {
        self.values.push(value);
        (self.values.len() - 1) as Id
    }

    pub(in super::super) fn text(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// A number that cannot be negative; `what` is for the message.
    pub(in super::super) fn count(&self, id: Id, what: &str) -> Result<u64> {
        match self.get(id) {
            Value::Int(number) if *number >= 0 => Ok(*number as u64),
            Value::Int(number) => Flaw::damaged(format!("{what} is negative: {number}")),
            _ => Flaw::damaged(format!("{what} is not an integer")),
        }
    }

    /// A tuple or list of such numbers.
    pub(in super::super) fn counts(&self, id: Id, what: &str) -> Result<Vec<u64>> {
        let (Value::Tuple(items) | Value::List(items)) = self.get(id) else {
            return Flaw::damaged(format!("{what} is not a tuple"));
        };
        // More is refused later, with the number; a copy of all of them is not needed for that.
        let items = items.iter().take(super::super::limits::DIMENSIONS + 1);
        items.map(|&item| self.count(item, what)).collect()
    }
}
