//! The part of a head that all its answers share: convolutions that keep the size, run over every level.

use tch::nn::{self, Init, Module};
use tch::{Kind, Tensor};

use crate::models::layers::{Conv, Conv2d, Maker};

/// Convolutions of 3 × 3 with ReLU between them, and with group normalisation or without.
#[derive(Debug)]
pub(super) struct Tower(Vec<(Conv2d, Option<nn::GroupNorm>)>);

/// How many groups; fewer where the width has not as many.
const GROUPS: i64 = 32;

impl Tower {
    /// torchvision has two ways to name what is the same: with norms, a sequence of convolution, norm and ReLU under one running number; without, a
    /// block for each convolution.
    pub(super) fn new(root: &Maker<'_>, width: i64, convs: usize, norms: bool) -> Self {
        let layer = |number: usize| {
            let place = match norms {
                true => root.sub(3 * number),
                false => root.sub(number).sub(0),
            };
            let conv = answer(&place, width, width, 0.0);
            let norm = norms.then(|| {
                let path = root.sub(3 * number + 1).path;
                nn::group_norm(&path, groups(width), width, Default::default())
            });
            (conv, norm)
        };
        Self((0..convs).map(layer).collect())
    }

    pub(super) fn forward(&self, map: &Tensor) -> Tensor {
        self.0.iter().fold(map.shallow_clone(), |xs, (conv, norm)| {
            let xs = conv.forward(&xs);
            match norm {
                Some(norm) => xs.apply(norm).relu(),
                None => xs.relu(),
            }
        })
    }
}

fn groups(width: i64) -> i64 {
    (1..=GROUPS.min(width))
        .rev()
        .find(|groups| width % groups == 0)
        .unwrap_or(1)
}

/// A convolution of 3 × 3 that starts with small weights (normal, deviation 0.01) and this bias.
pub(super) fn answer(place: &Maker<'_>, width_in: i64, width: i64, bias: f64) -> Conv2d {
    let conv = Conv {
        bias: true,
        ..Conv::new(width, 3, 1)
    };
    let made = place.conv_from(
        width_in,
        conv,
        Init::Randn {
            mean: 0.0,
            stdev: 0.01,
        },
    );
    made.fill_bias(bias);
    made
}

/// `[N, A · K, H, W]` → `[N, H · W · A, K]`.
pub(super) fn by_place(map: &Tensor, numbers: i64) -> Tensor {
    let size = map.size();
    let [batch, rows, columns] = [size[0], size[2], size[3]];
    let split = map.view([batch, -1, numbers, rows, columns]);
    let rows = split.permute([0, 3, 4, 1, 2]).reshape([batch, -1, numbers]);
    // Boxes need more digits than half precision has.
    match rows.kind() {
        Kind::Half | Kind::BFloat16 => rows.to_kind(Kind::Float),
        _ => rows,
    }
}
