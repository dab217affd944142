//! The ways to use pretrained weights.

use std::fmt;

use transfer::data::DataLoader;
use transfer::models::Backbone;
use transfer::train::{
    HeadConfig, History, L2Sp, Learner, LearningRate, LinearHead, TrainConfig, features_of,
};

/// How strongly [`Strategy::L2Sp`] pulls at the trunk; at the head a tenth of it.
const L2_SP: f64 = 0.01;

/// What is trained, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// A net with new weights, all of it.
    Scratch,
    /// The head alone, on a net with new weights: what the architecture gives by itself.
    Random,
    /// The head alone, on features that are computed once: logistic regression to its end, whatever the epochs.
    Probe,
    /// Everything at one rate: what scratch does, from pretrained weights.
    Flat,
    /// Everything at once, early layers up to a hundred times slower than the head.
    Full,
    /// The last block of layers and the head.
    Block,
    /// As flat, with a pull back to the pretrained weights.
    L2Sp,
    /// The head for half of the epochs, then everything.
    Lpft,
    /// The head, then one layer more every so many epochs; what is left of them trains everything.
    Gradual,
}

impl Strategy {
    pub(crate) const ALL: [Self; 9] = [
        Self::Scratch,
        Self::Random,
        Self::Probe,
        Self::Flat,
        Self::Full,
        Self::Block,
        Self::L2Sp,
        Self::Lpft,
        Self::Gradual,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Random => "random",
            Self::Probe => "probe",
            Self::Flat => "flat",
            Self::Full => "full",
            Self::Block => "block",
            Self::L2Sp => "l2sp",
            Self::Lpft => "lpft",
            Self::Gradual => "gradual",
        }
    }

    /// Whether it starts from the weights that are given.
    pub(crate) fn is_pretrained(self) -> bool {
        !matches!(self, Self::Scratch | Self::Random)
    }

    /// Whether all but the head stays as it is.
    pub(crate) fn is_frozen(self) -> bool {
        matches!(self, Self::Random | Self::Probe)
    }

    /// Trains `net`; the net and what happened.
    pub(crate) fn train(
        self,
        mut net: Box<dyn Backbone>,
        loaders: Loaders,
        config: TrainConfig,
        (epochs, lr): (usize, f64),
    ) -> transfer::Result<(Box<dyn Backbone>, History)> {
        match self {
            Self::Scratch | Self::Flat => {
                learn(net, loaders, config, |it| it.fit_one_cycle(epochs, lr))
            }
            Self::Random | Self::Probe => probe(net, &loaders.train, config.seed),
            Self::Full => learn(net, loaders, config, |it| {
                it.fit_one_cycle(epochs, LearningRate::Between(lr / 100.0, lr))
            }),
            Self::Block => {
                let layers = net.layer_names();
                net.freeze_up_to(&layers[layers.len().saturating_sub(3)])?;
                learn(net, loaders, config, |it| it.fit_one_cycle(epochs, lr))
            }
            Self::L2Sp => {
                let penalty = L2Sp::toward(&*net, L2_SP, L2_SP / 10.0);
                let decayless = config.optimizer.weight_decay(0.0);
                let config = config.optimizer(decayless).l2_sp(penalty);
                learn(net, loaders, config, |it| it.fit_one_cycle(epochs, lr))
            }
            Self::Lpft => learn(net, loaders, config, |it| {
                it.fit_head_then_all(epochs.div_ceil(2), epochs / 2)
            }),
            Self::Gradual => learn(net, loaders, config, |it| {
                let layers = it.net().layer_names().len();
                // Rounded down, so that the last layers have their turn.
                it.fit_gradually(epochs, (epochs / layers).max(1))
            }),
        }
    }
}

/// What a net learns from, and what it is shown beside.
pub(crate) struct Loaders {
    pub(crate) train: DataLoader,
    /// What every epoch is judged by; it chooses nothing.
    pub(crate) test: Option<DataLoader>,
}

fn learn(
    net: Box<dyn Backbone>,
    loaders: Loaders,
    config: TrainConfig,
    recipe: impl FnOnce(&mut Learner) -> transfer::Result<History>,
) -> transfer::Result<(Box<dyn Backbone>, History)> {
    let mut learner = Learner::new(net, loaders.train)
        .config(config)
        .on_epoch(|epoch| println!("  {epoch}"));
    if let Some(test) = loaders.test {
        learner = learner.validate_on(test);
    }
    let history = recipe(&mut learner)?;
    Ok((learner.into_net(), history))
}

/// A new head on features that are computed once. Its history has no epochs.
fn probe(
    mut net: Box<dyn Backbone>,
    train: &DataLoader,
    seed: u64,
) -> transfer::Result<(Box<dyn Backbone>, History)> {
    let features = features_of(&*net, train)?;
    let config = HeadConfig {
        seed,
        ..HeadConfig::default()
    };
    LinearHead::fit(&features, &config)?.put_into(&mut *net)?;
    let layers = net.layer_names();
    net.freeze_up_to(&layers[layers.len() - 2])?;
    let history = History {
        skipped: features.skipped.len(),
        ..History::default()
    };
    Ok((net, history))
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
