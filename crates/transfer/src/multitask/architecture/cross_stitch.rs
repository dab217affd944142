//! A trunk for each task, whose maps are mixed by what is learned (Misra, Shrivastava, Gupta and Hebert, "Cross-Stitch Networks for
//! Multi-task Learning", CVPR 2016).

use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::{Architecture, Represented, Trunk, Widths, merged};
use crate::models::ParameterGroup;
use crate::multitask::Representation;
use crate::multitask::trunk::{Section, size_of};
use crate::{Error, Result};

/// The share of a task's own channel in the beginning; the paper's.
const OWN: f64 = 0.9;

/// A trunk for each task. Behind each stage and at the features, channel `c` of task `i` goes on as `Σⱼ α[i, j, c] · xⱼ[c]` (one unit for each
/// channel). The units start with 0.9 for a task's own channel and share the rest among the others; they learn
/// at the rate of the heads, faster than a pretrained trunk.
#[derive(Debug)]
pub struct CrossStitch {
    trunks: Vec<Trunk>,
    store: VarStore,
    /// `[T, T, C]` for each stage, and for the features.
    units: Vec<Tensor>,
}

impl CrossStitch {
    /// Trunks of one sort, one for each task.
    ///
    /// # Errors
    ///
    /// There is none, or they are not of one sort.
    pub fn new(trunks: Vec<Trunk>) -> Result<Self> {
        let Some(first) = trunks.first() else {
            return Err(Error::argument("trunks", "one for each task", "none"));
        };
        if let Some(other) = trunks.iter().find(|other| other.stages() != first.stages()) {
            let expected = format!("all with the stages {:?}", first.stages());
            return Err(Error::argument(
                "trunks",
                expected,
                format!("{:?}", other.stages()),
            ));
        }
        let widths = first.widths().clone();
        let store = VarStore::new(first.device());
        let tasks = trunks.len() as i64;
        let unit = |(number, width): (usize, &i64)| {
            let others = (1.0 - OWN) / (tasks - 1).max(1) as f64;
            let own = if tasks == 1 { 1.0 } else { OWN };
            let eye = Tensor::eye(tasks, (tch::Kind::Float, store.device()));
            let start = eye * (own - others) + others;
            let start = start.unsqueeze(2).repeat([1, 1, *width]);
            store.root().var_copy(&format!("unit{number}"), &start)
        };
        let all = widths.maps.iter().chain([&widths.features]);
        let units = all.enumerate().map(unit).collect();
        Ok(Self {
            trunks,
            store,
            units,
        })
    }

    /// How much of each task's channels each task takes, behind stage `stage` (the last is the features): `[T, T]`, means over the
    /// channels.
    #[must_use]
    pub fn shares(&self, stage: usize) -> Option<Tensor> {
        let unit = self.units.get(stage)?;
        Some(unit.detach().mean_dim(2, false, tch::Kind::Float))
    }

    /// One unit: what goes on, for each task.
    fn stitch(&self, unit: usize, xs: &[Tensor]) -> Vec<Tensor> {
        let rows: Vec<i64> = [-1].into_iter().chain(vec![1; xs[0].dim() - 2]).collect();
        let mix = |task: i64| {
            let of = self.units[unit].select(0, task);
            let weighed = xs
                .iter()
                .zip(0..)
                .map(|(x, other)| x * of.select(0, other).view(&rows[..]));
            weighed.reduce(|sum, next| sum + next).unwrap_or_default()
        };
        (0..xs.len() as i64).map(mix).collect()
    }
}

impl Architecture for CrossStitch {
    fn name(&self) -> &'static str {
        "cross-stitch"
    }

    fn tasks(&self) -> Option<usize> {
        Some(self.trunks.len())
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        let first = &self.trunks[0];
        let layers: Vec<&str> = first
            .stages()
            .iter()
            .map(String::as_str)
            .chain([first.last()])
            .collect();
        let mut after = None;
        let mut now: Vec<Tensor> = self.trunks.iter().map(|_| xs.shallow_clone()).collect();
        let mut maps: Vec<Vec<Tensor>> = self.trunks.iter().map(|_| Vec::new()).collect();
        for (unit, to) in layers.into_iter().enumerate() {
            let section = Section { after, to };
            let walked = self.trunks.iter().zip(&now);
            let walked: Vec<Tensor> = walked
                .map(|(trunk, xs)| trunk.walk(section, xs, train))
                .collect::<Result<_>>()?;
            now = self.stitch(unit, &walked);
            for (maps, map) in maps.iter_mut().zip(&now) {
                maps.push(map.shallow_clone());
            }
            after = Some(to);
        }
        let size = size_of(xs)?;
        let seen = maps.into_iter().map(|maps| Representation::of(maps, size));
        Ok(Represented::Own(seen.collect()))
    }

    fn widths(&self) -> &Widths {
        self.trunks[0].widths()
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        merged(self.trunks.iter().map(Trunk::parameter_groups))
    }

    fn added(&self) -> Option<ParameterGroup> {
        Some(ParameterGroup::of_store("cross-stitch units", &self.store))
    }

    fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        self.trunks.iter_mut().collect()
    }

    fn device(&self) -> Device {
        self.store.device()
    }
}
