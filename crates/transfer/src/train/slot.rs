//! The rules by which a gradient becomes a step, and what they remember of one variable.

use tch::Tensor;

use super::{OptimizerConfig, Rule};

/// What an optimiser remembers of one variable.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) steps: i64,
    /// SGD's momentum buffer, or Adam's two averages.
    pub(super) moments: Vec<Tensor>,
}

impl Slot {
    /// Before the first step.
    pub(super) fn new(config: &OptimizerConfig, variable: &Tensor) -> Self {
        let moments = match config.rule {
            Rule::Sgd { momentum, .. } => usize::from(momentum != 0.0),
            Rule::Adam { .. } | Rule::AdamW { .. } => 2,
        };
        let zeros = || tch::no_grad(|| variable.zeros_like());
        Self {
            steps: 0,
            moments: (0..moments).map(|_| zeros()).collect(),
        }
    }

    /// Moves the variable.
    pub(super) fn step(
        &mut self,
        config: &OptimizerConfig,
        variable: &mut Tensor,
        gradient: &Tensor,
        lr: f64,
        momentum: Option<f64>,
    ) {
        self.steps += 1;
        let decay = if config.decay_norm_and_bias || variable.dim() > 1 {
            config.weight_decay
        } else {
            0.0
        };
        let added = |decay: f64| match decay {
            0.0 => gradient.shallow_clone(),
            _ => gradient + &*variable * decay,
        };
        match config.rule {
            Rule::Sgd {
                momentum: configured,
                nesterov,
            } => {
                let mut gradient = added(decay);
                if let [buffer] = self.moments.as_mut_slice() {
                    let momentum = momentum.unwrap_or(configured);
                    if self.steps == 1 {
                        buffer.copy_(&gradient);
                    } else {
                        let _ = buffer.g_mul_scalar_(momentum).g_add_(&gradient);
                    }
                    gradient = if nesterov {
                        gradient + &*buffer * momentum
                    } else {
                        buffer.shallow_clone()
                    };
                }
                let _ = variable.g_add_(&(gradient * -lr));
            }
            Rule::Adam { betas, eps } => {
                let gradient = added(decay);
                self.adam(
                    variable,
                    &gradient,
                    lr,
                    (momentum.unwrap_or(betas.0), betas.1),
                    eps,
                );
            }
            Rule::AdamW { betas, eps } => {
                if decay != 0.0 {
                    let _ = variable.g_mul_scalar_(1.0 - lr * decay);
                }
                self.adam(
                    variable,
                    gradient,
                    lr,
                    (momentum.unwrap_or(betas.0), betas.1),
                    eps,
                );
            }
        }
    }

    fn adam(
        &mut self,
        variable: &mut Tensor,
        gradient: &Tensor,
        lr: f64,
        betas: (f64, f64),
        eps: f64,
    ) {
        let [mean, square] = self.moments.as_mut_slice() else {
            return;
        };
        let _ = mean.lerp_(gradient, 1.0 - betas.0);
        // PyTorch's (1 - beta) g * g and its step, with as few passes over the memory as tch's functions allow.
        let scaled = gradient * (1.0 - betas.1).sqrt();
        let _ = square.g_mul_scalar_(betas.1).addcmul_(&scaled, &scaled);
        let corrected = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let step = -lr / corrected(betas.0);
        if step == 0.0 {
            return;
        }
        let mut divisor = square.sqrt();
        let _ = divisor
            .g_mul_scalar_(1.0 / (corrected(betas.1).sqrt() * step))
            .g_add_scalar_(eps / step);
        let _ = variable.addcdiv_(mean, &divisor);
    }
}
