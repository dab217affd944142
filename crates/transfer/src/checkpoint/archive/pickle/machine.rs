//! The stack machine.

use std::collections::HashMap;

use super::super::limits::{MARKS, OBJECTS};
use super::super::{Flaw, Result};
use super::globals;
use super::value::{Heap, Id, Value};
use super::{Input, opcodes as op, rebuild};

/// Parses the next pickle of `input`; its values are added to `heap`.
pub(in super::super) fn run(input: &mut Input<'_>, heap: &mut Heap) -> Result<Id> {
    let mut machine = Machine {
        input,
        heap,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        keys: HashMap::new(),
        tensors: 0,
        spent: 0,
    };
    loop {
        let opcode = machine.input.byte()?;
        if opcode == op::STOP {
            return machine.pop();
        }
        machine.step(opcode)?;
    }
}

pub(super) struct Machine<'a, 'b> {
    input: &'a mut Input<'b>,
    pub(super) heap: &'a mut Heap,
    stack: Vec<Id>,
    /// Heights of the stack at the open marks: nothing below the last is touched.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
    /// The storages that were named, by their keys.
    pub(super) keys: HashMap<Box<str>, u32>,
    /// How many tensors were rebuilt.
    pub(super) tensors: usize,
    /// What was pushed and remembered so far, against the budget.
    spent: usize,
}

