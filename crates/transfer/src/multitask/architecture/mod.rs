//! How tasks share a net: what each task's head gets to see of a picture.

mod cross_stitch;
mod experts;
mod hard_sharing;
mod mmoe;
mod mtan;
mod ple;

use std::fmt;

use tch::{Device, Tensor};

use super::{Representation, Trunk, Widths};
use crate::models::{Backbone, ParameterGroup};
use crate::names::unknown;
use crate::{Error, Result};

pub use cross_stitch::CrossStitch;
pub use experts::Experts;
pub use hard_sharing::HardSharing;
pub use mtan::Mtan;

/// What an architecture makes of pictures for the heads.
#[derive(Debug)]
pub enum Represented {
    /// The same for all tasks.
    Shared(Representation),
    /// Another for each task.
    Own(Vec<Representation>),
}

impl Represented {
    /// What the head of a task sees.
    #[must_use]
    pub fn of(&self, task: usize) -> &Representation {
        match self {
            Represented::Shared(shared) => shared,
            Represented::Own(own) => &own[task],
        }
    }
}

/// A representation that is cut off from the trunk that made it.
#[derive(Debug)]
pub struct Cut {
    /// What the heads are to see.
    pub represented: Represented,
    /// Where it is cut: leaves that collect gradients.
    pub leaves: Vec<Tensor>,
    /// What each leaf was cut from.
    pub wholes: Vec<Tensor>,
}

/// A net without heads for several tasks.
pub trait Architecture: fmt::Debug {
    /// What tables call it.
    fn name(&self) -> &'static str;

    /// How many tasks it is for; `None`: any number.
    fn tasks(&self) -> Option<usize>;

    /// Pictures `[N, 3, H, W]` → what the heads see of them.
    ///
    /// # Errors
    ///
    /// The pictures are no such tensor.
    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented>;

    /// The widths of what each head sees.
    fn widths(&self) -> &Widths;

    /// The variables of its trunk, layer by layer from the input on; where it has several, of all of them together.
    fn trunk_groups(&self) -> Vec<ParameterGroup>;

    /// The variables that it has beside trunks, which learn at the rate of the heads.
    fn added(&self) -> Option<ParameterGroup> {
        None
    }

    /// Where its variables live.
    fn device(&self) -> Device;

    /// Its trunks: to freeze layers of them.
    fn trunks_mut(&mut self) -> Vec<&mut Trunk>;

    /// For rules that look at the gradients of the representation: what was represented, cut off from the trunk at tensors that are all
    /// leaves, with those tensors and what they were cut from; with maps, at the maps, where the features are computed anew from the last of them.
    ///
    /// # Errors
    ///
    /// The tasks do not share one representation.
    fn cut(&self, _represented: &Represented, _with_maps: bool, _train: bool) -> Result<Cut> {
        let expected = "hard sharing, for gradients of one representation";
        Err(Error::argument("architecture", expected, self.name()))
    }

    /// The trunk, if there is one for all tasks and nothing beside it.
    fn into_trunk(self: Box<Self>) -> Option<Trunk> {
        None
    }
}

/// The names that [`architecture`] knows.
pub const ARCHITECTURES: [&str; 6] = ["hard sharing", "cross-stitch", "MTAN", "MMoE", "CGC", "PLE"];

/// The architecture of that name for so many tasks and pictures of `size` pixels a side, with the constants of its constructor. `net`
/// makes a backbone, with its weights; it is called as often as the architecture needs one, with 0, 1, 2, …: nets that are not pretrained should
/// differ, since gates between equal experts have nothing to learn.
///
/// # Errors
///
/// [`Error::UnknownName`] for a name that is not among [`ARCHITECTURES`]; `net` fails; or as [`Trunk::new`].
pub fn architecture(
    name: &str,
    tasks: usize,
    size: u32,
    net: impl Fn(u64) -> Result<Box<dyn Backbone>>,
) -> Result<Box<dyn Architecture>> {
    let mut number = 0;
    let mut trunk = || {
        number += 1;
        Trunk::new(net(number - 1)?, size)
    };
    Ok(match name {
        "hard sharing" => Box::new(HardSharing::new(trunk()?)),
        "cross-stitch" => {
            let trunks = (0..tasks).map(|_| trunk()).collect::<Result<_>>()?;
            Box::new(CrossStitch::new(trunks)?)
        }
        "MTAN" => Box::new(Mtan::new(trunk()?, tasks)?),
        "MMoE" => Box::new(Experts::mmoe(tasks, mmoe::EXPERTS, trunk)?),
        "CGC" => Box::new(Experts::cgc(tasks, trunk)?),
        "PLE" => Box::new(Experts::ple(
            tasks,
            [ple::SHARED, ple::SPECIFIC],
            ple::LEVELS,
            trunk,
        )?),
        _ => {
            let list = "multitask::ARCHITECTURES";
            return Err(unknown("architectures", list, name, ARCHITECTURES));
        }
    })
}

/// The groups of several trunks as one trunk's: those of one name are one, and the variables of trunk `i` begin with `i.`.
fn merged<'a>(trunks: impl Iterator<Item = Vec<ParameterGroup>> + 'a) -> Vec<ParameterGroup> {
    let mut all: Vec<ParameterGroup> = Vec::new();
    for (number, groups) in trunks.enumerate() {
        for group in groups {
            let named = |of: Vec<(String, Tensor)>| {
                of.into_iter()
                    .map(move |(name, variable)| (format!("{number}.{name}"), variable))
            };
            let place = all.iter().position(|known| known.name == group.name);
            let known = match place {
                Some(place) => &mut all[place],
                None => {
                    all.push(ParameterGroup {
                        name: group.name,
                        parameters: Vec::new(),
                        buffers: Vec::new(),
                    });
                    let last = all.len() - 1;
                    &mut all[last]
                }
            };
            known.parameters.extend(named(group.parameters));
            known.buffers.extend(named(group.buffers));
        }
    }
    all
}

/// One task or more.
fn check_tasks(tasks: usize) -> Result<()> {
    match tasks {
        0 => Err(Error::argument("tasks", "one or more", tasks)),
        _ => Ok(()),
    }
}
