//! One-stage detectors as torchvision builds them, on any backbone: a feature pyramid on its last three stages, and heads that say at every place of
//! every level what is there and where it ends. What is learned from that, and which of the answers count, is in [`detection`](crate::detection).
//!
//! Differences from torchvision: pictures come as a batch of one size, normalised already; the backbone's batch normalisation trains unless it is
//! frozen; and the last fully connected layer of the backbone stays, unused.

mod config;
mod norms;
mod pyramid;
mod tower;
mod weights;

use tch::nn::{Module, VarStore};
use tch::{Device, Kind, Tensor};

use self::pyramid::Pyramid;
use self::tower::{Tower, answer, by_place};
use super::layers::{Conv2d, Maker, Start};
use super::{Backbone, ParameterGroup, Stage, stages, within};
use crate::checkpoint::StateDict;
use crate::detection::{Anchors, Answers, DetectorKind};
use crate::{Error, Result};

pub use config::DetectorConfig;

/// How likely an object is at any place before anything was learned, as in the papers: almost all places are empty, and a head that does not know that
/// spends its first steps on nothing else.
const PRIOR: f64 = 0.01;
/// Where torchvision has the backbone.
const BODY: &str = "backbone.body";
/// Levels that come from the backbone.
const BODY_LEVELS: usize = 3;

/// A detector that owns its variables.
#[derive(Debug)]
pub struct Detector {
    config: DetectorConfig,
    body: Box<dyn Backbone>,
    levels: Vec<Stage>,
    anchors: Anchors,
    store: VarStore,
    pyramid: Pyramid,
    class_tower: Tower,
    class_logits: Conv2d,
    box_tower: Tower,
    box_codes: Conv2d,
    centreness: Option<Conv2d>,
}

impl Detector {
    /// New layers, drawn from `seed`, on a backbone for pictures of about `size` pixels a side (64 or more: its last three stages are looked for in such
    /// a one). Seeds libtorch.
    ///
    /// # Errors
    ///
    /// There is no class, or the backbone has fewer than three stages.
    pub fn new(
        config: DetectorConfig,
        body: Box<dyn Backbone>,
        size: u32,
        seed: u64,
    ) -> Result<Self> {
        crate::set_seed(seed);
        Self::make(config, body, size, Start::Drawn)
    }

