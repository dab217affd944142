//! A feature pyramid (Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017): maps of one width for every resolution, each of which
//! has seen the coarser ones, and two coarser ones behind them, as `torchvision.ops.FeaturePyramidNetwork` with `LastLevelP6P7`.

use tch::nn::Init;
use tch::{Tensor, nn::Module};

use crate::models::layers::{Conv, Conv2d, Maker};

#[derive(Debug)]
pub(super) struct Pyramid {
    inner: Vec<Conv2d>,
    outer: Vec<Conv2d>,
    p6: Conv2d,
    p7: Conv2d,
}

impl Pyramid {
    /// On maps of these widths, finest first.
    pub(super) fn new(root: &Maker<'_>, widths: &[i64], width: i64) -> Self {
        let conv = |maker: Maker<'_>, width_in: i64, kernel: i64, stride: i64| {
            // `kaiming_uniform_` with a = 1.
            let up = (3.0 / (width_in * kernel * kernel) as f64).sqrt();
            let conv = Conv {
                bias: true,
                ..Conv::new(width, kernel, stride)
            };
            maker.conv_from(width_in, conv, Init::Uniform { lo: -up, up })
        };
        let blocks = |name: &str, kernel: i64, widths: &[i64]| {
            let block = |(number, width_in): (usize, &i64)| {
                let place = root.sub(name).sub(number).sub(0);
                conv(place, *width_in, kernel, 1)
            };
            widths.iter().enumerate().map(block).collect()
        };
        let inner = blocks("inner_blocks", 1, widths);
        let outer = blocks("layer_blocks", 3, &vec![width; widths.len()]);
        let extra = root.sub("extra_blocks");
        Self {
            inner,
            outer,
            p6: conv(extra.sub("p6"), width, 3, 2),
            p7: conv(extra.sub("p7"), width, 3, 2),
        }
    }

    /// Maps `[N, Cᵢ, Hᵢ, Wᵢ]` of the body, finest first → two more, all of one width.
    pub(super) fn forward(&self, body: &[Tensor]) -> Vec<Tensor> {
        let mut found: Vec<Tensor> = Vec::with_capacity(body.len() + 2);
        let mut above: Option<Tensor> = None;
        for ((map, inner), outer) in body.iter().zip(&self.inner).zip(&self.outer).rev() {
            let mut inside = inner.forward(map);
            if let Some(above) = &above {
                let &[.., rows, columns] = &inside.size()[..] else {
                    continue;
                };
                inside += above.upsample_nearest2d([rows, columns], None, None);
            }
            found.push(outer.forward(&inside));
            above = Some(inside);
        }
        found.reverse();
        if let Some(last) = found.last() {
            let p6 = self.p6.forward(last);
            let p7 = self.p7.forward(&p6.relu());
            found.extend([p6, p7]);
        }
        found
    }
}
