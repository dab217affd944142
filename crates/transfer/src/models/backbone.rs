//! What transfer learning needs of a net: features, a head that can be changed, layers to look into and to freeze.

use tch::nn::{ModuleT, VarStore};
use tch::{Device, Tensor};

use super::step::{taps, walk, within};
use super::{LoraConfig, ParameterGroup, Step, Variables};
use crate::{Error, Result};

/// A net in two parts: a trunk that turns pictures into feature vectors, and a linear head on them.
///
/// A family says what its steps are; its [`ModuleT::forward_t`] is [`logits`](Self::logits).
///
/// ```
/// use transfer::models::{Backbone, build};
/// use transfer::prelude::{Device, Kind, Tensor};
///
/// # fn main() -> transfer::Result<()> {
/// let mut net: Box<dyn Backbone> = build("resnet18", 10, Device::Cpu, 0)?;
/// let xs: Tensor = Tensor::zeros([2, 3, 64, 64], (Kind::Float, Device::Cpu));
/// let seen: Vec<Tensor> = net.activations(&["conv1", "layer2"], &xs, false)?;
/// assert_eq!(seen[0].size(), [2, 64, 32, 32]);
/// assert_eq!(seen[1].size(), [2, 128, 8, 8]);
/// net.replace_head(3);
/// net.freeze_up_to("layer3")?;
/// assert_eq!(net.forward_t(&xs, true).size(), [2, 3]);
/// # Ok(())
/// # }
/// ```
pub trait Backbone: ModuleT {
    /// The net's variables and which of its steps are frozen.
    fn variables(&self) -> &Variables;

    /// As [`variables`](Self::variables), to change them.
    fn variables_mut(&mut self) -> &mut Variables;

    /// What the net computes, from the input to the head: the last step is the head, a linear layer.
    fn steps(&self) -> Vec<Step<'_>>;

    /// The named layers, from the input to the head; each is the prefix of its variables' names, and each variable
    /// has one of them.
    fn layer_names(&self) -> Vec<String>;

    /// The last of [`layer_names`](Self::layer_names): `"fc"`, `"classifier.6"`, `"linear"`.
    fn head_name(&self) -> &'static str;

    /// How many numbers describe a picture: the `C` of [`features`](Self::features).
    fn feature_dim(&self) -> i64;

    /// Puts a new, untrained head for `num_classes` classes in the place of the present one, on its device and of its
    /// kind. It starts as `torch.nn.Linear` does, from libtorch's generator as it stands: call
    /// [`set_seed`](crate::set_seed) before it for a head that can be had again. A frozen head's successor trains.
    fn replace_head(&mut self, num_classes: i64);

    /// How many outputs the head has: the `K` of [`logits`](Self::logits). `None` where it is no linear layer.
    fn num_classes(&self) -> Option<i64> {
        let weight = format!("{}.weight", self.head_name());
        let variables = self.var_store().variables();
        variables.get(&weight).map(|weight| weight.size()[0])
    }

    /// The variables, named as in torchvision.
    fn var_store(&self) -> &VarStore {
        &self.variables().store
    }

    /// As [`var_store`](Self::var_store), to move them to another device or turn them to another kind.
    fn var_store_mut(&mut self) -> &mut VarStore {
        &mut self.variables_mut().store
    }

    /// What the head sees: `[N, 3, H, W]` → `[N, C]`. With `train`, batch normalisation uses the batch's own
    /// statistics and updates its running ones, and dropout drops, except in frozen layers.
    fn features(&self, xs: &Tensor, train: bool) -> Tensor {
        let steps = self.steps();
        let trunk = &steps[..steps.len().saturating_sub(1)];
        walk(trunk, self.variables(), xs, train, |_, _| ())
    }

    /// What the head says of features: `[N, C]` → `[N, num_classes]`. Behind [`features`](Self::features), the same as
    /// [`logits`](Self::logits).
    fn classify(&self, features: &Tensor, train: bool) -> Tensor {
        let steps = self.steps();
        let head = &steps[steps.len().saturating_sub(1)..];
        walk(head, self.variables(), features, train, |_, _| ())
    }

