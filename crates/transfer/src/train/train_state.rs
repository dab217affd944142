//! A training's whole state as one state dict: everything that the next step depends on is a tensor in it, text
//! included, so that one file written at once holds it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use tch::{Kind, Tensor};

use super::early_stopping::Best;
use super::fingerprint::Fingerprint;
use super::progress::{Progress, Sums};
use super::snapshot::{Snapshot, copy_into};
use super::{History, Stopped};
use crate::checkpoint::StateDict;
use crate::data::Skipped;
use crate::models::Backbone;
use crate::{Error, Result};

/// The state of a training whose fingerprint is `fingerprint`, between two steps.
pub(super) fn encode(
    net: &dyn Backbone,
    progress: &Progress,
    fingerprint: &Fingerprint,
) -> StateDict {
    let mut tensors = StateDict::new();
    let mut put = |prefix: &str, of: &StateDict| {
        tensors.extend(
            of.iter()
                .map(|(name, tensor)| (format!("{prefix}{name}"), tensor.shallow_clone())),
        );
    };
    put("net.", Snapshot::of(net).tensors());
    let mut fields = fields_of(progress);
    if let Some(optimizer) = &progress.optimizer {
        put("optimizer.", &optimizer.state());
    }
    if let Some(ema) = &progress.ema {
        let (shadow, updates) = ema.state();
        put("ema.", shadow);
        fields.push(("ema_updates", updates.to_string()));
    }
    if let Some(best) = &progress.best {
        fields.push(("best_epoch", best.epoch.to_string()));
        fields.push(("best_value", best.value.to_string()));
        if let Some(weights) = &best.weights {
            put("best.", weights.tensors());
        }
    }
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    let texts = [
        ("progress", fields),
        ("fingerprint", fingerprint.to_text()),
        ("epochs", progress.history.epochs_to_csv()),
        ("steps", progress.history.steps_to_csv()),
        ("unreadable", Skipped::to_text(&progress.history.unreadable)),
    ];
    for (name, text) in texts {
        tensors.insert(format!("text.{name}"), Tensor::from_slice(text.as_bytes()));
    }
    tensors
}

fn fields_of(progress: &Progress) -> Vec<(&'static str, String)> {
    let Sums {
        loss,
        correct,
        pictures,
        lr,
        seconds,
        cpu_seconds,
    } = progress.sums;
    let history = &progress.history;
    let mut fields = vec![
        ("phase", progress.phase.to_string()),
        ("epoch", progress.epoch.to_string()),
        ("batch", progress.batch.to_string()),
        ("earlier_epochs", progress.earlier_epochs.to_string()),
        ("loss", loss.to_string()),
        ("correct", correct.to_string()),
        ("pictures", pictures.to_string()),
        ("lr", lr.to_string()),
        ("seconds", seconds.to_string()),
        ("skipped", history.skipped.to_string()),
        ("too_small", history.too_small.to_string()),
    ];
    if let Some(seconds) = cpu_seconds {
        fields.push(("cpu_seconds", seconds.to_string()));
    }
    if let Some(Stopped::Early { best }) = history.stopped {
        fields.push(("stopped_early", best.to_string()));
    }
    fields
}

fn field<'a>(fields: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = fields.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// A checkpoint that was read and not yet taken up.
#[derive(Debug)]
pub(super) struct TrainState {
    pub(super) path: PathBuf,
    pub(super) tensors: StateDict,
}

impl TrainState {
    /// Refuses what is not of this net, configuration and data.
    pub(super) fn check(&self, here: &Fingerprint) -> Result<()> {
        let saved = Fingerprint::from_text(&self.text("fingerprint")?);
        let differences = saved.differences(here);
        if differences.is_empty() {
            return Ok(());
        }
        const SHOWN: usize = 4;
        let mut difference = differences
            .iter()
            .take(SHOWN)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("; ");
        if differences.len() > SHOWN {
            difference += &format!("; and {} more", differences.len() - SHOWN);
        }
        Err(Error::CannotResume {
            path: self.path.clone(),
            difference,
        })
    }

