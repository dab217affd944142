//! What the losses ask of their tensors.

use tch::Tensor;

use crate::{Error, Result};

/// Both are `[N, C]` and `[M, C]`, with `least` rows or more.
pub(super) fn same_width(source: &Tensor, target: &Tensor, least: i64) -> Result<()> {
    let (one, other) = (source.size(), target.size());
    let fits = matches!((&one[..], &other[..]), (&[n, c], &[m, d]) if c == d && c > 0 && n.min(m) >= least);
    if fits {
        return Ok(());
    }
    let expected = format!("[N, C] and [M, C], N and M {least} or more");
    Err(Error::argument(
        "source and target",
        expected,
        format!("{one:?} and {other:?}"),
    ))
}

/// One row of logits for each picture: `[N, K]`, two classes or more.
pub(super) fn logits(given: &Tensor) -> Result<()> {
    match given.size()[..] {
        [n, k] if n > 0 && k > 1 => Ok(()),
        _ => {
            let found = format!("{:?}", given.size());
            Err(Error::argument(
                "logits",
                "[N, K], one row or more, two classes or more",
                found,
            ))
        }
    }
}
