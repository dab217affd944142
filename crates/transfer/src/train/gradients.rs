//! All gradients of a step together.

use tch::{Kind, Tensor};

use super::Optimizer;

/// The norm of all gradients together, as one number.
pub(super) fn gradient_norm(gradients: &[Tensor]) -> f64 {
    if gradients.is_empty() {
        return 0.0;
    }
    let norms: Vec<Tensor> = gradients
        .iter()
        .map(|gradient| gradient.to_kind(Kind::Float).norm())
        .collect();
    Tensor::stack(&norms, 0).norm().double_value(&[])
}

/// Multiplies all gradients by one number.
pub(super) fn scale_gradients(gradients: &mut [Tensor], by: f64) {
    for gradient in gradients {
        let _ = gradient.g_mul_scalar_(by);
    }
}

/// Shortens the gradients of an optimiser's variables to a norm of `most`, where theirs is larger: the norm that they had, or what is wrong with it.
pub(super) fn clipped(optimizer: &Optimizer, most: Option<f64>) -> Result<f64, String> {
    let mut gradients = optimizer.gradients();
    let norm = gradient_norm(&gradients);
    if !norm.is_finite() {
        return Err(format!("the norm of the gradients became {norm}"));
    }
    if let Some(most) = most.filter(|most| norm > *most) {
        scale_gradients(&mut gradients, most / (norm + 1e-6));
    }
    Ok(norm)
}
