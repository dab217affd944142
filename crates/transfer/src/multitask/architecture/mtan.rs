//! One trunk, from which each task takes what it attends to (Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention",
//! CVPR 2019).

use tch::nn::{self, ModuleT, VarStore};
use tch::{Device, Tensor};

use super::{Architecture, Represented, Trunk, Widths, check_tasks, widths_of};
use crate::Result;
use crate::models::ParameterGroup;
use crate::multitask::Representation;
use crate::multitask::trunk::{Section, size_of};

/// One trunk, and for each task and stage a mask in [0, 1] on the stage's last map: `â = a ⊙ p`,
/// `a = σ(BN(conv₁ₓ₁(ReLU(BN(conv₁ₓ₁([u; f(â′)]))))))` (equations 1 to 3). `u` is the stage's first map of the size and width of its last,
/// `p`; `â′` is what the task took of the stage before, brought to this one's size by pooling and to its width by `f`, a 3 × 3
/// convolution with batch normalisation and ReLU. Heads for pixels see the attended maps, the others what the rest of the trunk makes of
/// the last of them.
#[derive(Debug)]
pub struct Mtan {
    trunk: Trunk,
    store: VarStore,
    /// The first layer of each stage that has its size and width.
    firsts: Vec<String>,
    /// Of each task, for each stage.
    attention: Vec<Vec<Attention>>,
    widths: Widths,
}

/// What one task takes of one stage.
#[derive(Debug)]
struct Attention {
    /// From what was taken of the stage before; none in the first.
    carry: Option<nn::SequentialT>,
    mask: nn::SequentialT,
}

impl Mtan {
    /// So many tasks on this trunk, for pictures of `size` pixels a side. The masks are drawn from libtorch's generator as it
    /// stands.
    ///
    /// # Errors
    ///
    /// The trunk can't see such pictures, or there is no task.
    pub fn new(trunk: Trunk, tasks: usize, size: u32) -> Result<Self> {
        check_tasks(tasks)?;
        let represent = |xs: &Tensor| Ok(Represented::Shared(trunk.represent(xs, false)?));
        let widths = widths_of(represent, size, trunk.device())?;
        let firsts = firsts(&trunk, &widths, size)?;
        let store = VarStore::new(trunk.device());
        let of_task = |task: usize| {
            let mut before = None;
            let of_stage = |(stage, &width): (usize, &i64)| {
                let path = store.root() / format!("task{task}") / format!("stage{stage}");
                let made = Attention::new(&path, before, width);
                before = Some(width);
                made
            };
            widths.maps.iter().enumerate().map(of_stage).collect()
        };
        let attention = (0..tasks).map(of_task).collect();
        Ok(Self {
            trunk,
            store,
            firsts,
            attention,
            widths,
        })
    }
}

/// The first layer of each stage whose map has the size and width of the stage's last.
fn firsts(trunk: &Trunk, widths: &Widths, size: u32) -> Result<Vec<String>> {
    let names: Vec<String> = trunk
        .net()
        .steps()
        .into_iter()
        .map(|step| step.name)
        .collect();
    let until = names
        .iter()
        .position(|name| Some(name) == trunk.stages().last());
    let names = &names[..until.map_or(0, |last| last + 1)];
    let layers: Vec<&str> = names.iter().map(String::as_str).collect();
    let side = i64::from(size);
    let black = Tensor::zeros([1, 3, side, side], (tch::Kind::Float, trunk.device()));
    let seen = tch::no_grad(|| trunk.net().activations(&layers, &black, false))?;
    let stages = trunk.rows().iter().zip(&widths.maps);
    let first = |(rows, width): (&i64, &i64)| {
        let is = |map: &Tensor| matches!(&map.size()[..], [_, channels, height, _] if channels == width && height == rows);
        seen.iter()
            .position(is)
            .map_or_else(String::new, |place| names[place].clone())
    };
    Ok(stages.map(first).collect())
}

impl Attention {
    fn new(path: &nn::Path<'_>, before: Option<i64>, width: i64) -> Self {
        let conv = |name: &str, width_in, width, kernel: i64| {
            let config = nn::ConvConfig {
                padding: kernel / 2,
                ..Default::default()
            };
            nn::conv2d(path / name, width_in, width, kernel, config)
        };
        let norm = |name: &str| {
            let config = nn::BatchNormConfig {
                ws_init: nn::Init::Const(1.0),
                ..Default::default()
            };
            nn::batch_norm2d(path / name, width, config)
        };
        let carry = before.map(|before| {
            let carry = nn::seq_t().add(conv("carry", before, width, 3));
            carry.add(norm("carry_norm")).add_fn(Tensor::relu)
        });
        let width_in = if carry.is_some() { 2 * width } else { width };
        let mask = nn::seq_t()
            .add(conv("mask1", width_in, width, 1))
            .add(norm("norm1"))
            .add_fn(Tensor::relu);
        let mask = mask
            .add(conv("mask2", width, width, 1))
            .add(norm("norm2"))
            .add_fn(Tensor::sigmoid);
        Self { carry, mask }
    }

    /// What is taken of `[u; p]`, and of what was taken `before`.
    fn take(&self, [first, last]: [&Tensor; 2], before: Option<&Tensor>, train: bool) -> Tensor {
        let seen = match (&self.carry, before) {
            (Some(carry), Some(before)) => {
                let size = first.size();
                let (pooled, _) = before.adaptive_max_pool2d(&size[2..]);
                Tensor::cat(&[first, &carry.forward_t(&pooled, train)], 1)
            }
            _ => first.shallow_clone(),
        };
        self.mask.forward_t(&seen, train) * last
    }
}

impl Architecture for Mtan {
    fn name(&self) -> &'static str {
        "MTAN"
    }

    fn tasks(&self) -> Option<usize> {
        Some(self.attention.len())
    }

    fn represent(&self, xs: &Tensor, train: bool) -> Result<Represented> {
        let stages = self.trunk.stages();
        let layers: Vec<&str> = self
            .firsts
            .iter()
            .chain(stages)
            .map(String::as_str)
            .collect();
        let seen = self.trunk.net().activations(&layers, xs, train)?;
        let (firsts, lasts) = seen.split_at(stages.len());
        let to = self.trunk.last();
        let rest = Section {
            after: stages.last().map(String::as_str),
            to,
        };
        let size = size_of(xs)?;
        let of_task = |attention: &Vec<Attention>| {
            let mut maps: Vec<Tensor> = Vec::with_capacity(stages.len());
            for ((attention, first), last) in attention.iter().zip(firsts).zip(lasts) {
                maps.push(attention.take([first, last], maps.last(), train));
            }
            let features = match maps.last() {
                Some(map) => self.trunk.walk(rest, map, train)?,
                None => Tensor::new(),
            };
            Ok(Representation {
                maps,
                features,
                size,
            })
        };
        Ok(Represented::Own(
            self.attention.iter().map(of_task).collect::<Result<_>>()?,
        ))
    }

    fn widths(&self) -> &Widths {
        &self.widths
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        self.trunk.parameter_groups()
    }

    fn added(&self) -> Option<ParameterGroup> {
        Some(ParameterGroup::of_store("attention", &self.store))
    }

    fn device(&self) -> Device {
        self.trunk.device()
    }
}
