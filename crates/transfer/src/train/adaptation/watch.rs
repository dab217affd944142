//! What is noted of a net after every epoch, without a label of the target.

use std::cell::RefCell;
use std::rc::Rc;

use tch::{Kind, Tensor};

use super::Domains;
use super::outcome::Watched;
use crate::adapt::{BatchNormStatistics, deep_embedded_validation, density_ratios, select};
use crate::models::Backbone;
use crate::train::{Callback, Epoch, Features, Flow, State, features_of, predict};
use crate::{Error, Result};

/// What a callback brings home.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) epochs: Vec<Watched>,
    pub(super) failed: Option<Error>,
}

/// Looks at the net after every epoch.
pub(super) struct Watch {
    pub(super) domains: Domains,
    /// Whether the net is looked at with the target's statistics.
    pub(super) statistics: bool,
    /// Whether there are pictures of the source to estimate a risk by.
    pub(super) by_source: bool,
    pub(super) notes: Rc<RefCell<Notes>>,
}

impl Watch {
    fn look(&self, net: &dyn Backbone) -> Result<Watched> {
        if !self.statistics {
            return self.domains.watch(net, self.by_source);
        }
        let mut before = BatchNormStatistics::of(net);
        let seen = self
            .domains
            .adapt_statistics(net)
            .and_then(|()| self.domains.watch(net, self.by_source));
        before.swap(net);
        seen
    }
}

impl Callback for Watch {
    fn epoch_end(&mut self, state: &State<'_>, _: &Epoch) -> Flow {
        let seen = self.look(state.net);
        let mut notes = self.notes.borrow_mut();
        match seen {
            Ok(watched) => {
                notes.epochs.push(watched);
                Flow::Continue
            }
            Err(error) => {
                notes.failed = Some(error);
                Flow::Stop
            }
        }
    }
}

impl Domains {
    /// What can be said of a net without labels of the target.
    fn watch(&self, net: &dyn Backbone, by_source: bool) -> Result<Watched> {
        let watched = features_of(net, &self.watched)?;
        let logits = |of: &Features| {
            let said = tch::no_grad(|| net.classify(&of.xs.to_device(net.device()), false));
            said.to_device(tch::Device::Cpu).to_kind(Kind::Float)
        };
        let [entropy, maximised, density] = select::of_logits(&logits(&watched))?;
        let risk = match by_source {
            true => self.risk(net, &watched.xs, &logits)?,
            false => f64::NAN,
        };
        let said = predict(net, &self.judged)?.predictions;
        let said = Vec::<i64>::try_from(&said)?;
        Ok(Watched {
            criteria: [entropy, maximised, density, risk],
            said: said.into_iter().map(|class| class as usize).collect(),
        })
    }

    /// [`deep_embedded_validation`] by what was held out of the source.
    fn risk(
        &self,
        net: &dyn Backbone,
        watched: &Tensor,
        logits: &dyn Fn(&Features) -> Tensor,
    ) -> Result<f64> {
        let held_out = features_of(net, &self.held_out)?;
        // One half of what was held out says what the source looks like, the other has its losses weighed.
        let half = |xs: &Tensor, start: i64| xs.slice(0, start, None, 2);
        let losses = half(&logits(&held_out), 1).f_cross_entropy_loss::<Tensor>(
            &half(&held_out.labels, 1),
            None,
            tch::Reduction::None,
            -100,
            0.0,
        )?;
        let (known, weighed) = (half(&held_out.xs, 0), half(&held_out.xs, 1));
        let weights = density_ratios(&known, watched, &weighed)?;
        deep_embedded_validation(&losses, &weights)
    }
}
