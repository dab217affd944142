//! Several copies of a part of the trunk, and gates that mix them: what MMoE, CGC and PLE are made of.

use tch::nn::{self, Module, VarStore};
use tch::{Device, Kind, Tensor};

use super::{Architecture, Represented, Trunk, Widths, check_tasks, merged};
use crate::models::ParameterGroup;
use crate::multitask::Representation;
use crate::multitask::representation::mixed;
use crate::multitask::trunk::{Section, size_of};
use crate::{Error, Result};

/// How many experts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// For all tasks.
    pub(super) shared: usize,
    /// For each task beside them.
    pub(super) specific: usize,
    /// How many of the last stages have experts, one after the other.
    pub(super) levels: usize,
}

/// A shared trunk up to a stage, several copies of each stage behind it as experts, and a gate for each task that mixes them: a softmax of a
/// linear layer on the means of what the experts see. [`Experts::mmoe`], [`Experts::cgc`] and [`Experts::ple`] differ in whom a gate hears.
///
/// Experts that begin with the same weights become different by what their gates, which are drawn, send them; the gates have nothing to learn
/// before that.
#[derive(Debug)]
pub struct Experts {
    name: &'static str,
    counts: Counts,
    tasks: usize,
    /// The first is the shared bottom, and the experts of all levels; those of a level are the same layers of each.
    trunks: Vec<Trunk>,
    store: VarStore,
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    /// What begins behind this stage.
    after: String,
    /// Its own map, and, in the last level, the features.
    ends: Vec<String>,
    /// Of each task; the last, where there is one more, of what is shared.
    gates: Vec<nn::Linear>,
}

impl Experts {
    pub(super) fn new(
        name: &'static str,
        tasks: usize,
        counts: Counts,
        mut trunk: impl FnMut() -> Result<Trunk>,
    ) -> Result<Self> {
        check_tasks(tasks)?;
        let first = trunk()?;
        let stages = first.stages().to_vec();
        if counts.shared + counts.specific == 0
            || counts.levels == 0
            || counts.levels >= stages.len()
        {
            let expected = format!(
                "one or more, in 1 to {} of the trunk's last stages",
                stages.len() - 1
            );
            return Err(Error::argument("experts", expected, format!("{counts:?}")));
        }
        let widths = first.widths().clone();
        let store = VarStore::new(first.device());
        let bottom = stages.len() - counts.levels;
        let level = |number: usize| {
            let place = bottom + number;
            let last = number + 1 == counts.levels;
            let width_in = widths.maps[place - 1];
            let path = store.root() / format!("level{number}");
            let gate = |of: String, experts: usize| {
                nn::linear(
                    &path / of,
                    width_in,
                    experts as i64,
                    nn::LinearConfig::default(),
                )
            };
            let of_task = |task| gate(format!("task{task}"), counts.shared + counts.specific);
            let mut gates: Vec<nn::Linear> = (0..tasks).map(of_task).collect();
            if !last && counts.shared > 0 {
                gates.push(gate(
                    "shared".into(),
                    counts.shared + tasks * counts.specific,
                ));
            }
            let mut ends = vec![stages[place].clone()];
            ends.extend(last.then(|| first.last().to_owned()));
            Level {
                after: stages[place - 1].clone(),
                ends,
                gates,
            }
        };
        let levels = (0..counts.levels).map(level).collect();
        let all = counts.shared + tasks * counts.specific;
        let more = (1..all).map(|_| trunk()).collect::<Result<Vec<_>>>()?;
        let trunks = std::iter::once(first).chain(more).collect();
        Ok(Self {
            name,
            counts,
            tasks,
            trunks,
            store,
            levels,
        })
    }

    /// The experts whom a task listens to: those of all, then its own.
    fn heard(&self, task: usize) -> Vec<usize> {
        let Counts {
            shared, specific, ..
        } = self.counts;
        let own = shared + task * specific;
        (0..shared).chain(own..own + specific).collect()
    }