impl Machine<'_, '_> {
    fn step(&mut self, opcode: u8) -> Result<()> {
        match opcode {
            op::PROTO => self.protocol()?,
            op::FRAME => drop(self.input.array::<8>()?),
            op::MARK if self.marks.len() == MARKS => {
                return Flaw::limit(format!("its pickle is nested deeper than {MARKS} levels"));
            }
            op::MARK => self.marks.push(self.stack.len()),
            op::POP => self.discard()?,
            op::POP_MARK => drop(self.pop_to_mark()?),
            op::DUP => {
                let top = self.top()?;
                self.push(top)?;
            }
            op::NONE => self.add(Value::None)?,
            op::NEWTRUE => self.add(Value::Bool(true))?,
            op::NEWFALSE => self.add(Value::Bool(false))?,
            op::BININT | op::BININT1 | op::BININT2 | op::LONG1 | op::LONG4 => {
                let value = self.integer(opcode)?;
                self.add(value)?;
            }
            op::BINFLOAT => {
                let number = f64::from_be_bytes(self.input.array()?);
                self.add(Value::Float(number))?;
            }
            op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 => {
                let length = self.length(opcode)?;
                let text = self.input.text(length)?;
                self.add(Value::Str(text))?;
            }
            op::BINSTRING | op::SHORT_BINSTRING => {
                // Python 2's text: its names are ASCII, anything else is data.
                let length = self.length(opcode)?;
                let value = match String::from_utf8(self.input.bytes(length)?) {
                    Ok(text) => Value::Str(text.into()),
                    Err(error) => Value::Bytes(error.into_bytes().into()),
                };
                self.add(value)?;
            }
            op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 | op::BYTEARRAY8 => {
                let length = self.length(opcode)?;
                let bytes = self.input.bytes(length)?;
                self.add(Value::Bytes(bytes.into()))?;
            }
            op::EMPTY_LIST => self.add(Value::List(Vec::new()))?,
            op::EMPTY_TUPLE => self.add(Value::Tuple(Vec::new()))?,
            op::EMPTY_DICT => self.add(Value::Dict(Vec::new()))?,
            op::EMPTY_SET => self.add(Value::Set(Vec::new()))?,
            op::LIST | op::TUPLE | op::FROZENSET | op::DICT => {
                let items = self.pop_to_mark()?;
                self.add(match opcode {
                    op::LIST => Value::List(items),
                    op::TUPLE => Value::Tuple(items),
                    op::FROZENSET => Value::Set(items),
                    _ => Value::Dict(pairs(&items)?),
                })?;
            }
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => {
                let items = self.pop_some(usize::from(opcode - op::TUPLE1) + 1)?;
                self.add(Value::Tuple(items))?;
            }
            op::APPEND | op::APPENDS | op::ADDITEMS => {
                let items = match opcode {
                    op::APPEND => self.pop_some(1)?,
                    _ => self.pop_to_mark()?,
                };
                let top = self.top()? as usize;
                match &mut self.heap.values[top] {
                    Value::List(list) if opcode != op::ADDITEMS => list.extend(items),
                    Value::Set(set) if opcode == op::ADDITEMS => set.extend(items),
                    _ => return Flaw::damaged("its pickle adds items to what is no list or set"),
                }
            }
            op::SETITEM | op::SETITEMS => {
                let items = match opcode {
                    op::SETITEM => self.pop_some(2)?,
                    _ => self.pop_to_mark()?,
                };
                let top = self.top()? as usize;
                match &mut self.heap.values[top] {
                    Value::Dict(dict) => dict.extend(pairs(&items)?),
                    _ => return Flaw::damaged("its pickle sets items of what is no dict"),
                }
            }
            op::BINGET | op::LONG_BINGET => {
                let key = self.memo_key(opcode == op::BINGET)?;
                match self.memo.get(&key) {
                    Some(&id) => self.push(id)?,
                    None => return Flaw::damaged(format!("its pickle has no memo {key}")),
                }
            }
            op::BINPUT | op::LONG_BINPUT => {
                let key = self.memo_key(opcode == op::BINPUT)?;
                self.remember(key)?;
            }
            op::MEMOIZE => self.remember(self.memo.len() as u32)?,
            op::GLOBAL => {
                let (module, name) = (self.input.line()?, self.input.line()?);
                self.global(&module, &name)?;
            }
            op::STACK_GLOBAL => {
                let names = self.pop_some(2)?;
                let (Some(module), Some(name)) =
                    (self.heap.text(names[0]), self.heap.text(names[1]))
                else {
                    return Flaw::damaged("its pickle names a global by what is no text");
                };
                let (module, name) = (module.to_owned(), name.to_owned());
                self.global(&module, &name)?;
            }
            op::REDUCE | op::NEWOBJ => {
                let [function, args] = self.two()?;
                let made = rebuild::call(self, function, args)?;
                self.push(made)?;
            }
            op::NEWOBJ_EX => {
                // Keywords only ever describe inert objects; they are parsed, and not kept.
                self.pop()?;
                let [function, args] = self.two()?;
                let made = rebuild::call(self, function, args)?;
                self.push(made)?;
            }
            op::BUILD => {
                // Attributes: `_metadata` of an OrderedDict, fields of a Namespace. None is part of a tensor.
                self.pop()?;
                let top = self.top()?;
                if !matches!(
                    self.heap.get(top),
                    Value::Dict(_)
                        | Value::Object { .. }
                        | Value::Tensor(_)
                        | Value::OtherTensor(_)
                ) {
                    return Flaw::damaged("its pickle sets attributes of what has none");
                }
            }
            op::BINPERSID => {
                let id = self.pop()?;
                let storage = rebuild::storage(self, id)?;
                self.add(storage)?;
            }
            _ => {
                return Flaw::damaged(format!(
                    "its pickle has the instruction {opcode:#04x} before byte {}, which `torch.save` does not write",
                    self.input.position()
                ));
            }
        }
        Ok(())
    }

    fn protocol(&mut self) -> Result<()> {
        match self.input.byte()? {
            2..=5 => Ok(()),
            other => Flaw::damaged(format!(
                "its pickle has the protocol {other} (expected 2 to 5)"
            )),
        }
    }

    fn global(&mut self, module: &str, name: &str) -> Result<()> {
        if let Some(global) = globals::find(module, name) {
            return self.add(Value::Global(global));
        }
        // `torch.save(model)` begins with the model's class; in a dict of things, layers give it away.
        let first = self.stack.is_empty() && self.heap.storages.is_empty();
        let shown = |text: &str| text.chars().take(80).collect::<String>();
        Err(Flaw::Forbidden {
            global: format!("{}.{}", shown(module), shown(name)),
            module: first || module.starts_with("torch.nn.modules"),
        })
    }

