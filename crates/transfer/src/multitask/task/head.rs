//! The two kinds of heads: one answer for a picture, one for each of its pixels.

use tch::Tensor;
use tch::nn::{self, Module};

use super::{Head, Representation, Widths};
use crate::{Error, Result};

/// How many channels every map is brought to before maps are added.
const WIDTH: i64 = 64;

/// A linear layer on the features, or two with a ReLU between.
#[derive(Debug)]
pub(super) struct FeatureHead {
    hidden: Option<nn::Linear>,
    last: nn::Linear,
}

impl FeatureHead {
    pub(super) fn new(path: &nn::Path<'_>, widths: &Widths, hidden: Option<i64>, out: i64) -> Self {
        let linear = |name: &str, width_in, width| {
            // As PyTorch starts it.
            let within = (width_in as f64).sqrt().recip();
            let init = nn::Init::Uniform {
                lo: -within,
                up: within,
            };
            let config = nn::LinearConfig {
                ws_init: init,
                bs_init: Some(init),
                bias: true,
            };
            nn::linear(path / name, width_in, width, config)
        };
        Self {
            hidden: hidden.map(|width| linear("hidden", widths.features, width)),
            last: linear("last", hidden.unwrap_or(widths.features), out),
        }
    }
}

impl Head for FeatureHead {
    /// `[N, C]` → `[N, out]`.
    fn forward(&self, of: &Representation) -> Tensor {
        let rows = match &self.hidden {
            Some(hidden) => hidden.forward(&of.features).relu(),
            None => of.features.shallow_clone(),
        };
        self.last.forward(&rows)
    }
}

/// Answers for every pixel, from maps of all resolutions: each is brought to one width by a 1 × 1 convolution and added to
/// the coarser ones, doubled in size, as in a feature pyramid (Lin et al., CVPR 2017); a 3 × 3 convolution on the finest sum
/// answers, and the answers are brought to the size of the picture.
#[derive(Debug)]
pub(super) struct MapHead {
    lateral: Vec<nn::Conv2D>,
    smooth: nn::Conv2D,
    last: nn::Conv2D,
}

impl MapHead {
    pub(super) fn new(path: &nn::Path<'_>, widths: &Widths, out: i64) -> Result<Self> {
        if widths.maps.is_empty() {
            let expected = "maps, for a head that answers for every pixel";
            return Err(Error::argument(
                "representation",
                expected,
                "features alone",
            ));
        }
        let conv = |name: String, width_in, width, kernel: i64| {
            let config = nn::ConvConfig {
                padding: kernel / 2,
                ..Default::default()
            };
            nn::conv2d(path / name, width_in, width, kernel, config)
        };
        let lateral = widths.maps.iter().enumerate();
        Ok(Self {
            lateral: lateral
                .map(|(number, width)| conv(format!("lateral{number}"), *width, WIDTH, 1))
                .collect(),
            smooth: conv("smooth".into(), WIDTH, WIDTH, 3),
            last: conv("last".into(), WIDTH, out, 1),
        })
    }
}

impl Head for MapHead {
    /// Maps `[N, C, h, w]` → `[N, out, H, W]`.
    fn forward(&self, of: &Representation) -> Tensor {
        let laid = self.lateral.iter().zip(&of.maps).rev();
        let sum = laid.fold(None, |coarser: Option<Tensor>, (lateral, map)| {
            let here = lateral.forward(map);
            Some(match coarser {
                Some(coarser) => enlarged(&coarser, &here.size()[2..]) + here,
                None => here,
            })
        });
        let smooth = self.smooth.forward(&sum.unwrap_or_default().relu()).relu();
        enlarged(&self.last.forward(&smooth), &of.size)
    }
}

fn enlarged(map: &Tensor, size: &[i64]) -> Tensor {
    map.upsample_bilinear2d(size, false, None, None)
}