    /// Gives the net the weights of the last step.
    pub(super) fn restore_net(&self, net: &dyn Backbone) -> Result<()> {
        copy_into(net, &self.part("net."))
    }

    /// Puts everything back; what the optimiser is to take up once there is one.
    pub(super) fn restore(
        &self,
        here: &Fingerprint,
        net: &dyn Backbone,
        progress: &mut Progress,
    ) -> Result<StateDict> {
        self.check(here)?;
        let fields = self.text("progress")?;
        let field = |name: &str| field(&fields, name);
        progress.phase = self.number(field("phase"))?;
        progress.epoch = self.number(field("epoch"))?;
        progress.batch = self.number(field("batch"))?;
        progress.sums = Sums {
            loss: self.number(field("loss"))?,
            correct: self.number(field("correct"))?,
            pictures: self.number(field("pictures"))?,
            lr: self.number(field("lr"))?,
            seconds: self.number(field("seconds"))?,
            cpu_seconds: field("cpu_seconds")
                .map(|text| self.number(Some(text)))
                .transpose()?,
        };
        progress.history = self.history()?;
        if let Some(ema) = &mut progress.ema {
            ema.restore(&self.part("ema."), self.number(field("ema_updates"))?)?;
        }
        if let Some(epoch) = field("best_epoch") {
            let weights = self.part("best.");
            // On the net's device, as if they had been copied from it.
            let weights = weights
                .into_iter()
                .map(|(name, tensor)| (name, tensor.to_device(net.device())));
            let weights: StateDict = weights.collect();
            progress.best = Some(Best {
                epoch: self.number(Some(epoch))?,
                value: self.number(field("best_value"))?,
                weights: (!weights.is_empty()).then(|| Snapshot::from_tensors(weights)),
            });
        }
        self.restore_net(net)?;
        Ok(self.part("optimizer."))
    }

    /// How many epochs the net was trained for before this training.
    pub(super) fn earlier_epochs(&self) -> Result<usize> {
        self.number(field(&self.text("progress")?, "earlier_epochs"))
    }

    /// The history so far.
    pub(super) fn history(&self) -> Result<History> {
        let fields = self.text("progress")?;
        let field = |name: &str| field(&fields, name);
        let early = field("stopped_early")
            .map(|best| self.number(Some(best)))
            .transpose()?;
        Ok(History {
            skipped: self.number(field("skipped"))?,
            too_small: self.number(field("too_small"))?,
            unreadable: self.unreadable(),
            stopped: early.map(|best| Stopped::Early { best }),
            ..History::from_csv(&self.text("epochs")?, &self.text("steps")?)?
        })
    }

    /// None in a checkpoint from before they were written down.
    fn unreadable(&self) -> Vec<Skipped> {
        Skipped::from_text(&self.text("unreadable").unwrap_or_default())
    }

    fn part(&self, prefix: &str) -> StateDict {
        let named = |(name, tensor): (&String, &Tensor)| {
            Some((
                name.strip_prefix(prefix)?.to_owned(),
                tensor.shallow_clone(),
            ))
        };
        self.tensors.iter().filter_map(named).collect()
    }

    fn text(&self, name: &str) -> Result<String> {
        let tensor = self.tensors.get(&format!("text.{name}"));
        let tensor = tensor.filter(|tensor| tensor.kind() == Kind::Uint8 && tensor.dim() == 1);
        tensor
            .and_then(|tensor| Vec::<u8>::try_from(tensor).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| {
                self.damaged(&format!(
                    "it has no text {name:?}: it is no checkpoint of a training"
                ))
            })
    }

    fn number<T: FromStr>(&self, text: Option<&str>) -> Result<T> {
        let number = text.and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.damaged("a number of its state is missing"))
    }

    fn damaged(&self, reason: &str) -> Error {
        let path: &Path = &self.path;
        Error::DamagedCheckpoint {
            path: path.into(),
            reason: reason.to_owned(),
        }
    }
}
