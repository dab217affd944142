//! The training loop: phases, epochs, and what is kept on the way.

use super::callback::{Callback, Flow, State};
use super::ema::all_finite;
use super::fingerprint::Fingerprint;
use super::groups::freeze_only;
use super::plan::{Phase, Plan};
use super::progress::Progress;
use super::session::Session;
use super::snapshot::{Snapshot, sorted_variables};
use super::source::SomeBatches;
use super::train_state;
use super::{History, Optimizer, Stopped};
use crate::checkpoint::StateDict;
use crate::{Error, Result, check_interrupt};

/// A training under way.
pub(super) struct Run<'a> {
    pub(super) session: Session<'a>,
    pub(super) plan: Plan<'a>,
    pub(super) progress: Progress,
    /// The last good state.
    pub(super) good: Snapshot,
    /// What a resumed optimiser is to take up.
    pub(super) optimizer_state: Option<StateDict>,
    pub(super) fingerprint: Fingerprint,
    /// The processor time at the end of the last step.
    pub(super) cpu: Option<f64>,
}

impl Run<'_> {
    /// From here to the end: what happened, also where an error ended it.
    pub(super) fn all(mut self) -> (History, Result<()>) {
        let outcome = self.run_phases();
        (self.progress.history, outcome)
    }

    fn run_phases(&mut self) -> Result<()> {
        let flow = match self.phases() {
            Err(error @ Error::Diverged { .. }) => {
                self.good.restore(self.session.net)?;
                return Err(error);
            }
            flow => flow?,
        };
        if flow == Flow::Stop && self.progress.steps(&self.plan) < self.plan.steps() {
            self.progress.history.stopped = Some(Stopped::ByCallback);
        }
        let best = self.progress.best.as_ref();
        match best.and_then(|best| best.weights.as_ref()) {
            Some(weights) => weights.restore(self.session.net)?,
            None => {
                if let Some(ema) = &self.progress.ema {
                    ema.apply(self.session.net)?;
                }
            }
        }
        let (state, callback) = self.state();
        callback.train_end(&state);
        Ok(())
    }

    fn phases(&mut self) -> Result<Flow> {
        let (state, callback) = self.state();
        if callback.train_begin(&state) == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let (train, phases) = (self.session.train, self.session.phases);
        // One stream over all epochs: the next one's first pictures are decoded while the net is judged.
        let begin = self.progress.data_epoch(&self.plan);
        let end = self.progress.earlier_epochs + self.plan.epochs() + 1;
        let mut incoming = train.epochs(begin..end, self.progress.batch);
        while let Some(phase) = phases.get(self.progress.phase) {
            if let Some(frozen) = &phase.frozen {
                freeze_only(self.session.net, frozen)?;
            }
            let mut groups = self.session.net.parameter_groups();
            let mut lrs = phase.lr.of_groups(groups.len())?;
            if let Some(adaptation) = &self.session.adaptation {
                groups.extend(adaptation.parameter_groups());
                let head = lrs.last().copied().unwrap_or_default();
                lrs.resize(groups.len(), head);
            }
            let mut optimizer = Optimizer::new(self.session.config.optimizer, groups);
            if let Some(state) = self.optimizer_state.take() {
                optimizer.load_state(&state)?;
            }
            self.progress.optimizer = Some(optimizer);
            while self.progress.epoch < phase.epochs && self.progress.phase < phases.len() {
                if self.epoch(phase, &lrs, &mut incoming)? == Flow::Stop {
                    return Ok(Flow::Stop);
                }
            }
            if self.progress.phase < phases.len() {
                self.progress.next_phase();
            }
        }
        self.checkpoint(true)?;
        Ok(Flow::Continue)
    }

    fn epoch(
        &mut self,
        phase: &Phase,
        lrs: &[f64],
        incoming: &mut SomeBatches<'_>,
    ) -> Result<Flow> {
        self.keep_good()?;
        let (state, callback) = self.state();
        if callback.epoch_begin(&state) == Flow::Stop {
            self.checkpoint(true)?;
            return Ok(Flow::Stop);
        }
        if let Some(adaptation) = &mut self.session.adaptation {
            adaptation.epoch(self.session.net)?;
        }
        let batches = self.plan.batches;
        while self.progress.batch < batches {
            if let Err(interrupted) = check_interrupt() {
                self.checkpoint(true)?;
                return Err(interrupted);
            }
            let stepped = self.step(phase, lrs, incoming)?;
            let mut flow = Flow::Continue;
            if stepped {
                let (state, callback) = self.state();
                flow = callback.step_end(&state);
            }
            if self.progress.batch < batches {
                let steps = self.progress.steps(&self.plan);
                let every = self.session.config.snapshot_every;
                if every.is_some_and(|every| steps.is_multiple_of(every)) {
                    self.keep_good()?;
                }
                self.checkpoint(flow == Flow::Stop)?;
            }
            if flow == Flow::Stop && self.progress.batch < batches {
                return Ok(Flow::Stop);
            }
            if flow == Flow::Stop {
                self.finish_epoch()?;
                self.checkpoint(true)?;
                return Ok(Flow::Stop);
            }
        }
        let flow = self.finish_epoch()?;
        self.checkpoint(flow == Flow::Stop)?;
        Ok(flow)
    }

    /// The training as callbacks see it, and the callback.
    pub(super) fn state(&mut self) -> (State<'_>, &mut dyn Callback) {
        let (plan, progress) = (&self.plan, &self.progress);
        let (step, steps) = (progress.steps(plan), plan.steps());
        let sums = &progress.sums;
        let images_per_second = sums.pictures as f64 / sums.seconds.max(1e-9);
        // At the start of an epoch, the epoch before tells.
        let recent = progress
            .history
            .epochs
            .last()
            .map(|last| last.seconds / plan.steps_per_epoch() as f64);
        let of_step = match progress.batch.div_ceil(plan.accumulate) {
            0 => recent.unwrap_or_default(),
            done => sums.seconds / done as f64,
        };
        let state = State {
            net: &*self.session.net,
            epoch: (progress.epochs(plan) + 1).min(plan.epochs()),
            epochs: plan.epochs(),
            step,
            steps,
            last: progress.history.steps.last(),
            images_per_second,
            eta_seconds: of_step * (steps - step) as f64,
            history: &progress.history,
        };
        (state, &mut *self.session.callback)
    }

    /// What a training must not be saved or judged with.
    pub(super) fn check_finite(&self) -> Result<()> {
        let variables = sorted_variables(self.session.net);
        if all_finite(variables.iter().map(|(_, variable)| variable)) {
            return Ok(());
        }
        let last = self.progress.history.steps.last();
        Err(Error::Diverged {
            epoch: last.map_or(0, |last| last.epoch),
            step: last.map_or(0, |last| last.step),
            lr: self.progress.sums.lr,
            reason: "a weight or a running statistic is no longer finite".to_owned(),
        })
    }

    fn keep_good(&mut self) -> Result<()> {
        self.check_finite()?;
        self.good = Snapshot::of(self.session.net);
        Ok(())
    }

    /// Writes a checkpoint if it is time for one; `now` says that it is.
    fn checkpoint(&mut self, now: bool) -> Result<()> {
        let (steps, epochs) = (
            self.progress.steps(&self.plan),
            self.progress.epochs(&self.plan),
        );
        let Some(checkpoints) = &self.session.checkpoints else {
            return Ok(());
        };
        let at_end = self.progress.batch == 0;
        if !checkpoints.is_due(steps, at_end.then_some(epochs), now) {
            return Ok(());
        }
        self.check_finite()?;
        let tensors = train_state::encode(self.session.net, &self.progress, &self.fingerprint);
        if let Some(checkpoints) = &mut self.session.checkpoints {
            checkpoints.write(steps, &tensors)?;
        }
        Ok(())
    }
}
