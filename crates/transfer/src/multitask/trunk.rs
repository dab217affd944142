//! A backbone without its head, as multi-task nets are built from it.

use tch::{Device, Tensor};

use super::{Representation, Widths};
use crate::models::{Backbone, ParameterGroup, stages, within};
use crate::{Error, Result};

/// A backbone, its head unused, and the layers that give a map of each resolution.
#[derive(Debug)]
pub struct Trunk {
    net: Box<dyn Backbone>,
    /// The last layer of each resolution, finest first.
    stages: Vec<String>,
    /// How many rows the map of each stage has for pictures of that size.
    rows: Vec<i64>,
    widths: Widths,
    size: u32,
    /// The last layer before the head.
    last: String,
}

/// The names of steps from the one after `after` to the end of `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) after: Option<&'a str>,
    pub(super) to: &'a str,
}

impl Trunk {
    /// The trunk of a net for pictures of `size` pixels a side. What its stages are is seen by showing it a black one: the
    /// last layer of each resolution, as long as that is more than one pixel a side.
    ///
    /// # Errors
    ///
    /// The net has no layer before its head, or no map of more than one pixel.
    pub fn new(net: Box<dyn Backbone>, size: u32) -> Result<Self> {
        let stages = stages(&*net, size)?;
        let names: Vec<String> = net.steps().into_iter().map(|step| step.name).collect();
        let Some(last) = names.iter().rev().nth(1) else {
            let expected = "one with a layer before its head";
            return Err(Error::argument("net", expected, format!("{names:?}")));
        };
        Ok(Self {
            widths: Widths {
                maps: stages.iter().map(|stage| stage.width).collect(),
                features: net.feature_dim(),
            },
            last: last.clone(),
            net,
            rows: stages.iter().map(|stage| stage.rows).collect(),
            stages: stages.into_iter().map(|stage| stage.name).collect(),
            size,
        })
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &dyn Backbone {
        &*self.net
    }

    /// As [`net`](Self::net), to freeze its layers.
    pub fn net_mut(&mut self) -> &mut dyn Backbone {
        &mut *self.net
    }

    /// The net by itself: to give it another head.
    #[must_use]
    pub fn into_net(self) -> Box<dyn Backbone> {
        self.net
    }

    /// The last layer of each resolution, finest first.
    #[must_use]
    pub fn stages(&self) -> &[String] {
        &self.stages
    }

    /// How many rows the map of each stage has.
    #[must_use]
    pub fn rows(&self) -> &[i64] {
        &self.rows
    }

    /// The channels of the stages' maps, and the length of the features.
    #[must_use]
    pub fn widths(&self) -> &Widths {
        &self.widths
    }

    /// The side of the pictures that it is for, in pixels.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The last layer before the head: what gives the features.
    #[must_use]
    pub fn last(&self) -> &str {
        &self.last
    }

    /// Where its variables live.
    #[must_use]
    pub fn device(&self) -> Device {
        self.net.device()
    }

    /// Pictures `[N, 3, H, W]` → what heads see of them.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    pub fn represent(&self, xs: &Tensor, train: bool) -> Result<Representation> {
        let layers = self.stages.iter().chain([&self.last]);
        let layers: Vec<&str> = layers.map(String::as_str).collect();
        let mut maps = self.net.activations(&layers, xs, train)?;
        let features = maps.pop().unwrap_or_default();
        Ok(Representation {
            maps,
            features,
            size: size_of(xs)?,
        })
    }

    /// What the steps of a section make of what the steps before it gave.
    pub(super) fn walk(&self, section: Section<'_>, xs: &Tensor, train: bool) -> Result<Tensor> {
        let to = [section.to];
        let mut seen = self.net.activations_after(section.after, &to, xs, train)?;
        Ok(seen.remove(0))
    }

    /// What lies behind the last stage.
    pub(super) fn rest(&self) -> Section<'_> {
        Section {
            after: self.stages.last().map(String::as_str),
            to: &self.last,
        }
    }

    /// Every variable before the head.
    pub(super) fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let mut groups = self.net.parameter_groups();
        groups.pop();
        groups
    }

    /// The variables of a section.
    pub(super) fn parameter_groups_of(&self, section: Section<'_>) -> Vec<ParameterGroup> {
        let names: Vec<String> = self.net.steps().into_iter().map(|step| step.name).collect();
        let end = |layer: &str| names.iter().rposition(|name| within(name, layer));
        let first = section.after.and_then(end).map_or(0, |end| end + 1);
        let last = end(section.to).map_or(names.len(), |end| end + 1);
        let inside = |(variable, _): &(String, Tensor)| {
            let mut steps = names[first..last].iter();
            steps.any(|step| within(variable, step))
        };
        let mut groups = self.parameter_groups();
        for group in &mut groups {
            group.parameters.retain(inside);
            group.buffers.retain(inside);
        }
        groups.retain(|group| !group.parameters.is_empty());
        groups
    }
}

/// Rows and columns of pictures `[N, 3, H, W]`.
pub(super) fn size_of(xs: &Tensor) -> Result<[i64; 2]> {
    match xs.size()[..] {
        [_, _, height, width] => Ok([height, width]),
        _ => {
            let found = format!("{:?}", xs.size());
            Err(Error::argument("pictures", "[N, 3, H, W]", found))
        }
    }
}
