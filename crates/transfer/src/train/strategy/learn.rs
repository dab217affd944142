//! What each strategy does.

use std::sync::Arc;

use super::{Strategy, StrategyTrial};
use crate::Result;
use crate::data::Dataset;
use crate::models::{Backbone, LoraConfig};
use crate::train::{
    BatchSpectralShrinkage, Distillation, HeadConfig, L2Sp, Learner, LinearHead, OneCycle,
    OptimizerConfig, Schedule, TrainConfig, features_of,
};

/// How strongly L2-SP pulls at the trunk, and at the head.
const L2_SP: (f64, f64) = (0.01, 0.001);

impl Strategy {
    /// A learner that is ready to start, or none where the net has learned all that it will.
    pub(super) fn prepare(
        self,
        trial: &StrategyTrial,
        few: &Arc<dyn Dataset>,
        seed: u64,
    ) -> Result<Prepared> {
        let mut net = trial.net(few.classes().len(), self.is_pretrained(), seed)?;
        let mut config = TrainConfig::new().seed(seed).lr(trial.lr * self.speed());
        match self {
            Self::Probe | Self::LpFt => fit_head(&mut *net, trial, few, seed)?,
            Self::L2Sp => {
                let penalty = L2Sp::toward(&*net, L2_SP.0, L2_SP.1);
                config = config.optimizer(OptimizerConfig::adamw().weight_decay(0.0));
                config = config.l2_sp(penalty);
            }
            Self::Bss => config = config.bss(BatchSpectralShrinkage::default()),
            Self::Lora => net.add_lora(&LoraConfig::everywhere(trial.rank).seed(seed))?,
            Self::Distillation => config = config.distillation(teacher(trial, few, seed)?),
            Self::FromScratch | Self::AllLayers | Self::Gradual => {}
        }
        if self == Self::Probe {
            let layers = net.layer_names();
            net.freeze_up_to(&layers[layers.len().saturating_sub(2)])?;
            return Ok(Prepared::Done(net));
        }
        let cycle = config.schedule(Schedule::OneCycle(OneCycle::FASTAI));
        let learner = Learner::new(net, trial.to_learn(few, seed)).config(cycle);
        Ok(Prepared::Ready(Box::new(learner)))
    }

    /// Trains a learner that is ready.
    pub(super) fn train(self, learner: &mut Learner, looks: usize) -> Result<()> {
        let history = match self {
            Self::Gradual => {
                let layers = learner.net().layer_names().len();
                learner.fit_gradually(looks, (looks / layers).max(1))
            }
            _ => learner.fit(looks),
        };
        history.map(|_also_in_the_learner| ())
    }

    /// How many times the trial's rate it learns at: new weights have further to go, and where the head is fitted already,
    /// there is less to do. For LoRA it was chosen on pictures of its own.
    fn speed(self) -> f64 {
        match self {
            Self::FromScratch | Self::Distillation | Self::Lora => 4.0,
            Self::LpFt => 0.5,
            _ => 1.0,
        }
    }
}

/// A net on its way.
pub(super) enum Prepared {
    Ready(Box<Learner>),
    Done(Box<dyn Backbone>),
}

/// The head alone, fitted to features that are computed once.
fn fit_head(
    net: &mut dyn Backbone,
    trial: &StrategyTrial,
    few: &Arc<dyn Dataset>,
    seed: u64,
) -> Result<()> {
    let features = features_of(net, &trial.to_judge(few))?;
    let config = HeadConfig {
        seed,
        ..HeadConfig::default()
    };
    LinearHead::fit(&features, &config)?.put_into(net)
}

/// What says how likely each class is, beside the labels.
fn teacher(trial: &StrategyTrial, few: &Arc<dyn Dataset>, seed: u64) -> Result<Distillation> {
    let (of, side) = match &trial.teacher {
        Some((of, side)) => (&**of, Some(*side)),
        None => (trial, None),
    };
    let mut net = of.net(few.classes().len(), true, seed)?;
    fit_head(&mut *net, of, few, seed)?;
    let distillation = Distillation::from(net);
    Ok(match side {
        Some(side) => distillation.side(side),
        None => distillation,
    })
}
