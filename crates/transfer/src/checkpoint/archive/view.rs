//! A tensor as a view of a storage.

use std::ops::Range;

use super::element::Element;
use super::limits::DIMENSIONS;
use super::{Flaw, Result};

/// Which numbers of which storage a tensor consists of. Made only by [`View::new`], which checks that they are in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    /// The number of the storage in its file.
    pub(crate) storage: u32,
    /// The type of the numbers.
    pub(crate) element: Element,
    /// Sizes of the dimensions.
    pub(crate) shape: Box<[i64]>,
    /// Steps of the dimensions, in elements.
    pub(crate) stride: Box<[i64]>,
    /// The first element, counted from the storage's start.
    pub(crate) offset: u64,
    /// From the first element to the last (empty if there are none), counted from the storage's start.
    pub(crate) hull: Range<u64>,
}

impl View {
    /// The view, if it lies within a storage of `available` elements.
    pub(super) fn new(
        storage: u32,
        element: Element,
        available: u64,
        offset: u64,
        shape: &[u64],
        stride: &[u64],
    ) -> Result<View> {
        if shape.len() != stride.len() {
            return Flaw::damaged(format!(
                "a tensor of shape {shape:?} has the strides {stride:?}"
            ));
        }
        if shape.len() > DIMENSIONS {
            return Flaw::limit(format!(
                "a tensor has {} dimensions (at most {DIMENSIONS} are read)",
                shape.len()
            ));
        }
        let outside = || {
            Flaw::Damaged(format!(
                "a tensor of shape {shape:?}, strides {stride:?} and offset {offset} is not within its storage of \
                 {available} elements"
            ))
        };
        let positive = |&size: &u64| i64::try_from(size).map_err(|_| outside());
        // libtorch counts a tensor's numbers and bytes in an `i64`, whatever its strides.
        shape
            .iter()
            .filter(|&&size| size > 0)
            .try_fold(1u64, |product, &size| product.checked_mul(size))
            .filter(|&numbers| numbers <= i64::MAX as u64 / 16)
            .ok_or_else(outside)?;
        let hull = if shape.contains(&0) {
            0..0
        } else {
            let steps = shape.iter().zip(stride);
            let last = steps
                .map(|(size, stride)| (size - 1).checked_mul(*stride))
                .try_fold(offset, |sum, step| sum.checked_add(step?))
                .filter(|last| *last < available)
                .ok_or_else(outside)?;
            offset..last + 1
        };
        Ok(View {
            storage,
            element,
            shape: shape.iter().map(positive).collect::<Result<_>>()?,
            stride: stride.iter().map(positive).collect::<Result<_>>()?,
            offset,
            hull,
        })
    }

    /// The same, counted from `first` elements before.
    pub(super) fn moved_by(mut self, first: u64) -> View {
        self.offset += first;
        if !self.hull.is_empty() {
            self.hull = self.hull.start + first..self.hull.end + first;
        }
        self
    }
}
