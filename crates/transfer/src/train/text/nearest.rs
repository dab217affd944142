//! The nearest neighbours by the angle between vectors.

use tch::{Kind, Tensor};

use crate::models::normalized;
use crate::train::Features;
use crate::{Error, Result};

/// Labelled vectors, to look up what is most like another: *k* nearest neighbours (Fix and Hodges, 1951) by cosine.
#[derive(Debug)]
pub struct NearestNeighbors {
    known: Tensor,
    labels: Tensor,
    classes: i64,
}

/// The nearest of the known vectors to each of some others.
#[derive(Debug)]
pub struct Neighbors {
    /// Their rows among the known ones, nearest first: `[N, k]`.
    pub rows: Tensor,
    /// The cosines of the angles: `[N, k]`.
    pub cosines: Tensor,
}

impl NearestNeighbors {
    /// Looks among these.
    ///
    /// # Errors
    ///
    /// There are no rows, or a label is none of the classes.
    pub fn new(known: &Features) -> Result<Self> {
        if known.is_empty() {
            return Err(Error::argument("features", "at least one row", "none"));
        }
        let classes = known.classes.len() as i64;
        let [least, most] = [known.labels.min(), known.labels.max()].map(|of| of.int64_value(&[]));
        if least < 0 || most >= classes {
            let found = format!("{least} to {most}");
            return Err(Error::argument(
                "labels",
                format!("0 to {}", classes - 1),
                found,
            ));
        }
        Ok(Self {
            known: normalized(&known.xs),
            labels: known.labels.shallow_clone(),
            classes,
        })
    }

    /// The `k` nearest to each row of `xs`, `[N, C]`.
    ///
    /// # Errors
    ///
    /// `k` is 0 or more than there are, or the rows have another width.
    pub fn nearest(&self, xs: &Tensor, k: i64) -> Result<Neighbors> {
        let all = self.known.size()[0];
        if !(1..=all).contains(&k) {
            return Err(Error::argument("k", format!("1 to {all}"), k));
        }
        let (size, width) = (xs.size(), self.known.size()[1]);
        if size.len() != 2 || size[1] != width {
            let found = format!("{size:?}");
            return Err(Error::argument("rows", format!("[N, {width}]"), found));
        }
        let cosines = normalized(xs).f_matmul(&self.known.transpose(0, 1))?;
        let (cosines, rows) = cosines.topk(k, 1, true, true);
        Ok(Neighbors { rows, cosines })
    }

    /// The class with most of the `k` nearest neighbours, each counted by its cosine: `[N]`.
    ///
    /// # Errors
    ///
    /// As [`nearest`](Self::nearest).
    pub fn predict(&self, xs: &Tensor, k: i64) -> Result<Tensor> {
        let Neighbors { rows, cosines } = self.nearest(xs, k)?;
        let labels = self.labels.index_select(0, &rows.view(-1)).view_as(&rows);
        // A neighbour at a right angle or beyond still has a voice, of which a class without neighbours has none.
        let voices = cosines.clamp_min(1e-6).unsqueeze(-1);
        let votes = labels.one_hot(self.classes).to_kind(Kind::Float) * voices;
        Ok(votes
            .sum_dim_intlist(1i64, false, Kind::Float)
            .argmax(-1, false))
    }
}
