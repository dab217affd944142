//! Boxes, losses and one-stage detectors against torchvision; `reference.py` made the numbers of `reference.txt` and says how.

mod boxes;
mod coco;
mod detectors;
#[path = "../parity/formula.rs"]
mod formula;

use std::collections::BTreeMap;

use formula::numbers;
use tch::{Kind, Tensor};

/// Rows and columns of all pictures.
const SIZE: [i64; 2] = [96, 128];
/// Of the largest number that is expected. The reference has twelve digits.
const TOLERANCE: f64 = 1e-9;

/// What the reference says of one thing.
struct Reference(BTreeMap<&'static str, Vec<f64>>);

impl Reference {
    fn of(what: &str) -> Self {
        let lines = include_str!("reference.txt").lines();
        let mine =
            lines.filter_map(|line| line.split_once(' ').filter(|(first, _)| *first == what));
        Self(
            mine.map(|(_, rest)| {
                let (name, values) = rest.split_once(' ').unwrap_or((rest, ""));
                let values = values
                    .split_whitespace()
                    .map(|value| value.parse().unwrap());
                (name, values.collect())
            })
            .collect(),
        )
    }

    #[track_caller]
    fn check(&self, name: &str, found: &[f64]) {
        let expected = &self.0[name];
        assert_eq!(found.len(), expected.len(), "{name}");
        let largest = expected
            .iter()
            .fold(0.0f64, |most, value| most.max(value.abs()));
        for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
            let off = (found - expected).abs();
            assert!(
                off <= TOLERANCE * largest.max(1e-3),
                "{name}[{place}]: {found} and not {expected}"
            );
        }
    }

    #[track_caller]
    fn check_tensor(&self, name: &str, found: &Tensor) {
        self.check(name, &flat(found));
    }

    /// The norm, and numbers that are spread evenly over the tensor.
    #[track_caller]
    fn check_spread(&self, name: &str, found: &Tensor) {
        let all = flat(found);
        let count = self.0[name].len() - 1;
        let norm = all.iter().map(|value| value * value).sum::<f64>().sqrt();
        let picked = (0..count).map(|index| all[index * (all.len() - 1) / (count - 1)]);
        self.check(
            name,
            &std::iter::once(norm).chain(picked).collect::<Vec<f64>>(),
        );
    }
}

fn flat(xs: &Tensor) -> Vec<f64> {
    Vec::try_from(xs.to_kind(Kind::Double).flatten(0, -1)).unwrap()
}

fn drawn(name: &str, shape: &[i64], ends: (f64, f64)) -> Tensor {
    numbers(name, shape, ends).to_kind(Kind::Double)
}

/// Boxes inside a picture, of 4 pixels a side or more.
fn boxes_of(name: &str, count: i64, largest: f64) -> Tensor {
    let unit = drawn(name, &[count, 4], (0.0, 1.0));
    let sides = unit.narrow(1, 2, 2) * (largest - 4.0) + 4.0;
    let room = Tensor::from_slice(&[SIZE[1] as f64, SIZE[0] as f64]) - &sides;
    let corner = unit.narrow(1, 0, 2) * room;
    Tensor::cat(&[&corner, &(&corner + sides)], 1)
}
