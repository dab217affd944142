//! A domain that a net is to be adapted to, as a part of every step of a training.

use std::sync::Arc;

use tch::{Kind, Tensor};

use crate::adapt::{BatchNormStatistics, DomainOutputs, Method, SourceUse, Views};
use crate::data::{Batch, Batches, DataLoader, Skipped, Transform, Unlabelled};
use crate::models::{Backbone, ParameterGroup};
use crate::train::{Snapshot, TrainConfig, features_of};
use crate::{Error, Result};

/// Pictures of the target domain, and the method by which a [`Learner`](crate::train::Learner) adapts its net to them while it learns the
/// labelled pictures of the source. The labels of these pictures, if they have any, are out of reach.
///
/// In every step the net sees a batch of each domain, one after the other, so that batch normalisation has statistics of one
/// domain at a time. Its running statistics are kept apart too: between steps, and at the end, the net has the target's
/// (also when it is [validated](crate::train::Learner::validate_on), on whatever pictures).
///
/// ```
/// use transfer::adapt;
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let loader = |domain: Domain| {
///     let pictures = Arc::new(Leaves::new(SpeciesSet::Novel, 1, 16, 0).domain(domain));
///     DataLoader::new(pictures, Transform::square(16), 6).shuffled(0)
/// };
/// let net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 12, Device::Cpu, 0);
/// let to_ink = Adaptation::new(&loader(Domain::Ink), adapt::method("DANN")?);
/// let mut learner = Learner::new(Box::new(net), loader(Domain::Photo)).adapt_to(to_ink);
/// learner.fit(1)?;
/// assert_eq!(learner.adaptation().unwrap().losses().len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Adaptation {
    target: DataLoader,
    still: Transform,
    method: Box<dyn Method>,
    /// Once a training has begun.
    begun: Option<Begun>,
    losses: Vec<f64>,
}

#[derive(Debug)]
struct Begun {
    /// The source's running statistics, while the net has the target's.
    source: BatchNormStatistics,
    /// The net as it was, where the method wants the source's features from then.
    frozen: Option<Snapshot>,
    /// The next epoch of the target's pictures, and what is left of this one.
    epoch: usize,
    incoming: Option<Batches>,
}

/// What came of a step.
pub(in crate::train) struct Adapted {
    /// Of the source's pictures; `None` where they are not learned from.
    pub(in crate::train) logits: Option<Tensor>,
    /// Pictures of the target that could not be decoded.
    pub(in crate::train) skipped: Vec<Skipped>,
    /// What is to be added to the loss.
    pub(in crate::train) loss: Tensor,
}

impl Adaptation {
    /// Adapts to the pictures of `target`, in whose order and batches they are shown, however often in an epoch of the source.
    #[must_use]
    pub fn new(target: &DataLoader, method: Box<dyn Method>) -> Self {
        let unlabelled = Unlabelled::new(target.dataset().clone());
        Self {
            still: target.transform().clone(),
            target: target.of(Arc::new(unlabelled)),
            method,
            begun: None,
            losses: Vec::new(),
        }
    }

