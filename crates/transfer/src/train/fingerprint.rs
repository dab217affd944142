//! What a checkpoint belongs to, line by line, so that a resumption by another net, configuration or data set can be
//! refused by name.

use std::collections::BTreeMap;
use std::hash::Hasher;

use tch::Tensor;

use super::TrainConfig;
use super::plan::Phase;
use super::snapshot::sorted_variables;
use super::source::Source;
use crate::Result;
use crate::models::Backbone;

const PLAN: &str = "plan: ";

/// Names and values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fingerprint(BTreeMap<String, String>);

impl Fingerprint {
    /// Of everything but the plan. Makes one batch of the pictures.
    pub(super) fn of(
        net: &dyn Backbone,
        config: &TrainConfig,
        train: &dyn Source,
        valid: Option<&dyn Source>,
    ) -> Result<Self> {
        let mut lines = BTreeMap::new();
        for (name, variable) in sorted_variables(net) {
            let value = format!("{:?} {:?}", variable.size(), variable.kind());
            lines.insert(format!("net: {name}"), value);
        }
        if net.variables().is_batch_norm_frozen() {
            lines.insert("net: batch normalisation".into(), "frozen".into());
        }
        let TrainConfig {
            optimizer,
            lr,
            schedule,
            loss,
            batch_loss,
            mix,
            clip_norm,
            l2_sp,
            bss,
            distillation,
            accumulate,
            precision,
            ema,
            early_stopping,
            snapshot_every: _,
            seed,
        } = config;
        let settings = [
            ("optimizer", format!("{optimizer:?}")),
            ("lr", format!("{lr:?}")),
            ("schedule", format!("{schedule:?}")),
            ("loss", format!("{loss:?}")),
            ("mix", format!("{mix:?}")),
            ("clip_norm", format!("{clip_norm:?}")),
            ("accumulate", accumulate.to_string()),
            ("precision", format!("{precision:?}")),
            ("ema", format!("{ema:?}")),
            ("early_stopping", format!("{early_stopping:?}")),
            ("seed", seed.to_string()),
        ];
        if let Some(penalty) = l2_sp {
            lines.insert("configuration: l2_sp".into(), format!("{penalty:?}"));
        }
        if let Some(penalty) = bss {
            lines.insert("configuration: bss".into(), format!("{penalty:?}"));
        }
        if let Some(distillation) = distillation {
            let value = format!("{distillation:?}");
            lines.insert("configuration: distillation".into(), value);
        }
        if let Some(loss) = batch_loss {
            lines.insert("configuration: batch_loss".into(), format!("{loss:?}"));
        }
        lines.extend(settings.map(|(name, value)| (format!("configuration: {name}"), value)));
        describe(&mut lines, "training data", train)?;
        if let Some(valid) = valid {
            describe(&mut lines, "validation data", valid)?;
        }
        Ok(Self(lines))
    }

    /// Adds what will be done. A phase that freezes nothing itself trains what is not frozen already.
    pub(super) fn add_plan(&mut self, net: &dyn Backbone, phases: &[Phase]) {
        for (number, phase) in (1..).zip(phases) {
            let name = format!("{PLAN}phase {number}");
            if phase.frozen.is_none() {
                self.0.insert(format!("{name}, frozen"), frozen(net));
            }
            self.0.insert(name, format!("{phase:?}"));
        }
    }

    /// Where `self`, of a checkpoint, differs from what is at hand; the plan counts only if both have one.
    pub(super) fn differences(&self, here: &Fingerprint) -> Vec<String> {
        let planned = |found: &Fingerprint| found.0.keys().any(|name| name.starts_with(PLAN));
        let both = planned(self) && planned(here);
        let names = self
            .0
            .keys()
            .chain(here.0.keys().filter(|name| !self.0.contains_key(*name)));
        let counted = names.filter(|name| both || !name.starts_with(PLAN));
        let value = |of: &Fingerprint, name: &str| {
            of.0.get(name)
                .cloned()
                .unwrap_or_else(|| "nothing".to_owned())
        };
        counted
            .map(|name| (name, value(self, name), value(here, name)))
            .filter(|(_, saved, here)| saved != here)
            .map(|(name, saved, here)| {
                format!("{name} is {saved} in the checkpoint and {here} here")
            })
            .collect()
    }

    pub(super) fn to_text(&self) -> String {
        self.0
            .iter()
            .map(|(name, value)| format!("{name}\t{value}\n"))
            .collect()
    }

    pub(super) fn from_text(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once('\t'));
        Self(
            lines
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }
}

/// The frozen steps, and variables elsewhere that require no gradient.
fn frozen(net: &dyn Backbone) -> String {
    let mut names = net.frozen();
    let groups = net.parameter_groups();
    let fixed = groups
        .iter()
        .flat_map(|group| &group.parameters)
        .filter(|(name, variable)| {
            let inside = |step: &String| name.starts_with(&format!("{step}."));
            !variable.requires_grad() && !names.iter().any(inside)
        });
    let fixed: Vec<String> = fixed.map(|(name, _)| name.clone()).collect();
    names.extend(fixed);
    names.join(" ")
}

fn describe(lines: &mut BTreeMap<String, String>, what: &str, source: &dyn Source) -> Result<()> {
    let dataset = source.dataset();
    let mut labels = Fnv::default();
    for label in dataset.labels() {
        labels.write(&(label as u64).to_le_bytes());
    }
    for target in (0..dataset.len()).flat_map(|index| dataset.targets(index)) {
        labels.write(&target.to_le_bytes());
    }
    let mut first = Fnv::default();
    if let Some(batch) = source.batches_from(1, 0).next() {
        let batch = batch?;
        for index in &batch.indices {
            first.write(&(*index as u64).to_le_bytes());
        }
        first.write(&bytes(&batch.xs)?);
    }
    let facts = [
        ("pictures", dataset.len().to_string()),
        ("classes", dataset.classes().join(", ")),
        ("labels", format!("{:016x}", labels.finish())),
        ("batches", source.num_batches().to_string()),
        ("transform and order", source.loader().recipe()),
        ("first batch", format!("{:016x}", first.finish())),
    ];
    lines.extend(
        facts.map(|(name, value)| (format!("{what}: {name}"), value.replace(['\n', '\t'], " "))),
    );
    Ok(())
}

fn bytes(tensor: &Tensor) -> Result<Vec<u8>> {
    let tensor = tensor.contiguous();
    let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
    tensor.f_copy_data_u8(&mut bytes, tensor.numel())?;
    Ok(bytes)
}

/// FNV-1a, which stays what it is when the standard library's hash changes.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
