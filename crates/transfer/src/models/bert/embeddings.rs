//! Tokens as vectors: what each is, where it stands, and of which text it is.

use tch::nn::Init;
use tch::{Kind, Tensor};

use super::super::layers::{Maker, Start};
use super::norm::Norm;
use super::{BertConfig, BertFamily};

#[derive(Debug)]
pub(super) struct Embeddings {
    words: Tensor,
    positions: Tensor,
    types: Option<Tensor>,
    norm: Norm,
    config: BertConfig,
}

impl Embeddings {
    pub(super) fn new(maker: &Maker<'_>, config: &BertConfig) -> Self {
        let init = match maker.start() {
            Start::Drawn => Init::Randn {
                mean: 0.0,
                stdev: 0.02,
            },
            Start::Zero => Init::Const(0.0),
        };
        let width = config.hidden_size;
        let table =
            |name: &str, rows: i64| maker.sub(name).path.var("weight", &[rows, width], init);
        let types = config.type_vocab_size;
        Self {
            words: table("word_embeddings", config.vocab_size),
            positions: table("position_embeddings", config.max_positions),
            types: (types > 0).then(|| table("token_type_embeddings", types)),
            norm: Norm::new(&maker.sub("LayerNorm"), width, config.layer_norm_eps),
            config: *config,
        }
    }

    /// Tokens `[N, L]` → vectors `[N, L, C]`. All are of the first type: one text.
    pub(super) fn forward(&self, ids: &Tensor, train: bool) -> Tensor {
        let words = Tensor::embedding(&self.words, ids, -1, false, false);
        let length = ids.size()[1];
        let positions = match self.config.family {
            BertFamily::Roberta => {
                let is_token = ids.ne(self.config.pad_token_id).to_kind(Kind::Int64);
                let places = is_token.cumsum(1, Kind::Int64) * is_token + self.config.pad_token_id;
                Tensor::embedding(&self.positions, &places, -1, false, false)
            }
            _ => self.positions.narrow(0, 0, length),
        };
        let mut sum = words + positions;
        if let Some(types) = &self.types {
            sum += types.select(0, 0);
        }
        let normed = self.norm.forward(&sum);
        match train && self.config.dropout > 0.0 {
            true => normed.dropout(self.config.dropout, train),
            false => normed,
        }
    }
}
