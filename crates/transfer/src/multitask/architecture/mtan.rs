//! One trunk, from which each task takes what it attends to (Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention",
//! CVPR 2019).

use tch::nn::{self, ModuleT, VarStore};
use tch::{Device, Tensor};

use super::{Architecture, Represented, Trunk, Widths, check_tasks};
use crate::Result;
use crate::models::ParameterGroup;
use crate::multitask::Representation;
use crate::multitask::trunk::size_of;

/// One trunk, and for each task and stage a mask in [0, 1] on the stage's last map: `â = a ⊙ p`,
/// `a = σ(BN(conv₁ₓ₁(ReLU(BN(conv₁ₓ₁([u; f(â′)]))))))`. `u` is the stage's first map of the size and width of its last, `p`; `â′` is what the
/// task took of the stage before, brought to this stage's width by `f`, a 3 × 3 convolution with batch normalisation and ReLU which all tasks
/// share, and to its size by max pooling. (The authors' `f` for a ResNet is one of its blocks.) Heads for pixels see the attended maps, the
/// others what the rest of the trunk makes of the last of them; if that has batch normalisation, as LeNet's has, its statistics are of all
/// tasks in turn.
#[derive(Debug)]
pub struct Mtan {
    trunk: Trunk,
    store: VarStore,
    /// The first layer of each stage that has its size and width.
    firsts: Vec<String>,
    /// `f` into each stage but the first.
    carries: Vec<nn::SequentialT>,
    /// Of each task, for each stage.
    masks: Vec<Vec<nn::SequentialT>>,
}

impl Mtan {
    /// So many tasks on this trunk. What is new is drawn from libtorch's generator as it stands.
    ///
    /// # Errors
    ///
    /// There is no task.
    pub fn new(trunk: Trunk, tasks: usize) -> Result<Self> {
        check_tasks(tasks)?;
        let store = VarStore::new(trunk.device());
        let widths = &trunk.widths().maps;
        let carry = |stage: usize| {
            let path = store.root() / format!("carry{stage}");
            let carry = nn::seq_t().add(conv(&path, [widths[stage - 1], widths[stage]], 3));
            carry.add(norm(&path, widths[stage])).add_fn(Tensor::relu)
        };
        let mask = |task: usize, stage: usize| {
            let path = store.root() / format!("task{task}") / format!("stage{stage}");
            let (one, two) = (&path / "1", &path / "2");
            let width = widths[stage];
            let seen = if stage == 0 { width } else { 2 * width };
            let mask = nn::seq_t()
                .add(conv(&one, [seen, width], 1))
                .add(norm(&one, width))
                .add_fn(Tensor::relu);
            mask.add(conv(&two, [width, width], 1))
                .add(norm(&two, width))
                .add_fn(Tensor::sigmoid)
        };
        let stages = widths.len();
        Ok(Self {
            firsts: firsts(&trunk)?,
            carries: (1..stages).map(carry).collect(),
            masks: (0..tasks)
                .map(|task| (0..stages).map(|stage| mask(task, stage)).collect())
                .collect(),
            store,
            trunk,
        })
    }

    /// What a task's masks let through of the stages' maps, of which these are the first and the last.
    fn attended(
        &self,
        masks: &[nn::SequentialT],
        [firsts, lasts]: [&[Tensor]; 2],
        train: bool,
    ) -> Vec<Tensor> {
        let mut taken: Vec<Tensor> = Vec::with_capacity(masks.len());
        for (stage, mask) in masks.iter().enumerate() {
            let seen = match taken.last() {
                Some(before) => {
                    let carried = self.carries[stage - 1].forward_t(before, train);
                    let (pooled, _) = carried.adaptive_max_pool2d(&firsts[stage].size()[2..]);
                    Tensor::cat(&[&firsts[stage], &pooled], 1)
                }
                None => firsts[stage].shallow_clone(),
            };
            taken.push(mask.forward_t(&seen, train) * &lasts[stage]);
        }
        taken
    }
}

fn conv(path: &nn::Path<'_>, [width_in, width]: [i64; 2], kernel: i64) -> nn::Conv2D {
    let config = nn::ConvConfig {
        padding: kernel / 2,
        ..Default::default()
    };
    nn::conv2d(path / "conv", width_in, width, kernel, config)
}

fn norm(path: &nn::Path<'_>, width: i64) -> nn::BatchNorm {
    let config = nn::BatchNormConfig {
        ws_init: nn::Init::Const(1.0),
        ..Default::default()
    };
    nn::batch_norm2d(path / "norm", width, config)
}

/// The first layer of each stage whose map has the size and width of the stage's last.
fn firsts(trunk: &Trunk) -> Result<Vec<String>> {
    let names: Vec<String> = trunk
        .net()
        .steps()
        .into_iter()
        .map(|step| step.name)
        .collect();
    let until = names
        .iter()
        .position(|name| Some(name) == trunk.stages().last());
    let layers: Vec<&str> = names
        .iter()
        .take(until.map_or(0, |last| last + 1))
        .map(String::as_str)
        .collect();
    let side = i64::from(trunk.size());
    let black = Tensor::zeros([1, 3, side, side], (tch::Kind::Float, trunk.device()));
    let seen = tch::no_grad(|| trunk.net().activations(&layers, &black, false))?;
    let first = |(rows, width): (&i64, &i64)| {
        let fits = |map: &Tensor| matches!(&map.size()[..], [_, channels, height, _] if channels == width && height == rows);
        let place = seen.iter().position(fits);
        place.map_or_else(String::new, |place| names[place].clone())
    };
    Ok(trunk
        .rows()
        .iter()
        .zip(&trunk.widths().maps)
        .map(first)
        .collect())
}

impl Architecture for Mtan {
    fn name(&self) -> &'static str {
        "MTAN"
    }

    fn tasks(&self) -> Option<usize> {
        Some(self.masks.len())
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
        let size = size_of(xs)?;
        let of_task = |masks: &Vec<nn::SequentialT>| {
            let mut maps = self.attended(masks, [firsts, lasts], train);
            let last = maps
                .last()
                .map(|last| self.trunk.walk(self.trunk.rest(), last, train));
            maps.extend(last.transpose()?);
            Ok(Representation::of(maps, size))
        };
        let seen = self.masks.iter().map(of_task).collect::<Result<_>>()?;
        Ok(Represented::Own(seen))
    }

    fn widths(&self) -> &Widths {
        self.trunk.widths()
    }

    fn trunk_groups(&self) -> Vec<ParameterGroup> {
        self.trunk.parameter_groups()
    }

    fn added(&self) -> Option<ParameterGroup> {
        Some(ParameterGroup::of_store("attention", &self.store))
    }

    fn trunks_mut(&mut self) -> Vec<&mut Trunk> {
        vec![&mut self.trunk]
    }

    fn device(&self) -> Device {
        self.trunk.device()
    }
}
