//! A net as a list of named steps. Whoever wants an activation in the middle, or a layer that stays in evaluation
//! mode while the others train, finds the place by its name.

use tch::Tensor;
use tch::nn::ModuleT;

use super::Variables;

/// One module of a net, under the name that torchvision gives it.
#[derive(Debug)]
pub struct Step<'a> {
    /// `"conv1"`, `"layer3.1"`, `"features.16"`, `"avgpool"`; the prefix of its variables' names, if it has any.
    pub name: String,
    /// What it computes.
    pub module: &'a dyn ModuleT,
}

impl<'a> Step<'a> {
    /// A step of that name.
    pub fn new(name: impl Into<String>, module: &'a dyn ModuleT) -> Self {
        let name = name.into();
        Self { name, module }
    }

    /// The modules of a sequence under their numbers: `"layer1.0"`, `"layer1.1"`, …
    pub(super) fn numbered(
        name: &str,
        modules: impl Iterator<Item = &'a dyn ModuleT>,
    ) -> Vec<Self> {
        modules
            .enumerate()
            .map(|(number, module)| Self::new(format!("{name}.{number}"), module))
            .collect()
    }
}

/// Whether `name` is `layer` or lies below it: `"layer3.1.conv1"` is within `"layer3"` and not within `"layer"`.
pub(crate) fn within(name: &str, layer: &str) -> bool {
    name.strip_prefix(layer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Takes `xs` through the steps and shows every result, with the step's number, to `see`. Frozen steps, and those with a
/// frozen batch normalisation, compute as in evaluation.
pub(super) fn walk(
    steps: &[Step<'_>],
    variables: &Variables,
    xs: &Tensor,
    train: bool,
    mut see: impl FnMut(usize, &Tensor),
) -> Tensor {
    let mut xs = xs.shallow_clone();
    for (number, step) in steps.iter().enumerate() {
        xs = step
            .module
            .forward_t(&xs, train && !variables.is_evaluated(&step.name));
        see(number, &xs);
    }
    xs
}

/// Every name that an activation can be asked for by: the steps', and each sequence's after its last step.
pub(super) fn taps(steps: &[Step<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        names.push(step.name.clone());
        let ends = |sequence: &&str| {
            let next = steps.get(number + 1);
            !next.is_some_and(|next| within(&next.name, sequence))
        };
        let mut sequences: Vec<&str> = step
            .name
            .match_indices('.')
            .map(|(dot, _)| &step.name[..dot])
            .collect();
        sequences.reverse();
        names.extend(sequences.into_iter().filter(ends).map(String::from));
    }
    names
}
