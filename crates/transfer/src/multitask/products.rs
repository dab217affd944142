//! The gradients of several tasks, as far as weighing them needs to know: their inner products.

use tch::{Device, Kind, Tensor};

use crate::{Error, Result};

/// The inner products of the tasks' gradients, their Gram matrix: `K[i][j] = gᵢ · gⱼ`.
///
/// Every method here gives the direction of a step as a combination `Σ wᵢ gᵢ`, and finds the weights from these few numbers alone,
/// whatever the number of parameters: the length of a combination is `√(wᵀKw)`, and its product with `gⱼ` is `(Kw)ⱼ`.
#[derive(Debug, Clone, PartialEq)]
pub struct Products {
    tasks: usize,
    /// Row by row.
    values: Vec<f64>,
}

impl Products {
    /// From their values, row by row.
    ///
    /// # Errors
    ///
    /// They are no square of finite numbers, or none at all.
    pub fn new(values: Vec<f64>) -> Result<Self> {
        let tasks = values.len().isqrt();
        let finite = values.iter().all(|value| value.is_finite());
        if tasks * tasks != values.len() || tasks == 0 || !finite {
            let expected = "a square of finite numbers, row by row";
            return Err(Error::argument(
                "products of gradients",
                expected,
                format!("{values:?}"),
            ));
        }
        Ok(Self { tasks, values })
    }

    /// Of gradients, each in the same pieces; a piece that is not defined is zero.
    ///
    /// # Errors
    ///
    /// There is none, the pieces are others, or a gradient is not finite.
    pub fn of(gradients: &[Vec<Tensor>]) -> Result<Self> {
        // Summed up where the gradients are, and fetched at once.
        let product = |one: &[Tensor], other: &[Tensor]| -> Result<Tensor> {
            let mut sum = Tensor::from(0f64);
            for (one, other) in one.iter().zip(other) {
                if one.defined() && other.defined() {
                    let [one, other] = [one, other].map(|of| of.reshape(-1).to_kind(Kind::Float));
                    sum = sum.to_device(one.device()) + one.f_dot(&other)?.to_kind(Kind::Double);
                }
            }
            Ok(sum)
        };
        let tasks = gradients.len();
        let mut found = Vec::with_capacity(tasks * (tasks + 1) / 2);
        for one in 0..tasks {
            for other in one..tasks {
                found.push(product(&gradients[one], &gradients[other])?);
            }
        }
        let device = found
            .iter()
            .map(Tensor::device)
            .find(|device| *device != Device::Cpu);
        let device = device.unwrap_or(Device::Cpu);
        let found: Vec<Tensor> = found.iter().map(|of| of.to_device(device)).collect();
        let mut found = match found.is_empty() {
            true => Vec::new(),
            false => Vec::<f64>::try_from(Tensor::f_stack(&found, 0)?)?,
        }
        .into_iter();
        let mut values = vec![0.0; tasks * tasks];
        for one in 0..tasks {
            for other in one..tasks {
                let value = found.next().unwrap_or(f64::NAN);
                values[one * tasks + other] = value;
                values[other * tasks + one] = value;
            }
        }
        Self::new(values)
    }

    /// How many tasks there are.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// The product of two gradients.
    ///
    /// # Panics
    ///
    /// There are fewer tasks.
    #[must_use]
    pub fn at(&self, one: usize, other: usize) -> f64 {
        self.values[one * self.tasks + other]
    }

    /// The length of a gradient.
    #[must_use]
    pub fn norm(&self, task: usize) -> f64 {
        self.at(task, task).sqrt()
    }

    /// The cosine of the angle between two gradients: below 0 a step along the one is a step back for the other. 0 where one of them is zero.
    #[must_use]
    pub fn cosine(&self, one: usize, other: usize) -> f64 {
        let norms = self.norm(one) * self.norm(other);
        if norms == 0.0 {
            0.0
        } else {
            (self.at(one, other) / norms).clamp(-1.0, 1.0)
        }
    }

    /// The products of a combination with each gradient, `Kw`.
    #[must_use]
    pub fn times(&self, weights: &[f64]) -> Vec<f64> {
        let rows = self.values.chunks(self.tasks);
        rows.map(|row| {
            row.iter()
                .zip(weights)
                .map(|(one, other)| one * other)
                .sum()
        })
        .collect()
    }

    /// The products after each gradient was divided by a number.
    ///
    /// # Panics
    ///
    /// There are fewer numbers than tasks.
    #[must_use]
    pub fn divided(&self, by: &[f64]) -> Self {
        let values = (0..self.values.len()).map(|place| {
            let (one, other) = (place / self.tasks, place % self.tasks);
            self.values[place] / (by[one] * by[other])
        });
        Self {
            tasks: self.tasks,
            values: values.collect(),
        }
    }

    /// All of them as a tensor `[T, T]`, in double precision.
    pub(super) fn matrix(&self) -> Tensor {
        let tasks = self.tasks as i64;
        Tensor::from_slice(&self.values).view([tasks, tasks])
    }
}