    /// What the head says: `[N, 3, H, W]` → `[N, num_classes]`. The same as [`ModuleT::forward_t`].
    fn logits(&self, xs: &Tensor, train: bool) -> Tensor {
        walk(&self.steps(), self.variables(), xs, train, |_, _| ())
    }

    /// Every name that [`activations`](Self::activations) understands, in the order of computation: torchvision's
    /// names of modules down to the residual block, and a sequence's (`"layer2"`, `"features"`) after its last module.
    fn tap_names(&self) -> Vec<String> {
        taps(&self.steps())
    }

    /// The activations behind several layers, in the order asked for, from one pass that ends with the last of them:
    /// steps behind it are not computed, and with `train` their running statistics stay. The head's name gives the
    /// logits. As the modules' own outputs, `"conv1"` and `"bn1"` are before their ReLU.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a name that is not among [`tap_names`](Self::tap_names).
    fn activations(&self, layers: &[&str], xs: &Tensor, train: bool) -> Result<Vec<Tensor>> {
        self.activations_after(None, layers, xs, train)
    }

    /// The same, with `xs` in the place of what a layer gives: steps up to its end are not computed. What a net does
    /// whose middle comes from elsewhere, such as from several nets at once.
    ///
    /// # Errors
    ///
    /// As [`activations`](Self::activations); or a layer is not behind `after`.
    fn activations_after(
        &self,
        after: Option<&str>,
        layers: &[&str],
        xs: &Tensor,
        train: bool,
    ) -> Result<Vec<Tensor>> {
        let steps = self.steps();
        let start = match after {
            Some(layer) => covered(&steps, layer)?.end,
            None => 0,
        };
        let mut ends = Vec::with_capacity(layers.len());
        for layer in layers {
            let end = covered(&steps, layer)?.end;
            if end <= start {
                let expected = format!("one behind {:?}", after.unwrap_or_default());
                return Err(Error::argument("layer", expected, format!("{layer:?}")));
            }
            ends.push(end - 1 - start);
        }
        let computed = ends.iter().max().map_or(0, |last| last + 1);
        let mut seen: Vec<Tensor> = ends.iter().map(|_| Tensor::new()).collect();
        let steps = &steps[start..start + computed];
        let _last = walk(steps, self.variables(), xs, train, |number, ys| {
            for (seen, _) in seen
                .iter_mut()
                .zip(&ends)
                .filter(|(_, end)| **end == number)
            {
                *seen = ys.shallow_clone();
            }
        });
        Ok(seen)
    }

    /// The activation behind one layer: see [`activations`](Self::activations).
    ///
    /// # Errors
    ///
    /// As [`activations`](Self::activations).
    fn forward_features_at(&self, layer: &str, xs: &Tensor, train: bool) -> Result<Tensor> {
        Ok(self.activations(&[layer], xs, train)?.remove(0))
    }

