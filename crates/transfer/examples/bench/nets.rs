//! Whole nets: their forward pass, a step of training, their weights from a file.

use std::path::{Path, PathBuf};

use serde_json::Value;
use transfer::checkpoint;
use transfer::models::{self, Backbone, WeightFiles};
use transfer::prelude::{Device, Kind, LoadOptions, OptimizerConfig, Tensor, tch};
use transfer::train::{CrossEntropy, Optimizer};

use crate::{Failure, Task, number, text, timed};

/// A net of 1,000 classes with the weights of its file.
fn net(name: &str, work: &Path, device: Device) -> Result<Box<dyn Backbone>, Failure> {
    let mut net = models::build_undrawn(name, 1000, device)?;
    net.load(work.join(format!("{name}.pt")), &LoadOptions::new())?;
    Ok(net)
}

/// A tensor of the inputs' file.
pub(crate) fn input(name: &str, work: &Path, device: Device) -> Result<Tensor, Failure> {
    let mut inputs = checkpoint::read(work.join("inputs.pt"))?;
    let found = inputs.remove(name);
    let found = found.ok_or_else(|| format!("inputs.pt has no {name:?}"))?;
    Ok(found.to_device(device))
}

/// The pictures of a request: `[batch, 3, size, size]`.
fn pictures(request: &Value, work: &Path, device: Device) -> Result<Tensor, Failure> {
    let name = format!("pictures_{}", number(request, "size")?);
    let pictures = input(&name, work, device)?;
    Ok(pictures.f_narrow(0, 0, number(request, "batch")? as i64)?)
}

/// The forward pass in evaluation, without gradients.
pub(crate) struct Forward {
    net: Box<dyn Backbone>,
    xs: Tensor,
}

impl Forward {
    pub(crate) fn open(request: &Value, work: &Path, device: Device) -> Result<Self, Failure> {
        Ok(Self {
            net: net(text(request, "net")?, work, device)?,
            xs: pictures(request, work, device)?,
        })
    }

    fn logits(&self) -> Tensor {
        tch::no_grad(|| self.net.forward_t(&self.xs, false))
    }
}

impl Task for Forward {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        Ok(Vec::<f64>::try_from(
            self.logits().flatten(0, -1).to_kind(Kind::Double),
        )?)
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(self.xs.device(), || {
            let _logits = self.logits();
            Ok(())
        })
    }
}

/// A step of training: forward, backward, the optimiser.
pub(crate) struct Train {
    net: Box<dyn Backbone>,
    xs: Tensor,
    labels: Tensor,
    optimizer: Optimizer,
    lrs: Vec<f64>,
}

/// Pictures as a training in bfloat16 gives them to the net: row, column, channel.
fn as_bfloat16(xs: &Tensor) -> Tensor {
    let rows = xs.permute([0, 2, 3, 1]).contiguous();
    rows.permute([0, 3, 1, 2]).to_kind(Kind::BFloat16)
}

impl Train {
    pub(crate) fn open(request: &Value, work: &Path, device: Device) -> Result<Self, Failure> {
        let net = net(text(request, "net")?, work, device)?;
        let xs = pictures(request, work, device)?;
        let (config, lr) = match text(request, "optimizer")? {
            "sgd" => (OptimizerConfig::sgd(0.9).weight_decay(1e-4), 1e-2),
            "adamw" => (OptimizerConfig::adamw(), 1e-4),
            other => return Err(format!("there is no optimiser {other:?}").into()),
        };
        let optimizer = Optimizer::new(config, net.parameter_groups());
        let xs = match request["bfloat16"].as_bool() {
            Some(true) => as_bfloat16(&xs),
            _ => xs,
        };
        Ok(Self {
            labels: Tensor::arange(xs.size()[0], (Kind::Int64, device)),
            lrs: vec![lr; optimizer.groups().len()],
            net,
            xs,
            optimizer,
        })
    }

    fn step(&mut self) -> Result<Tensor, Failure> {
        self.optimizer.zero_grad();
        let logits = self.net.forward_t(&self.xs, true);
        let loss = CrossEntropy::default().sum(&logits, &self.labels)?.mean();
        loss.f_backward()?;
        self.optimizer.step(&self.lrs, None)?;
        Ok(loss)
    }
}

impl Task for Train {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        (0..4)
            .map(|_| Ok(self.step()?.f_double_value(&[])?))
            .collect()
    }

    fn run(&mut self) -> Result<f64, Failure> {
        timed(self.xs.device(), || self.step().map(drop))
    }
}

/// The weights of a ResNet-50 from a file of `torch.save`.
pub(crate) struct Load {
    net: Box<dyn Backbone>,
    file: PathBuf,
}

impl Load {
    pub(crate) fn open(work: &Path, device: Device) -> Result<Self, Failure> {
        Ok(Self {
            net: models::build_undrawn("resnet50", 1000, device)?,
            file: work.join("resnet50.pt"),
        })
    }
}

impl Task for Load {
    fn check(&mut self) -> Result<Vec<f64>, Failure> {
        self.run()?;
        let mut variables: Vec<_> = self.net.var_store().variables().into_iter().collect();
        variables.sort_by(|one, other| one.0.cmp(&other.0));
        let means = variables
            .iter()
            .map(|(_, variable)| variable.mean(Kind::Double).double_value(&[]));
        Ok(means.collect())
    }

    fn run(&mut self) -> Result<f64, Failure> {
        let Self { net, file } = self;
        timed(net.device(), || {
            net.load(file, &LoadOptions::new())?;
            Ok(())
        })
    }
}
