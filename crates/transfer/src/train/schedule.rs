//! How the learning rate (and the momentum) move in the course of a training: functions of the step alone, so that
//! a resumed training needs no scheduler state.

use std::f64::consts::PI;

use crate::{Error, Result};

/// A stretch of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Span {
    /// So many optimiser steps.
    Steps(usize),
    /// So many passes over the data.
    Epochs(f64),
    /// A share of the whole, in [0, 1].
    Share(f64),
}

impl Span {
    /// Whether it can be a stretch of a training; `some` asks for more than none of it.
    fn check(self, some: bool) -> Result<()> {
        let (length, most) = match self {
            Span::Steps(steps) => (steps as f64, f64::MAX),
            Span::Epochs(epochs) => (epochs, f64::MAX),
            Span::Share(share) => (share, 1.0),
        };
        if (0.0..=most).contains(&length) && !(some && length == 0.0) {
            return Ok(());
        }
        let least = if some { "more than 0" } else { "0 or more" };
        let expected = format!("{least}, finite; a share is 1 at most");
        Err(Error::argument(
            "span of a schedule",
            expected,
            format!("{self:?}"),
        ))
    }
}

/// How long a training is, in optimiser steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeline {
    /// Passes over the data.
    pub epochs: usize,
    /// Optimiser steps of each.
    pub steps_per_epoch: usize,
}

impl Timeline {
    /// All steps together.
    #[must_use]
    pub fn steps(self) -> usize {
        self.epochs * self.steps_per_epoch
    }

    /// The span in steps: a whole number where it is one within rounding.
    fn resolve(self, span: Span) -> f64 {
        let steps = match span {
            Span::Steps(steps) => steps as f64,
            Span::Epochs(epochs) => epochs * self.steps_per_epoch as f64,
            Span::Share(share) => share * self.steps() as f64,
        };
        let whole = steps.round();
        if (steps - whole).abs() < 1e-9 * whole {
            whole
        } else {
            steps
        }
    }
}

/// Where the two libraries that know the one-cycle policy disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycleShape {
    /// fastai's `fit_one_cycle`: the last step is one step short of the end.
    FastAi,
    /// PyTorch's `OneCycleLR`: the peak and the end fall on steps; the end is `1 / (div · div_final)`.
    PyTorch,
}

/// One rise and one fall along cosines (Smith, "A disciplined approach to neural network hyper-parameters", 2018).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycle {
    /// The share of the steps in which the rate rises, in (0, 1).
    pub pct_start: f64,
    /// The peak divided by this is the first rate.
    pub div: f64,
    /// What the last rate is divided by: of the peak (fastai) or of the first rate (PyTorch).
    pub div_final: f64,
    /// Momentum (Adam: β₁) at both ends and at the peak; `None` leaves it as it is. SGD that was set up without any
    /// stays without.
    pub momentum: Option<(f64, f64)>,
    /// Whose arithmetic it is.
    pub shape: CycleShape,
}

impl OneCycle {
    /// The defaults of fastai's `fit_one_cycle`.
    pub const FASTAI: Self = Self {
        pct_start: 0.25,
        div: 25.0,
        div_final: 1e5,
        momentum: Some((0.95, 0.85)),
        shape: CycleShape::FastAi,
    };
    /// The defaults of PyTorch's `OneCycleLR`.
    pub const PYTORCH: Self = Self {
        pct_start: 0.3,
        div_final: 1e4,
        shape: CycleShape::PyTorch,
        ..Self::FASTAI
    };

    fn check(&self) -> Result<()> {
        let Self {
            pct_start,
            div,
            div_final,
            momentum,
            ..
        } = *self;
        if !(0.0..=1.0).contains(&pct_start) {
            return Err(Error::argument("pct_start", "a share, 0 to 1", pct_start));
        }
        if let Some(div) = [div, div_final]
            .into_iter()
            .find(|div| !(div.is_finite() && *div > 0.0))
        {
            return Err(Error::argument(
                "div or div_final",
                "more than 0, finite",
                div,
            ));
        }
        match momentum.filter(|(ends, peak)| [ends, peak].iter().any(|m| !(0.0..1.0).contains(*m)))
        {
            Some(momenta) => {
                let found = format!("{momenta:?}");
                Err(Error::argument(
                    "momentum of the cycle",
                    "0 or more, below 1",
                    found,
                ))
            }
            None => Ok(()),
        }
    }

