//! What reference.py wrote.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

pub(super) struct Reference(pub(super) BTreeMap<&'static str, Vec<f64>>);

impl Reference {
    pub(super) fn read() -> Self {
        let lines = include_str!("reference.txt").lines();
        let values = |text: &str| {
            text.split(' ')
                .map(|value| value.parse().unwrap())
                .collect()
        };
        let named = lines.map(|line| line.split_once(' ').unwrap());
        Self(named.map(|(name, text)| (name, values(text))).collect())
    }

    pub(super) fn of(&self, name: &str) -> &[f64] {
        &self.0[name]
    }

    pub(super) fn tensor(&self, name: &str, shape: &[i64]) -> Tensor {
        Tensor::from_slice(self.of(name))
            .view(shape)
            .to_kind(Kind::Float)
    }
}

pub(super) fn close(what: &str, found: &[f64], expected: &[f64], within: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected
        .iter()
        .map(|value| value.abs())
        .fold(1e-3, f64::max);
    for (one, other) in found.iter().zip(expected) {
        assert!(
            (one - other).abs() < within * scale,
            "{what}: {found:?}, {expected:?}"
        );
    }
}
