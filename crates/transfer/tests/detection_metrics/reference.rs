//! What reference.py wrote.

use std::collections::BTreeMap;

pub(super) struct Reference(BTreeMap<&'static str, Vec<f64>>);

impl Reference {
    pub(super) fn read() -> Self {
        let lines = include_str!("reference.txt").lines();
        let values = |text: &str| {
            text.split(' ')
                .map(|value| value.parse().unwrap())
                .collect()
        };
        let named = lines
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once(' ').unwrap());
        Self(named.map(|(name, text)| (name, values(text))).collect())
    }

    pub(super) fn of(&self, name: &str) -> &[f64] {
        &self.0[name]
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// The largest difference; figures that are not there must be missing in both.
pub(super) fn difference(what: &str, found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len(), "{what}");
    let mut largest = 0.0f64;
    for (one, other) in found.iter().zip(expected) {
        assert_eq!(
            one.is_nan(),
            other.is_nan(),
            "{what}: {found:?}, {expected:?}"
        );
        if !one.is_nan() {
            largest = largest.max((one - other).abs());
        }
    }
    largest
}