    /// The variables of each of [`layer_names`](Self::layer_names), from the input to the head; every variable is in
    /// exactly one group.
    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let steps: Vec<String> = self.steps().into_iter().map(|step| step.name).collect();
        self.variables().groups(self.layer_names(), &steps)
    }

    /// Freezes a layer (any of [`tap_names`](Self::tap_names)): its variables no longer require gradients, its batch
    /// normalisation uses and keeps its running statistics, its dropout does nothing, also when the net is called
    /// with `train`. (To stop gradients alone, set `requires_grad` on the tensors of
    /// [`parameter_groups`](Self::parameter_groups).)
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a name that is not among [`tap_names`](Self::tap_names).
    fn freeze(&mut self, layer: &str) -> Result<()> {
        let steps = names_in(&self.steps(), layer)?;
        self.variables_mut().set_frozen(steps, true);
        Ok(())
    }

    /// Freezes everything from the input up to the end of a layer: see [`freeze`](Self::freeze).
    ///
    /// # Errors
    ///
    /// As [`freeze`](Self::freeze).
    fn freeze_up_to(&mut self, layer: &str) -> Result<()> {
        let steps = self.steps();
        let end = covered(&steps, layer)?.end;
        let names = steps.into_iter().take(end).map(|step| step.name).collect();
        self.variables_mut().set_frozen(names, true);
        Ok(())
    }

    /// Undoes [`freeze`](Self::freeze) for a layer, or a part of a frozen one.
    ///
    /// # Errors
    ///
    /// As [`freeze`](Self::freeze).
    fn unfreeze(&mut self, layer: &str) -> Result<()> {
        let steps = names_in(&self.steps(), layer)?;
        self.variables_mut().set_frozen(steps, false);
        Ok(())
    }

    /// Freezes batch normalisation in all layers, and nothing else: it uses and keeps its running statistics, also when
    /// the net is called with `train`, and its scale and shift no longer require gradients. For batches that are too
    /// small, or too unlike those of the pretraining, to have statistics of their own. It holds until
    /// [`unfreeze_batch_norm`](Self::unfreeze_batch_norm), also through [`unfreeze`](Self::unfreeze) and the recipes of
    /// a [`Learner`](crate::train::Learner). Without any batch normalisation it changes nothing.
    fn freeze_batch_norm(&mut self) {
        self.variables_mut().set_batch_norm_frozen(true);
    }

    /// Undoes [`freeze_batch_norm`](Self::freeze_batch_norm), but in frozen layers.
    fn unfreeze_batch_norm(&mut self) {
        self.variables_mut().set_batch_norm_frozen(false);
    }

    /// Keeps every weight but the head's as it is, batch normalisation's statistics too, and adds two small layers beside each
    /// convolution that [`LoraConfig`] means, which learn in their place: `A`, a convolution of the same size to `rank` channels, and
    /// `B`, 1 × 1 from these, as PEFT has them. What the net says does not change by it. It holds until
    /// [`merge_lora`](Self::merge_lora), also through [`unfreeze`](Self::unfreeze) and the recipes of a
    /// [`Learner`](crate::train::Learner). Seeds libtorch.
    ///
    /// # Errors
    ///
    /// The numbers of the configuration make no sense or do not fit a grouped convolution, none of the net's convolutions is
    /// meant, or there are such layers already.
    fn add_lora(&mut self, config: &LoraConfig) -> Result<()> {
        let head = self.head_name();
        self.variables_mut().add_lora(head, config)
    }

    /// Adds what LoRA's layers have learned to the convolutions' own weights and forgets them: the net says the same, as fast as
    /// before, and its file has torchvision's names again. Everything that is not in a frozen layer learns again from here on, batch
    /// normalisation too.
    fn merge_lora(&mut self) {
        self.variables_mut().merge_lora();
    }

    /// The names of the frozen steps, from the input on.
    fn frozen(&self) -> Vec<String> {
        let mut steps: Vec<String> = self.steps().into_iter().map(|step| step.name).collect();
        steps.retain(|step| self.variables().is_frozen(step));
        steps
    }

    /// Where the variables live.
    fn device(&self) -> Device {
        self.var_store().device()
    }

    /// How many numbers training can change, and how many there are (running statistics not counted).
    fn parameter_counts(&self) -> (i64, i64) {
        let count = |trainable: bool| {
            let variables = self.var_store().trainable_variables();
            let chosen = variables
                .iter()
                .filter(|variable| !trainable || variable.requires_grad());
            chosen.map(|variable| variable.numel() as i64).sum::<i64>()
        };
        (count(true), count(false))
    }
}

/// The steps that a name stands for: one, or all of a sequence.
fn covered(steps: &[Step<'_>], layer: &str) -> Result<std::ops::Range<usize>> {
    let inside = |step: &Step<'_>| within(&step.name, layer);
    let range = steps
        .iter()
        .position(inside)
        .zip(steps.iter().rposition(inside));
    range.map(|(first, last)| first..last + 1).ok_or_else(|| {
        Error::argument(
            "layer",
            format!("one of {}", taps(steps).join(", ")),
            format!("{layer:?}"),
        )
    })
}

fn names_in(steps: &[Step<'_>], layer: &str) -> Result<Vec<String>> {
    let range = covered(steps, layer)?;
    Ok(steps[range].iter().map(|step| step.name.clone()).collect())
}
