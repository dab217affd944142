//! BERT and its relatives, under Hugging Face's names.

mod config;
mod dense;
mod embeddings;
mod freeze;
mod layer;
mod load;
mod names;
mod norm;

use tch::{Device, Kind, Tensor};

use self::embeddings::Embeddings;
use self::layer::Layer;
use self::names::Names;
use super::LoraConfig;
use super::layers::{Maker, Start};
use super::variables::Variables;
use crate::{Error, Result};

pub use config::{Activation, BertConfig, BertFamily};
pub(super) use load::weights_in;

/// The layer before the first.
const EMBEDDINGS: &str = "embeddings";

/// A net of BERT's family: tokens in, a vector for each out. Its variables have the names of Hugging Face's `BertModel`,
/// `DistilBertModel` or `RobertaModel` (without the pooler), so that their files drop in.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let small = BertConfig { hidden_size: 32, num_layers: 2, num_heads: 4, intermediate_size: 64, ..BertConfig::MINILM_L6 };
/// let mut net: Bert = Bert::new(small, Device::Cpu, 0)?;
/// let ids = Tensor::from_slice(&[101i64, 2129, 102, 101, 102, 0]).view([2, 3]); // [N, L]
/// let mask = Tensor::from_slice(&[1i64, 1, 1, 1, 1, 0]).view([2, 3]);
/// let hidden: Tensor = net.forward(&ids, &mask, false)?;
/// assert_eq!(hidden.size(), [2, 3, 32]); // [N, L, C]
/// // From here on, only small matrices beside its linear layers learn.
/// net.add_lora(&LoraConfig::new(4))?;
/// let (trainable, all) = net.parameter_counts();
/// assert!(trainable * 50 < all);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Bert {
    config: BertConfig,
    variables: Variables,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    lora: Option<LoraConfig>,
}

impl Bert {
    /// With new weights drawn from `seed` (normal numbers of deviation 0.02). Seeds libtorch.
    ///
    /// # Errors
    ///
    /// The heads cannot share the width evenly, or there is no such padding token.
    pub fn new(config: BertConfig, device: Device, seed: u64) -> Result<Self> {
        crate::set_seed(seed);
        Self::build(config, device, Start::Drawn)
    }

    /// With weights of 0, to be [loaded](Self::load).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn undrawn(config: BertConfig, device: Device) -> Result<Self> {
        Self::build(config, device, Start::Zero)
    }

    fn build(config: BertConfig, device: Device, start: Start) -> Result<Self> {
        let checked = config.check();
        checked
            .map_err(|found| Error::argument("BertConfig", "numbers that fit together", found))?;
        let variables = Variables::new(device);
        let root = Maker::new(variables.store(), start);
        let names = Names::of(config.family);
        let place = |layer: i64| dense::below(&root, &names.layer(layer));
        let layers = (0..config.num_layers).map(|layer| Layer::new(&place(layer), &config));
        let layers = layers.collect();
        let embeddings = Embeddings::new(&root.sub(EMBEDDINGS), &config);
        Ok(Self {
            config,
            variables,
            embeddings,
            layers,
            lora: None,
        })
    }

    /// Its description.
    #[must_use]
    pub fn config(&self) -> BertConfig {
        self.config
    }

    /// Where its variables live.
    #[must_use]
    pub fn device(&self) -> Device {
        self.variables.store().device()
    }

    /// The vectors behind the last layer: tokens `[N, L]` and a mask `[N, L]`, in which 1 is a token and 0 is padding, become `[N, L, C]`. What stands at
    /// padding means nothing. With `train`, dropout drops, except in frozen layers.
    ///
    /// # Errors
    ///
    /// The two differ in shape, a text is longer than the net has positions for, or a token is none of its vocabulary.
    pub fn forward(&self, ids: &Tensor, mask: &Tensor, train: bool) -> Result<Tensor> {
        let last = self.layers.len();
        self.walk(ids, mask, train, |number, hidden| {
            (number == last).then(|| hidden.shallow_clone())
        })
        .map(|mut kept| kept.remove(0))
    }

    /// The vectors behind the embeddings and behind every layer, `num_layers + 1` of `[N, L, C]`: `output_hidden_states` of Hugging Face's models.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward).
    pub fn hidden_states(&self, ids: &Tensor, mask: &Tensor, train: bool) -> Result<Vec<Tensor>> {
        self.walk(ids, mask, train, |_, hidden| Some(hidden.shallow_clone()))
    }

    fn walk(
        &self,
        ids: &Tensor,
        mask: &Tensor,
        train: bool,
        keep: impl Fn(usize, &Tensor) -> Option<Tensor>,
    ) -> Result<Vec<Tensor>> {
        self.check(ids, mask)?;
        // Without padding there is nothing to look away from, and attention is faster for it. (Asked where the tensors come from, mostly the CPU: a
        // GPU would have to be waited for.)
        let is_full = mask.all().int64_value(&[]) == 1;
        let (ids, mask) = (ids.to_device(self.device()), mask.to_device(self.device()));
        let attended = (!is_full).then(|| mask.ne(0).unsqueeze(1).unsqueeze(1));
        let trains = |layer: &str| train && !self.variables.is_evaluated(layer);
        let mut hidden = self.embeddings.forward(&ids, trains(EMBEDDINGS));
        let mut kept: Vec<Tensor> = keep(0, &hidden).into_iter().collect();
        let names = Names::of(self.config.family);
        for (number, layer) in self.layers.iter().enumerate() {
            let name = names.layer(number as i64);
            hidden = layer.forward(&hidden, attended.as_ref(), trains(&name));
            kept.extend(keep(number + 1, &hidden));
        }
        Ok(kept)
    }

    /// What would be an error deep in libtorch, or on a GPU the end of the process.
    fn check(&self, ids: &Tensor, mask: &Tensor) -> Result<()> {
        let size = ids.size();
        if size.len() != 2 || size != mask.size() || ids.numel() == 0 {
            let found = format!("{size:?} and {:?}", mask.size());
            return Err(Error::argument("ids and mask", "[N, L] and [N, L]", found));
        }
        if ids.kind() != Kind::Int64 {
            return Err(Error::argument(
                "kind of ids",
                "Int64",
                format!("{:?}", ids.kind()),
            ));
        }
        let longest = self.config.longest();
        if size[1] > longest {
            let expected = format!("at most {longest} (Tokenizer::with_max_length)");
            return Err(Error::argument("tokens of a text", expected, size[1]));
        }
        let [least, most] = [ids.min(), ids.max()].map(|of| of.int64_value(&[]));
        if least < 0 || most >= self.config.vocab_size {
            let expected = format!(
                "0 to {}, as the net knows (is it its own tokenizer?)",
                self.config.vocab_size - 1
            );
            let found = format!("{least} to {most}");
            return Err(Error::argument("tokens", expected, found));
        }
        Ok(())
    }
}
