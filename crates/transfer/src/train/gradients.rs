//! All gradients of a step together.

use tch::{Kind, Tensor};

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
