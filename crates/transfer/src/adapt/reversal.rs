//! The layer at which the adversary's gradient turns round.

use tch::Tensor;

/// `xs` as it is on the way forwards; backwards, the gradient times `-strength` (Ganin et al., "Domain-adversarial
/// training of neural networks", JMLR 2016). What stands before it learns to raise the loss that what
/// stands behind it learns to lower.
///
/// ```
/// use transfer::adapt::reverse_gradient;
/// use transfer::prelude::*;
///
/// let xs = Tensor::from_slice(&[1.0f32, -2.0]).set_requires_grad(true);
/// let ys = reverse_gradient(&xs, 0.5);
/// assert!(ys.equal(&xs));
/// ys.sum(Kind::Float).backward();
/// assert!(xs.grad().equal(&Tensor::from_slice(&[-0.5f32, -0.5])));
/// ```
pub fn reverse_gradient(xs: &Tensor, strength: f64) -> Tensor {
    // The difference is 0 to the last bit, and its gradient is 1.
    let still = xs.detach();
    &still + (xs - &still) * -strength
}

/// How strong the reversal is at this share of a training, in [0, 1]: from 0 to almost 1 as 2 / (1 + exp(-10 p)) - 1 (the
/// same paper). A domain classifier that has not learned yet has nothing to say to the features.
#[must_use]
pub fn reversal_schedule(progress: f64) -> f64 {
    2.0 / (1.0 + (-10.0 * progress.clamp(0.0, 1.0)).exp()) - 1.0
}
