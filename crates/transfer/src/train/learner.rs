//! A net, the pictures that it learns from, and how: everything of a training in one value.

use std::path::{Path, PathBuf};

use super::callback::{Callback, Callbacks, Flow, OnEpoch, OnStep, State};
use super::checkpoints::{self, Checkpoints};
use super::feature_source::FeatureSource;
use super::fingerprint::Fingerprint;
use super::groups::layers_before;
use super::plan::Phase;
use super::session::Session;
use super::source::Source;
use super::train_state::TrainState;
use super::{
    Adaptation, Epoch, Every, FeatureStore, History, TrainConfig, features_of, freeze_only,
};
use crate::data::DataLoader;
use crate::models::Backbone;
use crate::{Error, Result};

/// Trains a net.
///
/// Same net, pictures, configuration and machine: same weights, bit for bit, also when the training was interrupted and
/// [resumed](Self::resume). Nothing is printed; closures are told.
///
/// ```
/// use std::sync::Arc;
/// use transfer::prelude::*;
/// use transfer::models::{CifarResNet, CifarResNetConfig};
/// use transfer::train::{Learner, TrainConfig};
///
/// # fn main() -> transfer::Result<()> {
/// let loader = |seed: u64| {
///     let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 1, 16, seed));
///     DataLoader::new(pictures, Transform::square(16), 4).shuffled(seed)
/// };
/// let net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 12, Device::Cpu, 0);
/// let mut learner = Learner::new(Box::new(net), loader(0))
///     .validate_on(loader(1))
///     .config(TrainConfig::new().label_smoothing(0.1))
///     .on_epoch(|epoch| println!("{epoch}"));
/// let history = learner.fine_tune(1)?;
/// assert_eq!(history.epochs.len(), 2);
/// println!("{:.1} %", 100.0 * learner.evaluate(&loader(1))?.accuracy);
/// # Ok(())
/// # }
/// ```
pub struct Learner {
    pub(super) net: Box<dyn Backbone>,
    pub(super) train: DataLoader,
    pub(super) valid: Option<DataLoader>,
    pub(super) config: TrainConfig,
    callbacks: Callbacks,
    checkpoints: Option<Checkpoints>,
    adaptation: Option<Adaptation>,
    /// What the next training goes on from.
    resumed: Option<TrainState>,
    /// Epochs of all trainings so far.
    epochs: usize,
    /// Of the last training.
    history: History,
}

/// Where a resumed training stands.
#[derive(Debug)]
pub struct Resumed {
    /// The checkpoint.
    pub path: PathBuf,
    /// What happened until then.
    pub history: History,
    /// Newer checkpoints that could not be read, and why.
    pub passed_over: Vec<Error>,
}

impl Learner {
    /// A learner with the default configuration and no pictures for validation.
    #[must_use]
    pub fn new(net: Box<dyn Backbone>, train: DataLoader) -> Self {
        Self {
            net,
            train,
            valid: None,
            config: TrainConfig::default(),
            callbacks: Callbacks::default(),
            checkpoints: None,
            adaptation: None,
            resumed: None,
            epochs: 0,
            history: History::default(),
        }
    }

    /// Judges the net on these pictures after every epoch.
    #[must_use]
    pub fn validate_on(mut self, valid: DataLoader) -> Self {
        self.valid = Some(valid);
        self
    }

    /// Sets the configuration.
    #[must_use]
    pub fn config(mut self, config: TrainConfig) -> Self {
        self.config = config;
        self
    }

