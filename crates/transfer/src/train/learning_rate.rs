//! Which part of a net learns how fast.

use std::fmt;

use crate::{Error, Result};

/// The learning rates of a net's parameter groups, from the input to the head; the schedule multiplies them.
#[derive(Debug, Clone, PartialEq)]
pub enum LearningRate {
    /// The same for all.
    Same(f64),
    /// This for the head, a tenth of it for everything before: fastai's `slice(lr)`.
    Head(f64),
    /// From the first to the last group in equal ratios ("discriminative"; Howard and Ruder, ULMFiT, 2018):
    /// fastai's `slice(first, last)`.
    Between(f64, f64),
    /// One for the head (the last group), one for the group before it, and for each one below that times `decay`: how nets of
    /// attention are fine-tuned (Clark et al., ELECTRA, 2020).
    LayerWise {
        /// The last group's.
        head: f64,
        /// That of the group before it.
        top: f64,
        /// What each group below has of the one above.
        decay: f64,
    },
    /// One for each group.
    Each(Vec<f64>),
}

impl From<f64> for LearningRate {
    fn from(lr: f64) -> Self {
        LearningRate::Same(lr)
    }
}

/// In few words, as a key of a table.
impl fmt::Display for LearningRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LearningRate::Same(lr) => write!(f, "{lr}"),
            LearningRate::Head(lr) => write!(f, "{lr} for the head"),
            LearningRate::Between(first, last) => write!(f, "{first} to {last}"),
            LearningRate::LayerWise { head, top, decay } => {
                write!(f, "{head} for the head then {top} times {decay} each")
            }
            LearningRate::Each(rates) => {
                let rates: Vec<String> = rates.iter().map(f64::to_string).collect();
                write!(f, "{}", rates.join(" "))
            }
        }
    }
}

impl LearningRate {
    /// One rate for each of `groups` groups.
    ///
    /// # Errors
    ///
    /// A rate is negative or no number, or [`Each`](Self::Each) has another length.
    pub fn of_groups(&self, groups: usize) -> Result<Vec<f64>> {
        let rates: Vec<f64> = match self {
            LearningRate::Same(lr) => vec![*lr; groups],
            LearningRate::Head(lr) => (1..=groups)
                .map(|group| if group == groups { *lr } else { lr / 10.0 })
                .collect(),
            LearningRate::Between(first, last) => {
                if let Some(end) = [first, last].into_iter().find(|end| **end <= 0.0) {
                    let expected = "more than 0 at both ends, for equal ratios between them";
                    return Err(Error::argument("learning rates", expected, end));
                }
                let steps = groups.saturating_sub(1);
                let ratio = (last / first).powf(1.0 / steps.max(1) as f64);
                (0..groups)
                    .map(|group| match group {
                        _ if group == steps => *last,
                        _ => first * ratio.powi(group as i32),
                    })
                    .collect()
            }
            LearningRate::LayerWise { head, top, decay } => {
                let below = |group: usize| top * decay.powi(groups as i32 - 2 - group as i32);
                let rate = |group| {
                    if group + 1 == groups {
                        *head
                    } else {
                        below(group)
                    }
                };
                (0..groups).map(rate).collect()
            }
            LearningRate::Each(rates) => rates.clone(),
        };
        if rates.len() != groups {
            let expected = format!("one for each of the {groups} parameter groups");
            return Err(Error::argument("learning rates", expected, rates.len()));
        }
        match rates
            .iter()
            .find(|rate| !(rate.is_finite() && **rate >= 0.0))
        {
            Some(rate) => Err(Error::argument("learning rate", "0 or more, finite", rate)),
            None => Ok(rates),
        }
    }

    /// The same rates, all multiplied.
    pub(super) fn scaled(&self, by: f64) -> Self {
        match self {
            LearningRate::Same(lr) => LearningRate::Same(lr * by),
            LearningRate::Head(lr) => LearningRate::Head(lr * by),
            LearningRate::Between(first, last) => LearningRate::Between(first * by, last * by),
            LearningRate::LayerWise { head, top, decay } => LearningRate::LayerWise {
                head: head * by,
                top: top * by,
                decay: *decay,
            },
            LearningRate::Each(rates) => {
                LearningRate::Each(rates.iter().map(|rate| rate * by).collect())
            }
        }
    }
}
