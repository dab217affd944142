//! How far two domains are apart, for a net.

use tch::{Kind, Tensor};

use super::check::same_width;
use crate::Result;
use crate::train::{Features, HeadConfig, LinearHead};

/// The proxy A-distance between features `source` `[N, C]` and `target` `[M, C]` (Ben-David et al., "Analysis of representations for
/// domain adaptation", NeurIPS 2006): 2 (1 − 2 ε), ε the error of a linear classifier that tells the two domains apart, on the
/// pictures that it did not learn from (every other one); of two domains of different sizes, the mean of both errors. 0: it can only
/// guess; 2: it is always right. An ε above a half counts as a half.
///
/// # Errors
///
/// The shapes are others, or a domain has fewer than four rows.
pub fn proxy_a_distance(source: &Tensor, target: &Tensor) -> Result<f64> {
    same_width(source, target, 4)?;
    let half = |xs: &Tensor, start: i64| xs.slice(0, start, None, 2);
    let head = tell_apart(&half(source, 0), &half(target, 0))?;
    let error = |xs: &Tensor, domain: i64| {
        let wrong = head.predict(&half(xs, 1)).ne(domain);
        wrong
            .to_kind(Kind::Double)
            .mean(Kind::Double)
            .double_value(&[])
    };
    let mean = (error(source, 0) + error(target, 1)) / 2.0;
    Ok((2.0 * (1.0 - 2.0 * mean)).max(0.0))
}

/// A classifier with the classes source and target.
pub(super) fn tell_apart(source: &Tensor, target: &Tensor) -> Result<LinearHead> {
    same_width(source, target, 1)?;
    let (n, m) = (source.size()[0], target.size()[0]);
    let device = source.device();
    let label = |rows: i64, domain: i64| Tensor::full([rows], domain, (Kind::Int64, device));
    let both = Features {
        xs: Tensor::cat(&[source, target], 0).detach(),
        labels: Tensor::cat(&[label(n, 0), label(m, 1)], 0),
        classes: ["source", "target"].map(String::from).to_vec(),
        indices: (0..(n + m) as usize).collect(),
        skipped: Vec::new(),
    };
    LinearHead::fit(&both, &HeadConfig::default())
}
