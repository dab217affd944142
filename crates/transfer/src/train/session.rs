//! What one training needs, checked and put in place before the first step.

use super::callback::Callback;
use super::checkpoints::Checkpoints;
use super::fingerprint::Fingerprint;
use super::plan::{Phase, Plan};
use super::progress::Progress;
use super::run::Run;
use super::snapshot::Snapshot;
use super::source::Source;
use super::train_state::TrainState;
use super::{Adaptation, Ema, History, TrainConfig, resources};
use crate::models::Backbone;
use crate::{Error, Result};

/// Everything that one training needs.
pub(super) struct Session<'a> {
    pub(super) net: &'a mut dyn Backbone,
    pub(super) train: &'a dyn Source,
    pub(super) valid: Option<&'a dyn Source>,
    pub(super) config: &'a TrainConfig,
    pub(super) phases: &'a [Phase],
    pub(super) callback: &'a mut dyn Callback,
    pub(super) checkpoints: Option<&'a mut Checkpoints>,
    /// Another domain that the net is to be adapted to.
    pub(super) adaptation: Option<&'a mut Adaptation>,
    /// Epochs that the net was trained for before.
    pub(super) earlier_epochs: usize,
}

impl<'a> Session<'a> {
    /// Trains from the beginning; what came of it.
    pub(super) fn run(self) -> Result<(History, Result<()>)> {
        Ok(self.begin(None)?.all())
    }

    /// Checks everything and puts it in place, at the beginning or where `resumed` was.
    pub(super) fn begin(mut self, resumed: Option<&TrainState>) -> Result<Run<'a>> {
        if let Some(valid) = self.valid {
            check_classes(self.train, valid)?;
        }
        // A loss of the batch makes of labels what it likes.
        for source in [Some(self.train), self.valid].into_iter().flatten() {
            if self.config.batch_loss.is_none() {
                check_labels(self.net, source)?;
            }
        }
        self.config
            .check(self.net.num_classes().unwrap_or_default())?;
        for phase in self.phases {
            phase.schedule.check()?;
        }
        if let Some(adaptation) = &mut self.adaptation {
            if self.checkpoints.is_some() || resumed.is_some() {
                let expected = "none while the net adapts to another domain: what its method has learned is not in them";
                return Err(Error::argument(
                    "checkpoints",
                    expected,
                    "a folder for them",
                ));
            }
            if self.config.bss.is_some() || self.config.distillation.is_some() {
                let expected = "none while the net adapts to another domain";
                let found = format!("{:?}, {:?}", self.config.bss, self.config.distillation);
                return Err(Error::argument(
                    "shrinkage and distillation",
                    expected,
                    found,
                ));
            }
            adaptation.begin(self.net, self.config)?;
        }
        let planned = self.phases.iter().any(|phase| phase.frozen.is_some());
        if !planned && self.net.parameter_counts().0 == 0 {
            let expected = "at least one that learns";
            return Err(Error::argument("layers", expected, "all of them frozen"));
        }
        let plan = Plan {
            phases: self.phases,
            batches: self.train.num_batches(),
            accumulate: self.config.accumulate,
        };
        let mut fingerprint = None;
        if self.checkpoints.is_some() || resumed.is_some() {
            let mut found = Fingerprint::of(self.net, self.config, self.train, self.valid)?;
            found.add_plan(self.net, self.phases);
            fingerprint = Some(found);
        }
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.begin(resumed.is_some())?;
        }
        let mut run = Run {
            good: Snapshot::of(self.net),
            progress: Progress {
                earlier_epochs: self.earlier_epochs,
                ..Progress::default()
            },
            optimizer_state: None,
            fingerprint: fingerprint.unwrap_or_default(),
            cpu: resources::cpu_seconds(),
            plan,
            session: self,
        };
        if let Some(decay) = run.session.config.ema {
            run.progress.ema = Some(Ema::new(run.session.net, decay));
        }
        if let Some(state) = resumed {
            let plan = run.fingerprint.clone();
            run.optimizer_state = Some(state.restore(&plan, run.session.net, &mut run.progress)?);
        }
        Ok(run)
    }
}

/// Every label needs a column of the head; without one, tch panics in the first step.
pub(super) fn check_labels(net: &dyn Backbone, source: &dyn Source) -> Result<()> {
    if source.dataset().classes().is_empty() {
        let expected = "labelled pictures: a data set with classes";
        return Err(Error::argument("pictures", expected, "unlabelled ones"));
    }
    let label = source.dataset().labels().into_iter().max();
    match (net.num_classes(), label) {
        (Some(width), Some(label)) if label as i64 >= width => {
            let expected = format!("below {width}, the outputs of the head (see replace_head)");
            Err(Error::argument("label", expected, label))
        }
        _ => Ok(()),
    }
}

/// A label is a place among the classes: data sets of other classes, or of another order, would be judged wrongly without
/// a word. One may lack the last classes of the other.
pub(super) fn check_classes(train: &dyn Source, other: &dyn Source) -> Result<()> {
    let (ours, theirs) = (train.dataset().classes(), other.dataset().classes());
    if ours.iter().zip(theirs).all(|(one, other)| one == other) {
        return Ok(());
    }
    let expected = format!(
        "{ours:?}, as the pictures that are learned from (ImageFolder::open_splits and CsvOptions::classes see to that)"
    );
    Err(Error::argument(
        "classes of the pictures to judge by",
        expected,
        format!("{theirs:?}"),
    ))
}