    /// Adds a callback. All are told, in the order in which they were added, also when one asks to stop.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback + 'static) -> Self {
        self.callbacks.0.push(Box::new(callback));
        self
    }

    /// Calls a closure after every epoch; it may return [`Flow::Stop`].
    #[must_use]
    pub fn on_epoch<R: Into<Flow> + 'static>(
        self,
        told: impl FnMut(&Epoch) -> R + 'static,
    ) -> Self {
        self.callback(OnEpoch(told))
    }

    /// Calls a closure after every step, with the pictures per second and the seconds that are left in the state; it
    /// may return [`Flow::Stop`].
    #[must_use]
    pub fn on_step<R: Into<Flow> + 'static>(
        self,
        told: impl FnMut(&State<'_>) -> R + 'static,
    ) -> Self {
        self.callback(OnStep(told))
    }

    /// Adapts the net to another domain in all trainings from here on: see [`Adaptation`]. What the history calls the loss and the
    /// accuracy is the source's. A training that adapts writes no checkpoints.
    #[must_use]
    pub fn adapt_to(mut self, adaptation: Adaptation) -> Self {
        self.adaptation = Some(adaptation);
        self
    }

    /// What [`adapt_to`](Self::adapt_to) was given, with what it has come to.
    #[must_use]
    pub fn adaptation(&self) -> Option<&Adaptation> {
        self.adaptation.as_ref()
    }

    /// Writes the training's whole state into a folder (which is made), and keeps the last two. One folder, one
    /// training: another one is refused there.
    #[must_use]
    pub fn checkpoint_to(mut self, folder: impl Into<PathBuf>, every: Every) -> Self {
        self.checkpoints = Some(Checkpoints::new(folder.into(), every));
        self
    }

    /// Takes up the newest checkpoint of a folder: the net has its weights from here on, and the next training, which
    /// must be the one that wrote it, goes on from there and gives what it would have given. `None`: there is none yet,
    /// and the next training starts at its beginning.
    ///
    /// # Errors
    ///
    /// No checkpoint can be read; or [`Error::CannotResume`]: it is of another net, configuration or data set, and the
    /// message says in what it differs. (Another number of epochs, another recipe or other frozen layers are refused by
    /// the training; the checkpoint is then still taken up by the right one.)
    pub fn resume(&mut self, folder: impl AsRef<Path>) -> Result<Option<Resumed>> {
        let Some((state, passed_over)) = checkpoints::newest(folder.as_ref())? else {
            return Ok(None);
        };
        let valid = self.valid.as_ref().map(|valid| valid as &dyn Source);
        state.check(&Fingerprint::of(
            &*self.net,
            &self.config,
            &self.train,
            valid,
        )?)?;
        state.restore_net(&*self.net)?;
        self.epochs = state.earlier_epochs()?;
        let resumed = Resumed {
            path: state.path.clone(),
            history: state.history()?,
            passed_over,
        };
        self.resumed = Some(state);
        Ok(Some(resumed))
    }

    /// Runs the phases.
    pub(super) fn train(&mut self, phases: &[Phase]) -> Result<History> {
        let valid = self.valid.as_ref().map(|valid| valid as &dyn Source);
        let session = Session {
            net: &mut *self.net,
            train: &self.train,
            valid,
            config: &self.config,
            phases,
            callback: &mut self.callbacks,
            checkpoints: self.checkpoints.as_mut(),
            adaptation: self.adaptation.as_mut(),
            earlier_epochs: self.epochs,
        };
        let run = session.begin(self.resumed.as_ref())?;
        // Taken up. A training that was refused leaves it to the right one.
        self.resumed = None;
        let ended = run.all();
        self.keep(ended)
    }

    /// Keeps what happened, also where an error ended it.
    fn keep(&mut self, (history, outcome): (History, Result<()>)) -> Result<History> {
        self.epochs += history.epochs.len();
        self.history = history;
        outcome.map(|()| self.history.clone())
    }

    /// Trains the head alone on features that are computed once, or come from a store, with the configuration's learning
    /// rate and schedule: what [`fit`](Self::fit) gives with every step before the head frozen (dropout too), within
    /// rounding, without the trunk's work in every epoch. The layers before the head stay frozen. The history's seconds
    /// are the head's alone, without the features'. No checkpoints are written.
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit); or pictures are to be changed at random (by the loader's transform or by
    /// [`mix`](TrainConfig::mix)), so that their features are not the same in every epoch; or a training that was
    /// [resumed](Self::resume) is still to go on.
    pub fn fit_head_on_features(
        &mut self,
        epochs: usize,
        store: Option<&mut FeatureStore>,
    ) -> Result<History> {
        if let Some(state) = &self.resumed {
            return Err(Error::CannotResume {
                path: state.path.clone(),
                difference: "a training on stored features writes no checkpoints, so it is of another training. Finish \
                             that one, or make a new learner"
                    .to_owned(),
            });
        }
        if self.adaptation.is_some() {
            let expected = "none while the head alone learns: it is the trunk that adapts";
            return Err(Error::argument("adaptation", expected, "one"));
        }
        if self.train.transform().is_random() || self.config.mix.is_some() {
            let expected = "a transform without randomness, and no mix";
            return Err(Error::argument(
                "features for a head",
                expected,
                self.train.transform(),
            ));
        }
        if self.config.bss.is_some() || self.config.distillation.is_some() {
            let expected = "none for a head on stored features, which sees no pictures";
            let found = format!("{:?}, {:?}", self.config.bss, self.config.distillation);
            return Err(Error::argument(
                "shrinkage and distillation",
                expected,
                found,
            ));
        }
        let trunk = layers_before(&*self.net, 1);
        freeze_only(&mut *self.net, &trunk)?;
        let net = &*self.net;
        let mut store = store;
        // Of all pictures, also of those that the loader drops from one epoch and not from another.
        let mut features = |loader: &DataLoader| match &mut store {
            Some(store) => store.features(net, &loader.in_order()),
            None => features_of(net, &loader.in_order()),
        };
        let train = features(&self.train)?;
        let valid = self.valid.as_ref().map(features).transpose()?;
        let sources = self.valid.as_ref().zip(valid.as_ref());
        let valid = sources.map(|(loader, features)| FeatureSource::new(loader, features));
        let session = Session {
            net: &mut *self.net,
            train: &FeatureSource::new(&self.train, &train),
            valid: valid.as_ref().map(|valid| valid as &dyn Source),
            config: &self.config,
            phases: &[Phase {
                epochs,
                lr: self.config.lr.clone(),
                schedule: self.config.schedule.clone(),
                frozen: None,
            }],
            callback: &mut self.callbacks,
            checkpoints: None,
            adaptation: None,
            earlier_epochs: self.epochs,
        };
        let ended = session.run()?;
        self.keep(ended)
    }

    /// What happened in the last training, also in one that was interrupted or diverged and so returned an error.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &dyn Backbone {
        &*self.net
    }

    /// The net, to freeze layers or to give it another head.
    #[must_use]
    pub fn net_mut(&mut self) -> &mut dyn Backbone {
        &mut *self.net
    }

    /// The net alone.
    #[must_use]
    pub fn into_net(self) -> Box<dyn Backbone> {
        self.net
    }
}

impl std::fmt::Debug for Learner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Learner")
            .field("net", &self.net)
            .field("config", &self.config)
            .field("epochs", &self.epochs)
            .finish_non_exhaustive()
    }
}
