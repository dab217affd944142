//! Pickles, parsed as data.
//!
//! A pickle is a program for a stack machine whose instructions can import and call anything in Python. This
//! machine has the instructions and none of the reach: what a pickle names is looked up in a fixed list
//! ([`globals`]), what is called is one of a dozen constructors written here, and the rest of the list becomes inert
//! [`Value::Object`]s. Values live in a [`Heap`] and refer to each other by number, so that shared and cyclic data
//! cost nothing to hold and nothing to drop.

mod globals;
mod input;
mod machine;
mod opcodes;
mod rebuild;
mod value;

pub(super) use input::Input;
pub(super) use machine::run;
pub(super) use value::{Heap, Id, Storage, Value};
