//! Nets that read: the vectors of texts, a step of training a classifier of them.

use std::path::Path;

use transfer::models::{Bert, TextClassifier, TextEncoder};
use transfer::prelude::{Device, Kind, OptimizerConfig, Tensor, tch};
use transfer::text::Pooling;
use transfer::train::{CrossEntropy, Optimizer};

use crate::nets::input;
use crate::{Failure, Task, timed};

/// The encoder that the other half wrote.
fn encoder(work: &Path, device: Device) -> Result<TextEncoder, Failure> {
    let bert = Bert::open(work.join("text"), device)?;
    Ok(TextEncoder::new(bert, Pooling::Mean))
}

/// The vectors of texts: a mean over each one's tokens.
pub(crate) struct Encode {
    net: TextEncoder,
    ids: Tensor,
    mask: Tensor,
}

impl Encode {
    pub(crate) fn open(work: &Path, device: Device) -> Result<Self, Failure> {
        Ok(Self {
            net: encoder(work, device)?,
            ids: input("ids", work, device)?,
            mask: input("mask", work, device)?,
        })
    }

    fn vectors(&self) -> Result<Tensor, Failure> {
        Ok(tch::no_grad(|| {
            self.net.encode(&self.ids, &self.mask, false)
        })?)
    }
}

impl Task for Encode {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        let vectors = self.vectors()?.flatten(0, -1).to_kind(Kind::Double);
        Ok(Vec::<f64>::try_from(vectors)?)
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(self.ids.device(), || self.vectors().map(drop))
    }
}

/// A step of training a classifier of texts: forward, backward, AdamW over everything.
pub(crate) struct TrainText {
    net: TextClassifier,
    ids: Tensor,
    mask: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    lrs: Vec<f64>,
}

impl TrainText {
    pub(crate) fn open(work: &Path, device: Device) -> Result<Self, Failure> {
        let net = TextClassifier::new(encoder(work, device)?, &["no", "yes"], 0)?;
        let weight = net.state().remove("classifier.weight");
        let mut weight = weight.ok_or("the classifier has no weight")?;
        tch::no_grad(|| {
            weight
                .f_copy_(&input("classifier.weight", work, device)?)
                .map_err(Failure::from)
        })?;
        let ids = input("ids", work, device)?;
        let optimizer = Optimizer::new(OptimizerConfig::adamw(), net.parameter_groups());
        Ok(Self {
            labels: Tensor::arange(ids.size()[0], (Kind::Int64, device)).remainder(2),
            mask: input("mask", work, device)?,
            ids,
            lrs: vec![1e-5; optimizer.groups().len()],
            net,
            optimizer,
        })
    }

    fn step(&mut self) -> Result<Tensor, Failure> {
        self.optimizer.zero_grad();
        let logits = self.net.forward(&self.ids, &self.mask, true)?;
        let loss = CrossEntropy::default().sum(&logits, &self.labels)?.mean();
        loss.f_backward()?;
        self.optimizer.step(&self.lrs, None)?;
        Ok(loss)
    }
}

impl Task for TrainText {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        (0..4)
            .map(|_| Ok(self.step()?.f_double_value(&[])?))
            .collect()
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(self.ids.device(), || self.step().map(drop))
    }
}