    fn integer(&mut self, opcode: u8) -> Result<Value> {
        Ok(Value::Int(match opcode {
            op::BININT => i64::from(i32::from_le_bytes(self.input.array()?)),
            op::BININT1 => i64::from(self.input.byte()?),
            op::BININT2 => i64::from(u16::from_le_bytes(self.input.array()?)),
            _ => {
                let length = self.length(opcode)?;
                let bytes = self.input.bytes(length)?;
                if bytes.len() > 8 {
                    return Ok(Value::Long(bytes.into()));
                }
                let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
                let mut wide = [if negative { 0xff } else { 0 }; 8];
                wide[..bytes.len()].copy_from_slice(&bytes);
                i64::from_le_bytes(wide)
            }
        }))
    }

    /// The length that follows an instruction, as wide as the instruction has it.
    fn length(&mut self, opcode: u8) -> Result<u64> {
        Ok(match opcode {
            op::LONG1 | op::SHORT_BINUNICODE | op::SHORT_BINSTRING | op::SHORT_BINBYTES => {
                u64::from(self.input.byte()?)
            }
            op::LONG4 | op::BINSTRING => {
                let length = i32::from_le_bytes(self.input.array()?);
                u64::try_from(length)
                    .or_else(|_| Flaw::damaged(format!("its pickle has the length {length}")))?
            }
            op::BINUNICODE | op::BINBYTES => u64::from(u32::from_le_bytes(self.input.array()?)),
            _ => u64::from_le_bytes(self.input.array()?),
        })
    }

    fn memo_key(&mut self, short: bool) -> Result<u32> {
        Ok(if short {
            u32::from(self.input.byte()?)
        } else {
            u32::from_le_bytes(self.input.array()?)
        })
    }

    fn remember(&mut self, key: u32) -> Result<()> {
        let top = self.top()?;
        self.spend(1)?;
        self.memo.insert(key, top);
        Ok(())
    }

    pub(super) fn spend(&mut self, count: usize) -> Result<()> {
        self.spent += count;
        if self.spent > OBJECTS {
            return Flaw::limit(format!("its pickle describes more than {OBJECTS} values"));
        }
        Ok(())
    }

    fn push(&mut self, id: Id) -> Result<()> {
        self.spend(1)?;
        self.stack.push(id);
        Ok(())
    }

    fn add(&mut self, value: Value) -> Result<()> {
        let id = self.heap.add(value);
        self.push(id)
    }

    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Id> {
        match self.stack.last() {
            Some(&id) if self.stack.len() > self.floor() => Ok(id),
            _ => Flaw::damaged("its pickle takes from an empty stack"),
        }
    }

    fn pop(&mut self) -> Result<Id> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn two(&mut self) -> Result<[Id; 2]> {
        let second = self.pop()?;
        Ok([self.pop()?, second])
    }

    /// The last `count` values, in the order in which they were pushed.
    fn pop_some(&mut self, count: usize) -> Result<Vec<Id>> {
        if self.stack.len() < self.floor() + count {
            return Flaw::damaged("its pickle takes from an empty stack");
        }
        Ok(self.stack.split_off(self.stack.len() - count))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark)),
            None => Flaw::damaged("its pickle has no mark where one is needed"),
        }
    }

    /// POP takes a mark where that is what is on top.
    fn discard(&mut self) -> Result<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }
}

/// Keys and values by turns, as pairs.
fn pairs(items: &[Id]) -> Result<Vec<(Id, Id)>> {
    let (pairs, rest) = items.as_chunks::<2>();
    if !rest.is_empty() {
        return Flaw::damaged("its pickle has a key without a value");
    }
    Ok(pairs.iter().map(|&[key, value]| (key, value)).collect())
}
