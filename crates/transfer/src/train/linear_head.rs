//! Multinomial logistic regression on stored features: the "linear probe".

use tch::nn::OptimizerConfig;
use tch::{Kind, Tensor, nn};

use super::Features;
use crate::models::Backbone;
use crate::{Error, Result};

/// How a [`LinearHead`] is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadConfig {
    /// Steps of Adam over all rows at once.
    pub steps: usize,
    /// The learning rate at the start; it falls to 0 along a cosine.
    pub lr: f64,
    /// The weight of the squared weights in the loss (L2): larger is simpler.
    pub weight_decay: f64,
    /// Whether each feature is brought to mean 0 and deviation 1 first: right for a net's features, wrong for
    /// [counted words](crate::text::BagOfWords), of which the rare ones would be blown up.
    pub standardize: bool,
    /// Decides the weights it starts from.
    pub seed: u64,
}

impl Default for HeadConfig {
    /// What did well on drawn leaves that no lesson uses (pretrained and random features and pixels, 20 labels a
    /// class, 5 seeds): a decay of 0.1 or 0.3 is 2 points better than none; 100 to 400 steps make no difference.
    fn default() -> Self {
        Self {
            steps: 100,
            lr: 0.02,
            weight_decay: 0.1,
            standardize: true,
            seed: 0,
        }
    }
}

/// A linear layer on features that are first brought to mean 0 and deviation 1, as measured in training (unless
/// [told otherwise](HeadConfig::standardize)).
#[derive(Debug)]
pub struct LinearHead {
    mean: Tensor,
    scale: Tensor,
    weight: Tensor,
    bias: Tensor,
    /// The loss after the last step, penalty included.
    pub final_loss: f64,
}

impl LinearHead {
    /// Trains a head on `train`. Same features, configuration and machine: same head.
    ///
    /// # Errors
    ///
    /// No rows, no classes, a label that is none of them, a feature that is not finite, no steps, or the loss is no
    /// longer a number.
    pub fn fit(train: &Features, config: &HeadConfig) -> Result<LinearHead> {
        let classes = train.classes.len() as i64;
        if train.is_empty() || classes == 0 {
            return Err(Error::argument(
                "features",
                "rows of at least one class",
                "none",
            ));
        }
        let (least, most) = (
            train.labels.min().int64_value(&[]),
            train.labels.max().int64_value(&[]),
        );
        if least < 0 || most >= classes {
            let expected = format!("0 to {}, one of the classes", classes - 1);
            let found = if least < 0 { least } else { most };
            return Err(Error::argument("label", expected, found));
        }
        let broken =
            train.xs.numel() as i64 - train.xs.isfinite().sum(Kind::Int64).int64_value(&[]);
        if broken > 0 {
            let found = format!("{broken} that are not");
            return Err(Error::argument("features", "finite numbers", found));
        }
        if config.steps == 0 {
            return Err(Error::argument("steps", "at least 1", 0));
        }
        crate::set_seed(config.seed);
        let mean = train.xs.mean_dim(&[0i64][..], true, Kind::Float);
        let (mean, scale) = if config.standardize {
            let spread = train.xs.std_dim(&[0i64][..], false, true);
            // A feature that is always the same says nothing; it is not blown up.
            let scale = (&spread + spread.eq(0.0).to_kind(Kind::Float)).reciprocal();
            (mean, scale)
        } else {
            (mean.zeros_like(), mean.ones_like())
        };
        let xs = (&train.xs - &mean) * &scale;

        let vs = nn::VarStore::new(train.xs.device());
        let columns = xs.size()[1];
        let small = nn::Init::Randn {
            mean: 0.0,
            stdev: 0.01,
        };
        let weight = vs.root().var("weight", &[columns, classes], small);
        let bias = vs.root().var("bias", &[classes], nn::Init::Const(0.0));
        let mut optimizer = nn::Adam::default().build(&vs, config.lr)?;
        let loss = || {
            let logits = xs.matmul(&weight) + &bias;
            let penalty = weight.square().sum(Kind::Float) * (0.5 * config.weight_decay);
            logits.cross_entropy_for_logits(&train.labels) + penalty
        };
        for step in 0..config.steps {
            let progress = step as f64 / config.steps as f64;
            optimizer.set_lr(config.lr * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()));
            optimizer.backward_step(&loss());
        }
        let final_loss = tch::no_grad(|| loss().double_value(&[]));
        if !final_loss.is_finite() {
            return Err(Error::argument(
                "learning rate",
                "one with which the loss stays finite",
                config.lr,
            ));
        }
        Ok(LinearHead {
            mean,
            scale,
            weight: weight.detach(),
            bias: bias.detach(),
            final_loss,
        })
    }

    /// The logits of rows `[N, C]`: `[N, num_classes]`.
    pub fn logits(&self, xs: &Tensor) -> Tensor {
        ((xs - &self.mean) * &self.scale).matmul(&self.weight) + &self.bias
    }

    /// The likeliest class of each row: `[N]`.
    pub fn predict(&self, xs: &Tensor) -> Tensor {
        self.logits(xs).argmax(-1, false)
    }

    /// Gives `net` this head: its logits of a picture are from then on the head's of the picture's features.
    ///
    /// # Errors
    ///
    /// The net's features have another width than those that the head was trained on.
    pub fn put_into(&self, net: &mut dyn Backbone) -> Result<()> {
        let [width, classes] = [0, 1].map(|axis| self.weight.size()[axis]);
        if width != net.feature_dim() {
            let expected = format!("{}, as the net's", net.feature_dim());
            return Err(Error::argument("width of the features", expected, width));
        }
        net.replace_head(classes);
        // What brings the features to one scale becomes part of the layer.
        let weight = self.scale.transpose(0, 1) * &self.weight;
        let bias = &self.bias - self.mean.matmul(&weight).squeeze_dim(0);
        let variables = net.var_store().variables();
        for (name, value) in [("weight", weight.transpose(0, 1)), ("bias", bias)] {
            let name = format!("{}.{name}", net.head_name());
            let mut variable = variables
                .get(&name)
                .ok_or_else(|| Error::argument("head", format!("a variable {name:?}"), "none"))?
                .shallow_clone();
            tch::no_grad(|| variable.f_copy_(&value))?;
        }
        Ok(())
    }
}