    /// How pictures are shown when a method looks at all of them before an epoch; unless set, as in training.
    #[must_use]
    pub fn still(mut self, transform: Transform) -> Self {
        self.still = transform;
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &dyn Method {
        &*self.method
    }

    /// What was added to the source's cross-entropy, batch by batch.
    #[must_use]
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// Whether the net learns from the source's labels.
    pub(in crate::train) fn learns_source(&self) -> bool {
        self.method.source_use() == SourceUse::Learned
    }

    pub(in crate::train) fn parameter_groups(&self) -> Vec<ParameterGroup> {
        self.method.parameter_groups()
    }

    /// Before the first step of a training.
    pub(in crate::train) fn begin(
        &mut self,
        net: &mut dyn Backbone,
        config: &TrainConfig,
    ) -> Result<()> {
        if config.mix.is_some() || config.batch_loss.is_some() {
            let expected = "no mix and no loss of one's own while the net adapts to another domain";
            return Err(Error::argument("configuration", expected, "one of them"));
        }
        if self.target.num_batches() == 0 {
            let expected = "at least one batch";
            return Err(Error::argument("pictures of the target", expected, "none"));
        }
        if self.begun.is_none() {
            self.method.begin(net, config.seed)?;
            let frozen = self.method.source_use() == SourceUse::Frozen;
            self.begun = Some(Begun {
                source: BatchNormStatistics::of(net),
                frozen: frozen.then(|| Snapshot::of(net)),
                epoch: 1,
                incoming: None,
            });
        }
        Ok(())
    }

    /// Before each epoch.
    pub(in crate::train) fn epoch(&mut self, net: &dyn Backbone) -> Result<()> {
        if !self.method.looks_at_all() {
            return Ok(());
        }
        let still = self.target.in_order().transformed(self.still.clone());
        if self.losses.is_empty() {
            // The running statistics are still the source's.
            let device = net.device();
            let pictures = still
                .batches(0)
                .map(|batch| Ok(batch?.xs.to_device(device)));
            BatchNormStatistics::adapt(net, pictures)?;
        }
        let all = features_of(net, &still)?;
        tch::no_grad(|| {
            let features = all.xs.to_device(net.device());
            let logits = net.classify(&features, false);
            let outputs = DomainOutputs {
                features: &features,
                logits: &logits,
            };
            self.method.epoch(&outputs, &all.indices)
        })
    }

    /// The net's outputs for a batch of the source, and what the method makes of it and of a batch of the target.
    pub(in crate::train) fn step(
        &mut self,
        net: &dyn Backbone,
        (xs, labels): (&Tensor, &Tensor),
        progress: f64,
        config: &TrainConfig,
    ) -> Result<Adapted> {
        let Some(begun) = &mut self.begun else {
            return Err(Error::argument(
                "adaptation",
                "one that was begun",
                "one that was not",
            ));
        };
        let mut skipped = Vec::new();
        let batch = begun.next(&self.target, &mut skipped)?;
        let device = net.device();
        let outputs = |features: Tensor| {
            let features = features.to_kind(Kind::Float);
            let logits = net.classify(&features, true);
            (features, logits)
        };
        let source = match self.method.source_use() {
            SourceUse::Unused => None,
            SourceUse::Learned => {
                begun.source.swap(net);
                let seen = outputs(net.features(&xs.to_device(device), true));
                begun.source.swap(net);
                Some(seen)
            }
            SourceUse::Frozen => Some(begun.as_it_was(net, || {
                let features = net.features(&xs.to_device(device), false);
                let features = features.to_kind(Kind::Float);
                let logits = net.classify(&features, false);
                (features, logits)
            })?),
        };
        let theirs = config.precision.cast(&batch.xs.to_device(device));
        let target = outputs(net.features(&theirs, true));
        let views = Views {
            net,
            source: source
                .as_ref()
                .map(|(features, logits)| DomainOutputs { features, logits }),
            source_labels: &labels.to_device(device),
            target: DomainOutputs {
                features: &target.0,
                logits: &target.1,
            },
            indices: &batch.indices,
            progress,
        };
        let loss = self.method.loss(&views)?;
        self.losses.push(loss.double_value(&[]));
        let learned = self.learns_source();
        Ok(Adapted {
            logits: source.filter(|_| learned).map(|(_, logits)| logits),
            skipped,
            loss,
        })
    }
}

impl Begun {
    /// The next batch of two pictures or more; after the last one of an epoch, the first of the next.
    fn next(&mut self, target: &DataLoader, skipped: &mut Vec<Skipped>) -> Result<Batch> {
        let mut empty_epochs = 0;
        while empty_epochs < 2 {
            let incoming = self
                .incoming
                .get_or_insert_with(|| target.batches(self.epoch));
            match incoming.next() {
                Some(batch) => {
                    let mut batch = batch?;
                    skipped.append(&mut batch.skipped);
                    // Batch normalisation has no statistics of a single picture.
                    if batch.indices.len() > 1 {
                        return Ok(batch);
                    }
                }
                None => {
                    self.epoch += 1;
                    self.incoming = None;
                    empty_epochs += 1;
                }
            }
        }
        let expected = "at least one batch of two or more that can be read";
        Err(Error::argument("pictures of the target", expected, "none"))
    }

    /// What the net as it was when the adaptation began makes of something, without gradients.
    fn as_it_was<T>(&self, net: &dyn Backbone, of: impl FnOnce() -> T) -> Result<T> {
        let Some(frozen) = &self.frozen else {
            return Ok(tch::no_grad(of));
        };
        let now = Snapshot::of(net);
        frozen.restore(net)?;
        let made = tch::no_grad(of);
        now.restore(net)?;
        Ok(made)
    }
}
