//! The end of an epoch: the net is judged, and what came of it written down.

use super::callback::Flow;
use super::early_stopping;
use super::progress::Sums;
use super::run::Run;
use super::source::{classifies, judge};
use super::{Epoch, History, Stopped, resources};
use crate::{Error, Result};

impl Run<'_> {
    /// Judges the net and writes the epoch down.
    pub(super) fn finish_epoch(&mut self) -> Result<Flow> {
        let number = self.progress.epochs(&self.plan) + 1;
        let Sums {
            loss,
            correct,
            pictures,
            lr,
            seconds,
            cpu_seconds,
        } = self.progress.sums;
        if pictures == 0 {
            let History {
                skipped, too_small, ..
            } = &self.progress.history;
            let found = format!(
                "none in epoch {number} ({skipped} unreadable, {too_small} alone in their batch)"
            );
            let expected = "at least one of two or more readable pictures";
            return Err(Error::argument("batches to train on", expected, found));
        }
        self.check_finite()?;
        let (net, config) = (&*self.session.net, self.session.config);
        let judged = self.session.valid.map(|valid| match &self.progress.ema {
            Some(ema) => ema.with(net, || judge(net, valid, config)),
            None => judge(net, valid, config),
        });
        let judged = judged.transpose()?;
        let adaptation = self.session.adaptation.as_ref();
        let learns = adaptation.is_none_or(|adaptation| adaptation.learns_source());
        let accuracy = if learns && classifies(net, self.session.train, config) {
            correct / pictures as f64
        } else {
            f64::NAN
        };
        let (trainable, parameters) = net.parameter_counts();
        let epoch = Epoch {
            epoch: number,
            of: self.plan.epochs(),
            loss: loss / pictures as f64,
            accuracy,
            valid_loss: judged.as_ref().map(|judged| judged.loss),
            valid_accuracy: judged.as_ref().and_then(|judged| judged.accuracy),
            lr,
            pictures,
            seconds,
            cpu_seconds,
            peak_memory: resources::peak_memory(),
            gpu_memory: resources::gpu_memory(self.session.net.device()),
            trainable,
            parameters,
        };
        self.cpu = resources::cpu_seconds();
        if let Some(judged) = &judged {
            self.progress.history.note(&judged.skipped);
        }
        self.progress.history.epochs.push(epoch);
        let mut over = false;
        if let Some(stopping) = &config.early_stopping {
            let ema = self.progress.ema.as_ref();
            over = early_stopping::judge(stopping, &mut self.progress.best, &epoch, net, ema)?;
        }
        let (state, callback) = self.state();
        let flow = callback.epoch_end(&state, &epoch);
        self.progress.next_epoch();
        if over {
            let best = self
                .progress
                .best
                .as_ref()
                .map_or(number, |best| best.epoch);
            self.progress.history.stopped = Some(Stopped::Early { best });
            (self.progress.phase, self.progress.epoch) = (self.plan.phases.len(), 0);
        }
        Ok(flow)
    }
}