    /// What each expert of a level says.
    fn ask(&self, level: &Level, inputs: &[Tensor], train: bool) -> Result<Vec<Vec<Tensor>>> {
        let Counts {
            shared, specific, ..
        } = self.counts;
        let ends: Vec<&str> = level.ends.iter().map(String::as_str).collect();
        let one = |(expert, trunk): (usize, &Trunk)| {
            let of = match expert < shared {
                true => self.tasks,
                false => (expert - shared) / specific,
            };
            trunk
                .net()
                .activations_after(Some(&level.after), &ends, &inputs[of], train)
        };
        self.trunks.iter().enumerate().map(one).collect()
    }

    /// How much each task listens to each of its experts in the first level, those of all tasks first, as the mean over pictures
    /// `[N, 3, H, W]`: `[T, E]`, rows that add up to 1.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    pub fn shares(&self, xs: &Tensor) -> Result<Tensor> {
        let first = &self.trunks[0];
        let after = &self.levels[0].after;
        let seen = tch::no_grad(|| first.net().forward_features_at(after, xs, false))?;
        let pooled = seen.mean_dim([2i64, 3].as_slice(), false, Kind::Float);
        let of_task = |gate: &nn::Linear| {
            let shares = tch::no_grad(|| gate.forward(&pooled).softmax(1, Kind::Float));
            shares.mean_dim(0, false, Kind::Float)
        };
        let rows: Vec<Tensor> = self.levels[0].gates[..self.tasks]
            .iter()
            .map(of_task)
            .collect();
        Ok(Tensor::stack(&rows, 0))
    }
}

impl Architecture for Experts {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tasks(&self) -> Option<usize> {
        Some(self.tasks)
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        let first = &self.trunks[0];
        let bottom = first.stages().len() - self.counts.levels;
        let layers: Vec<&str> = first.stages()[..bottom]
            .iter()
            .map(String::as_str)
            .collect();
        let seen = first.net().activations(&layers, xs, train)?;
        let Some(shared) = seen.last() else {
            return Err(Error::argument(
                "stages below the experts",
                "one or more",
                bottom,
            ));
        };
        // The next level's input for each task, and, last, for the shared experts.
        let mut inputs: Vec<Tensor> = (0..=self.tasks).map(|_| shared.shallow_clone()).collect();
        let mut maps: Vec<Vec<Tensor>> = (0..self.tasks)
            .map(|_| seen.iter().map(Tensor::shallow_clone).collect())
            .collect();
        for level in &self.levels {
            let said = self.ask(level, &inputs, train)?;
            let mut next = Vec::with_capacity(inputs.len());
            for (number, gate) in level.gates.iter().enumerate() {
                let heard = match number < self.tasks {
                    true => self.heard(number),
                    false => (0..self.trunks.len()).collect(),
                };
                let input = &inputs[number];
                let pooled = input.mean_dim([2i64, 3].as_slice(), false, Kind::Float);
                let shares = gate.forward(&pooled).softmax(1, Kind::Float);
                let mix = |end: usize| {
                    let parts: Vec<Tensor> = heard
                        .iter()
                        .map(|&expert| said[expert][end].shallow_clone())
                        .collect();
                    mixed(&parts, &shares)
                };
                let mut ends = (0..level.ends.len()).map(mix).collect::<Result<Vec<_>>>()?;
                next.push(ends[0].shallow_clone());
                if let Some(maps) = maps.get_mut(number) {
                    maps.append(&mut ends);
                }
            }
            // Nobody asks for what is shared behind the last level, or where no expert is.
            next.resize_with(inputs.len(), || inputs[self.tasks].shallow_clone());
            inputs = next;
        }
        let size = size_of(xs)?;
        let seen = maps.into_iter().map(|maps| Representation::of(maps, size));
        Ok(Represented::Own(seen.collect()))
    }

    fn widths(&self) -> &Widths {
        self.trunks[0].widths()
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        let section = Section {
            after: Some(&self.levels[0].after),
            to: self.trunks[0].last(),
        };
        merged(
            self.trunks
                .iter()
                .enumerate()
                .map(move |(number, trunk)| match number {
                    0 => trunk.parameter_groups(),
                    _ => trunk.parameter_groups_of(section),
                }),
        )
    }

    fn added(&self) -> Option<ParameterGroup> {
        Some(ParameterGroup::of_store("gates", &self.store))
    }

    fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        self.trunks.iter_mut().collect()
    }

    fn device(&self) -> Device {
        self.store.device()
    }
}
