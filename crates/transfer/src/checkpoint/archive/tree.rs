//! Walking through a file's values by names.

use std::borrow::Cow;

use super::pickle::{Heap, Id, Value};
use super::{Archive, View, numpy};

/// A plain value of a checkpoint, beside its tensors.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Str(String),
}

/// What an item of a container goes by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    /// A dict's key.
    Value(Id),
    /// A place in a list.
    At(usize),
}

/// For each value, whether a tensor can be reached from it through dicts, lists and tuples. Found from the tensors
/// backwards: each reference is looked at once, whatever shares or contains whatever.
pub(super) fn holders_of_tensors(heap: &Heap) -> Vec<bool> {
    let mut holders = vec![false; heap.values.len()];
    let mut users: Vec<(Id, Id)> = Vec::new();
    let mut found: Vec<Id> = Vec::new();
    for (id, value) in (0..).zip(&heap.values) {
        match value {
            Value::Tensor(_) | Value::OtherTensor(_) => found.push(id),
            Value::List(items) | Value::Tuple(items) => {
                users.extend(items.iter().map(|&item| (item, id)));
            }
            Value::Dict(items) => users.extend(items.iter().map(|&(_, item)| (item, id))),
            _ => {}
        }
    }
    users.sort_unstable();
    while let Some(id) = found.pop() {
        if std::mem::replace(&mut holders[id as usize], true) {
            continue;
        }
        let first = users.partition_point(|&(item, _)| item < id);
        let ours = users[first..].iter().take_while(|&&(item, _)| item == id);
        found.extend(
            ours.map(|&(_, user)| user)
                .filter(|&user| !holders[user as usize]),
        );
    }
    holders
}

impl Archive {
    /// The items of a dict, list or tuple. They are named later: most are passed over.
    pub(super) fn items(&self, id: Id) -> impl Iterator<Item = (Key, Id)> {
        let (dict, list): (&[(Id, Id)], &[Id]) = match self.heap.get(id) {
            Value::Dict(items) => (items, &[]),
            Value::List(items) | Value::Tuple(items) => (&[], items),
            _ => (&[], &[]),
        };
        let dict = dict.iter().map(|&(key, item)| (Key::Value(key), item));
        let list = list.iter().enumerate();
        dict.chain(list.map(|(at, &item)| (Key::At(at), item)))
    }

    /// A key as a part of a dotted path.
    pub(super) fn name(&self, key: Key) -> Cow<'_, str> {
        let key = match key {
            Key::At(at) => return at.to_string().into(),
            Key::Value(key) => self.heap.get(key),
        };
        match key {
            Value::Str(text) => Cow::Borrowed(text),
            Value::Int(number) => number.to_string().into(),
            Value::Bool(value) => value.to_string().into(),
            Value::Float(number) => number.to_string().into(),
            _ => Cow::Borrowed("?"),
        }
    }

    /// Whether its items have names, and not numbers.
    pub(super) fn is_named(&self, id: Id) -> bool {
        matches!(self.heap.get(id), Value::Dict(items)
            if items.iter().all(|&(key, _)| matches!(self.heap.get(key), Value::Str(_))))
    }

    pub(super) fn is_tensor(&self, id: Id) -> bool {
        matches!(self.heap.get(id), Value::Tensor(_) | Value::OtherTensor(_))
    }

    pub(super) fn is_container(&self, id: Id) -> bool {
        matches!(
            self.heap.get(id),
            Value::Dict(_) | Value::List(_) | Value::Tuple(_)
        )
    }

    /// A tensor, or the type that is not read here.
    pub(super) fn tensor(&self, id: Id) -> Result<&View, &'static str> {
        match self.heap.get(id) {
            Value::Tensor(view) if view.element.dtype.is_some() => Ok(view),
            Value::Tensor(view) => Err(view.element.name),
            Value::OtherTensor(sort) => Err(sort),
            _ => Err("no tensor"),
        }
    }

    /// The value at a dotted path. Keys may have dots of their own; of equal keys the last counts, as in Python.
    pub(super) fn find(&self, id: Id, path: &str) -> Option<Id> {
        if path.is_empty() {
            return Some(id);
        }
        let ends = path.match_indices('.').map(|(at, _)| at);
        ends.chain([path.len()]).find_map(|end| {
            let (first, rest) = (&path[..end], path.get(end + 1..).unwrap_or(""));
            let equal = self.items(id).filter(|&(key, _)| self.name(key) == first);
            let item = equal.last()?.1;
            self.find(item, rest)
        })
    }

    /// The plain value at a dotted path.
    pub(crate) fn plain(&self, path: &str) -> Option<Plain> {
        Some(match self.heap.get(self.find(self.root, path)?) {
            Value::Bool(value) => Plain::Bool(*value),
            Value::Int(number) => Plain::Int(*number),
            Value::Float(number) => Plain::Float(*number),
            Value::Str(text) => Plain::Str(text.to_string()),
            Value::Object { of: "scalar", args } => return numpy::scalar(&self.heap, *args),
            _ => return None,
        })
    }
}
