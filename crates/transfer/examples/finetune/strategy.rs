//! The ways to use pretrained weights.

use std::fmt;

use transfer::train::{History, Learner, LearningRate};

/// What is trained, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// A net with new weights, all of it.
    Scratch,
    /// The head alone, on features that are computed once.
    Probe,
    /// Everything at once, early layers up to a hundred times slower than the head.
    Full,
    /// The head for half of the epochs, then everything.
    Lpft,
    /// The head, then one layer more every so many epochs; what is left of them trains everything.
    Gradual,
}

impl Strategy {
    pub(crate) const ALL: [Self; 5] = [
        Self::Scratch,
        Self::Probe,
        Self::Full,
        Self::Lpft,
        Self::Gradual,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Probe => "probe",
            Self::Full => "full",
            Self::Lpft => "lpft",
            Self::Gradual => "gradual",
        }
    }

    pub(crate) fn train(
        self,
        learner: &mut Learner,
        epochs: usize,
        lr: f64,
    ) -> transfer::Result<History> {
        match self {
            Self::Scratch => learner.fit_one_cycle(epochs, lr),
            Self::Probe => learner.fit_head_on_features(epochs, None),
            Self::Full => learner.fit_one_cycle(epochs, LearningRate::Between(lr / 100.0, lr)),
            Self::Lpft => learner.fit_head_then_all(epochs.div_ceil(2), epochs / 2),
            Self::Gradual => {
                let layers = learner.net().layer_names().len();
                // Rounded down, so that the last layers have their turn.
                learner.fit_gradually(epochs, (epochs / layers).max(1))
            }
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