    fn at(&self, step: f64, steps: f64) -> Rate {
        let (peak, last, end) = match self.shape {
            CycleShape::FastAi => (self.pct_start * steps, steps, 1.0 / self.div_final),
            CycleShape::PyTorch => (
                self.pct_start * steps - 1.0,
                steps - 1.0,
                1.0 / (self.div * self.div_final),
            ),
        };
        let rises = step < peak;
        let progress = if rises {
            step / peak
        } else if last > peak {
            (step - peak) / (last - peak)
        } else {
            1.0
        };
        let between = |ends: (f64, f64), middle: f64| {
            let (from, to) = if rises {
                (ends.0, middle)
            } else {
                (middle, ends.1)
            };
            to + (from - to) * half_cosine(progress)
        };
        Rate {
            factor: between((1.0 / self.div, end), 1.0),
            momentum: self.momentum.map(|(high, low)| between((high, high), low)),
        }
    }
}

/// The rate of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// What each group's learning rate is multiplied by.
    pub factor: f64,
    /// The momentum (Adam: β₁), where the schedule sets one.
    pub momentum: Option<f64>,
}

/// A schedule: set once per training, asked before every step.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// Always the same.
    Constant,
    /// Half a cosine from 1 to `end` (PyTorch's `CosineAnnealingLR`; Loshchilov and Hutter, 2017).
    Cosine {
        /// The share that is left at the end.
        end: f64,
    },
    /// [`OneCycle`].
    OneCycle(OneCycle),
    /// Times `gamma` after every span (PyTorch's `StepLR`).
    Step {
        /// The distance between two falls.
        every: Span,
        /// What the rate is multiplied by.
        gamma: f64,
    },
    /// A straight line from `from` to 1, then another schedule for the rest (PyTorch's `LinearLR` in a
    /// `SequentialLR`; Goyal et al., "Accurate, Large Minibatch SGD", 2017).
    WarmUp {
        /// How long it rises.
        over: Span,
        /// The share that it starts with.
        from: f64,
        /// What follows, beginning at its own first step.
        then: Box<Schedule>,
    },
}

impl Schedule {
    /// `self` after a linear rise from a hundredth.
    #[must_use]
    pub fn warmed_up(self, over: Span) -> Self {
        Schedule::WarmUp {
            over,
            from: 0.01,
            then: Box::new(self),
        }
    }

    /// Whether the numbers make sense.
    pub(super) fn check(&self) -> Result<()> {
        let size = |what, value: f64| match value.is_finite() && value >= 0.0 {
            true => Ok(()),
            false => Err(Error::argument(what, "0 or more, finite", value)),
        };
        match self {
            Schedule::Constant => Ok(()),
            Schedule::Cosine { end } => size("end of the cosine", *end),
            Schedule::OneCycle(cycle) => cycle.check(),
            Schedule::Step { every, gamma } => {
                every.check(true)?;
                size("gamma", *gamma)
            }
            Schedule::WarmUp { over, from, then } => {
                over.check(false)?;
                size("start of the warm-up", *from)?;
                then.check()
            }
        }
    }

    /// The rate of step `step` (from 0) of a training of that length.
    #[must_use]
    pub fn at(&self, step: usize, timeline: Timeline) -> Rate {
        self.rate(step as f64, timeline.steps() as f64, timeline)
    }

    fn rate(&self, step: f64, steps: f64, timeline: Timeline) -> Rate {
        let factor = match self {
            Schedule::Constant => 1.0,
            Schedule::Cosine { end } => {
                end + (1.0 - end) * half_cosine(step / steps.max(f64::MIN_POSITIVE))
            }
            Schedule::OneCycle(cycle) => return cycle.at(step, steps),
            Schedule::Step { every, gamma } => {
                gamma.powf((step / timeline.resolve(*every).max(1.0)).floor())
            }
            Schedule::WarmUp { over, from, then } => {
                let rise = timeline.resolve(*over);
                if step >= rise {
                    return then.rate(step - rise, steps - rise, timeline);
                }
                from + (1.0 - from) * step / rise
            }
        };
        Rate {
            factor,
            momentum: None,
        }
    }
}

/// From 1 to 0 while `progress` goes from 0 to 1.
fn half_cosine(progress: f64) -> f64 {
    0.5 * (1.0 + (PI * progress).cos())
}
