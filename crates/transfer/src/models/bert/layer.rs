//! One layer of attention and feed-forward.

use tch::Tensor;

use super::super::layers::Maker;
use super::dense::{Dense, below};
use super::names::Names;
use super::norm::Norm;
use super::{Activation, BertConfig};

/// A layer of BERT: what tokens say to each other, and what each makes of it, each with the way around it and a normalisation behind.
#[derive(Debug)]
pub(super) struct Layer {
    query: Dense,
    key: Dense,
    value: Dense,
    attention_out: Dense,
    attention_norm: Norm,
    expand: Dense,
    shrink: Dense,
    norm: Norm,
    config: BertConfig,
}

impl Layer {
    pub(super) fn new(maker: &Maker<'_>, config: &BertConfig) -> Self {
        let names = Names::of(config.family);
        let (width, wide) = (config.hidden_size, config.intermediate_size);
        let square = |name| Dense::new(maker, name, width, width);
        let norm = |name| Norm::new(&below(maker, name), width, config.layer_norm_eps);
        Self {
            query: square(names.query),
            key: square(names.key),
            value: square(names.value),
            attention_out: square(names.attention_out),
            attention_norm: norm(names.attention_norm),
            expand: Dense::new(maker, names.expand, width, wide),
            shrink: Dense::new(maker, names.shrink, wide, width),
            norm: norm(names.norm),
            config: *config,
        }
    }

    /// `[N, L, C]` → `[N, L, C]`. `mask`: `[N, 1, 1, L]`, true where there is a token; none if there is no padding.
    pub(super) fn forward(&self, xs: &Tensor, mask: Option<&Tensor>, train: bool) -> Tensor {
        let drop = |ys: Tensor| match train && self.config.dropout > 0.0 {
            true => ys.dropout(self.config.dropout, train),
            false => ys,
        };
        // In place where nothing is remembered for a gradient: memory that comes from the system and goes back for every result took a fifth of the time.
        let mut heard = drop(
            self.attention_out
                .forward_t(&self.attend(xs, mask, train), train),
        );
        let xs = self.attention_norm.forward(&heard.g_add_(xs));
        let mut wide = self.expand.forward_t(&xs, train);
        let bent = match (self.config.activation, wide.requires_grad()) {
            (Activation::Gelu, false) => wide.gelu_("none"),
            (Activation::GeluTanh, false) => wide.gelu_("tanh"),
            (Activation::Gelu, true) => wide.gelu("none"),
            (Activation::GeluTanh, true) => wide.gelu("tanh"),
            (Activation::Relu, _) => wide.relu_(),
        };
        let mut said = drop(self.shrink.forward_t(&bent, train));
        self.norm.forward(&said.g_add_(&xs))
    }

    /// Attention of several heads (Vaswani et al., 2017).
    fn attend(&self, xs: &Tensor, mask: Option<&Tensor>, train: bool) -> Tensor {
        let size = xs.size();
        let heads = self.config.num_heads;
        let split = |dense: &Dense| {
            let ys = dense.forward_t(xs, train);
            ys.view([size[0], size[1], heads, -1]).transpose(1, 2)
        };
        let [query, key, value] = [&self.query, &self.key, &self.value].map(split);
        let dropout = if train {
            self.config.attention_dropout
        } else {
            0.0
        };
        let heard = Tensor::scaled_dot_product_attention(
            &query, &key, &value, mask, dropout, false, None, false,
        );
        heard.transpose(1, 2).reshape([size[0], size[1], -1])
    }

    pub(super) fn dense_mut(&mut self) -> [&mut Dense; 6] {
        [
            &mut self.query,
            &mut self.key,
            &mut self.value,
            &mut self.attention_out,
            &mut self.expand,
            &mut self.shrink,
        ]
    }
}
