//! The rules by which a gradient becomes a step, and what they remember of one variable.

use tch::{Device, Tensor};

use super::{OptimizerConfig, Rule};

/// Numbers that are moved at a time. A vocabulary's table has ten million and more: done as one, every intermediate result
/// is memory that the system hands out and takes back, which costs more than the arithmetic.
const PIECE: i64 = 1 << 19;

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
        let step = Step {
            rule: config.rule,
            decay,
            lr,
            momentum,
            number: self.steps,
        };
        let numbers = variable.numel() as i64;
        let is_flat = [&*variable, gradient]
            .into_iter()
            .chain(&self.moments)
            .all(Tensor::is_contiguous);
        if numbers <= PIECE || !is_flat || variable.device() != Device::Cpu {
            step.take(variable, gradient, &mut self.moments);
            return;
        }
        // Number by number the same arithmetic.
        for start in (0..numbers).step_by(PIECE as usize) {
            let piece = |of: &Tensor| of.view(-1).narrow(0, start, PIECE.min(numbers - start));
            let mut moments: Vec<Tensor> = self.moments.iter().map(piece).collect();
            step.take(&mut piece(variable), &piece(gradient), &mut moments);
        }
    }
}

/// One step of a rule.
struct Step {
    rule: Rule,
    decay: f64,
    lr: f64,
    momentum: Option<f64>,
    /// From 1.
    number: i64,
}

impl Step {
    fn take(&self, variable: &mut Tensor, gradient: &Tensor, moments: &mut [Tensor]) {
        let (decay, lr) = (self.decay, self.lr);
        let added = |variable: &Tensor| match decay {
            0.0 => gradient.shallow_clone(),
            _ => gradient + variable * decay,
        };
        match self.rule {
            Rule::Sgd {
                momentum: configured,
                nesterov,
            } => {
                let mut gradient = added(variable);
                if let [buffer] = moments {
                    let momentum = self.momentum.unwrap_or(configured);
                    if self.number == 1 {
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
                let gradient = added(variable);
                self.adam(variable, &gradient, moments, betas, eps);
            }
            Rule::AdamW { betas, eps } => {
                if decay != 0.0 {
                    let _ = variable.g_mul_scalar_(1.0 - lr * decay);
                }
                self.adam(variable, gradient, moments, betas, eps);
            }
        }
    }

    fn adam(
        &self,
        variable: &mut Tensor,
        gradient: &Tensor,
        moments: &mut [Tensor],
        betas: (f64, f64),
        eps: f64,
    ) {
        let [mean, square] = moments else {
            return;
        };
        let betas = (self.momentum.unwrap_or(betas.0), betas.1);
        let _ = mean.lerp_(gradient, 1.0 - betas.0);
        // PyTorch's (1 - beta) g * g and its step, with as few passes over the memory as tch's functions allow.
        let scaled = gradient * (1.0 - betas.1).sqrt();
        let _ = square.g_mul_scalar_(betas.1).addcmul_(&scaled, &scaled);
        let corrected = |beta: f64| 1.0 - beta.powf(self.number as f64);
        let step = -self.lr / corrected(betas.0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    fn waves(numbers: i64, shift: f64) -> Tensor {
        (Tensor::arange(numbers, (Kind::Float, Device::Cpu)) * 0.37 + shift).sin()
    }

    #[test]
    fn a_large_variable_moves_as_its_parts_would() {
        let numbers = 2 * PIECE + 5;
        for config in [
            OptimizerConfig::adamw(),
            OptimizerConfig::adam().weight_decay(0.1),
            OptimizerConfig::sgd(0.9).weight_decay(0.1),
        ] {
            let mut whole = waves(numbers, 0.0);
            let parts: Vec<Tensor> = whole.split(PIECE / 2, 0).iter().map(Tensor::copy).collect();
            let mut slot = Slot::new(&config, &whole);
            let mut slots: Vec<Slot> = parts.iter().map(|part| Slot::new(&config, part)).collect();
            for step in 1..=3 {
                let gradient = waves(numbers, f64::from(step));
                slot.step(&config, &mut whole, &gradient, 0.01, None);
                let gradients = gradient.split(PIECE / 2, 0);
                for ((slot, part), gradient) in slots.iter_mut().zip(&parts).zip(&gradients) {
                    slot.step(&config, &mut part.shallow_clone(), gradient, 0.01, None);
                }
            }
            assert_ne!(whole, waves(numbers, 0.0));
            assert_eq!(whole, Tensor::cat(&parts, 0), "{config:?}");
        }
    }
}