    /// Layers whose weights are 0 until they are loaded.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn undrawn(config: DetectorConfig, body: Box<dyn Backbone>, size: u32) -> Result<Self> {
        Self::make(config, body, size, Start::Zero)
    }

    fn make(
        config: DetectorConfig,
        body: Box<dyn Backbone>,
        size: u32,
        start: Start,
    ) -> Result<Self> {
        config.check()?;
        let mut levels = stages(&*body, size)?;
        if levels.len() < BODY_LEVELS {
            let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
            let expected = format!("three stages or more at {size} pixels");
            return Err(Error::argument("backbone", expected, format!("{names:?}")));
        }
        levels.drain(..levels.len() - BODY_LEVELS);
        let mut strides: Vec<i64> = levels
            .iter()
            .map(|level| i64::from(size) / level.rows)
            .collect();
        for _ in 0..2 {
            strides.extend(strides.last().map(|stride| 2 * stride));
        }
        let anchors = config.anchors(&strides);
        let (width, per_place) = (config.width, anchors.per_place());
        let store = VarStore::new(body.device());
        let root = Maker::new(&store, start);
        let is_fcos = config.kind == DetectorKind::Fcos;
        let widths: Vec<i64> = levels.iter().map(|level| level.width).collect();
        let pyramid = Pyramid::new(&root.sub("backbone").sub("fpn"), &widths, width);
        let class_head = root.sub("head").sub("classification_head");
        let box_head = root.sub("head").sub("regression_head");
        let tower = |of: &Maker<'_>| Tower::new(&of.sub("conv"), width, config.convs, is_fcos);
        let unlikely = -((1.0 - PRIOR) / PRIOR).ln();
        let class_tower = tower(&class_head);
        let class_logits = answer(
            &class_head.sub("cls_logits"),
            width,
            per_place * config.num_classes,
            unlikely,
        );
        let box_tower = tower(&box_head);
        let box_codes = answer(&box_head.sub("bbox_reg"), width, per_place * 4, 0.0);
        let centreness =
            is_fcos.then(|| answer(&box_head.sub("bbox_ctrness"), width, per_place, 0.0));
        Ok(Self {
            config,
            body,
            levels,
            anchors,
            pyramid,
            class_tower,
            class_logits,
            box_tower,
            box_codes,
            centreness,
            store,
        })
    }

    /// Pictures `[N, 3, H, W]`, normalised, padded to one size → what it says of them.
    ///
    /// # Errors
    ///
    /// They are no such tensor, or too small for five levels.
    pub fn forward(&self, xs: &Tensor, train: bool) -> Result<Answers> {
        let &[_, 3, height, width] = &xs.size()[..] else {
            return Err(Error::argument(
                "pictures",
                "[N, 3, H, W]",
                format!("{:?}", xs.size()),
            ));
        };
        let layers: Vec<&str> = self
            .levels
            .iter()
            .map(|level| level.name.as_str())
            .collect();
        let maps = self
            .pyramid
            .forward(&self.body.activations(&layers, xs, train)?);
        let sizes: Vec<[i64; 2]> = maps
            .iter()
            .map(|map| map.size())
            .map(|size| [size[2], size[3]])
            .collect();
        let (mut logits, mut codes, mut centreness) = (Vec::new(), Vec::new(), Vec::new());
        for map in &maps {
            let classes = self.class_logits.forward(&self.class_tower.forward(map));
            logits.push(by_place(&classes, self.config.num_classes));
            let seen = self.box_tower.forward(map);
            let said = self.box_codes.forward(&seen);
            // A side is never behind the place.
            let said = if self.centreness.is_some() {
                said.relu()
            } else {
                said
            };
            codes.push(by_place(&said, 4));
            centreness.extend(
                self.centreness
                    .as_ref()
                    .map(|of| by_place(&of.forward(&seen), 1)),
            );
        }
        Ok(Answers {
            kind: self.config.kind,
            logits: Tensor::cat(&logits, 1),
            codes: Tensor::cat(&codes, 1),
            centreness: (!centreness.is_empty())
                .then(|| Tensor::cat(&centreness, 1).squeeze_dim(-1)),
            anchors: self.anchors.of_maps([height, width], &sizes, xs.device())?,
            size: [height, width],
        })
    }

    /// Its description.
    #[must_use]
    pub fn config(&self) -> DetectorConfig {
        self.config
    }

    /// The net that it looks with.
    #[must_use]
    pub fn body(&self) -> &dyn Backbone {
        &*self.body
    }

    /// As [`body`](Self::body), to freeze its layers or load its weights.
    pub fn body_mut(&mut self) -> &mut dyn Backbone {
        &mut *self.body
    }

    /// Freezes the backbone, its batch normalisation too: only the pyramid and the heads learn.
    ///
    /// # Errors
    ///
    /// None, as long as the backbone's layers have the names that they had.
    pub fn freeze_body(&mut self) -> Result<()> {
        let last = self.levels.last().map(|level| level.name.clone());
        last.map_or(Ok(()), |last| self.body.freeze_up_to(&last))
    }

    /// All variables under torchvision's names: the backbone's (without its head) below `backbone.body`. They are the net's own, not copies.
    #[must_use]
    pub fn state(&self) -> StateDict {
        let head = self.body.head_name();
        let of_body = self.body.var_store().variables().into_iter();
        let of_body = of_body.filter(|(name, _)| !within(name, head));
        let of_body = of_body.map(|(name, variable)| (format!("{BODY}.{name}"), variable));
        self.store.variables().into_iter().chain(of_body).collect()
    }

    /// Turns all variables to another kind.
    pub fn set_kind(&mut self, kind: Kind) {
        self.store.set_kind(kind);
        self.body.var_store_mut().set_kind(kind);
    }

    /// Where its variables live.
    #[must_use]
    pub fn device(&self) -> Device {
        self.store.device()
    }

    /// The backbone's layers from the input on, without its head; last, everything that is new.
    #[must_use]
    pub fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let mut groups = self.body.parameter_groups();
        groups.pop();
        groups.push(ParameterGroup::of_store("detector", &self.store));
        groups
    }
}
