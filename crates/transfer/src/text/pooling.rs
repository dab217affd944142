//! One vector of many.

use std::path::Path;

use serde_json::Value;
use tch::{Kind, Tensor};

use crate::files::read_json;
use crate::{Error, Result};

/// How the vectors of a text's tokens become the text's one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The mean over its tokens, padding left out (Sentence-BERT; Reimers and Gurevych, 2019).
    Mean,
    /// That of the first token, `[CLS]`, as BERT was meant to be used (Devlin et al., 2019).
    Cls,
    /// The largest number of each column, padding left out.
    Max,
}

impl Pooling {
    /// Of hidden states `[N, L, C]` and a mask `[N, L]`, in which 1 is a token and 0 is padding: `[N, C]`.
    pub fn of(self, hidden: &Tensor, mask: &Tensor) -> Tensor {
        let mask = mask.unsqueeze(-1);
        match self {
            Pooling::Mean => {
                // Half precision can neither count far nor hold what keeps from a division by 0.
                let mask = mask.to_kind(Kind::Float);
                let sum = (hidden * &mask).sum_dim_intlist(1i64, false, Kind::Float);
                let tokens = mask.sum_dim_intlist(1i64, false, Kind::Float);
                (sum / tokens.clamp_min(1.0)).to_kind(hidden.kind())
            }
            Pooling::Cls => hidden.select(1, 0),
            Pooling::Max => {
                let padding = mask.to_kind(Kind::Bool).logical_not();
                hidden
                    .masked_fill(&padding, f64::NEG_INFINITY)
                    .amax(1i64, false)
            }
        }
    }

    /// What the folder of a sentence-transformers model says (`1_Pooling/config.json`); [`Mean`](Self::Mean) where it says
    /// nothing.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or asks for what is not here.
    pub fn of_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let path = folder.as_ref().join("1_Pooling").join("config.json");
        if !path.exists() {
            return Ok(Pooling::Mean);
        }
        let says = read_json(&path)?;
        let asked = [
            ("mean", "pooling_mode_mean_tokens", Pooling::Mean),
            ("cls", "pooling_mode_cls_token", Pooling::Cls),
            ("max", "pooling_mode_max_tokens", Pooling::Max),
        ];
        // By one name, or a list of them, since sentence-transformers 6; before, by a truth value for each.
        let named = match &says["pooling_mode"] {
            Value::Array(all) if all.len() == 1 => all[0].as_str(),
            one => one.as_str(),
        };
        let is_it = |(name, flag, _): &&(&str, &str, Pooling)| match named {
            Some(named) => named == *name,
            None => says["pooling_mode"].is_null() && says[*flag] == true,
        };
        let mut asked = asked.iter().filter(is_it);
        match (asked.next(), asked.next()) {
            (Some((_, _, pooling)), None) => Ok(*pooling),
            _ => Err(Error::Dataset {
                path,
                reason: format!("expected one of mean, cls and max as pooling, found {says}"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_counts_for_nothing() {
        let hidden = Tensor::from_slice(&[1f32, -2.0, 3.0, -4.0, 100.0, 100.0]).view([1, 3, 2]);
        let mask = Tensor::from_slice(&[1i64, 1, 0]).view([1, 3]);
        let of = |pooling: Pooling| {
            let pooled = pooling.of(&hidden, &mask);
            assert_eq!(pooled.size(), [1, 2]);
            Vec::<f32>::try_from(pooled.view(-1)).unwrap()
        };
        assert_eq!(of(Pooling::Mean), [2.0, -3.0]);
        assert_eq!(of(Pooling::Cls), [1.0, -2.0]);
        assert_eq!(of(Pooling::Max), [3.0, -2.0]);
    }
}
