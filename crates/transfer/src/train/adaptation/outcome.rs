//! What came of an adaptation, and how good it was.

use crate::adapt::Criterion;
use crate::data::Dataset;
use crate::models::Backbone;
use crate::train::History;
use crate::{Error, Result};

/// What came of a training.
#[derive(Debug)]
pub struct Outcome {
    /// The net after the last epoch.
    pub net: Box<dyn Backbone>,
    /// What happened.
    pub history: History,
    /// The seconds of all steps.
    pub seconds: f64,
    pub(super) epochs: Vec<Watched>,
}

/// What was noted after an epoch, without a label of the target.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    /// In the order of [`Criterion::ALL`]; not a number where one does not apply: DEV, where the source may be gone.
    pub(super) criteria: [f64; 4],
    /// The class of each picture to be judged by.
    pub(super) said: Vec<usize>,
}

/// How good a training was, by the labels of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The accuracy after the last epoch, which was fixed beforehand, in [0, 1].
    pub last: f64,
    /// The accuracy after the epoch that each criterion chooses.
    pub chosen: Vec<(Criterion, f64)>,
    /// The accuracy after the epoch that is best by these very labels: what nobody could have chosen. Not a result.
    pub peeked: f64,
    /// Of each class, the share of its pictures that the net gets right in the end; not a number for one without pictures.
    pub recall: Vec<f64>,
}

impl Outcome {
    /// How good it was: the only place that sees labels of the target. `truth` has the pictures that the training was to be judged
    /// by, in the same order.
    ///
    /// # Errors
    ///
    /// There are more or fewer pictures than were judged, one of them could not be read, or they have no labels.
    pub fn judge(&self, truth: &dyn Dataset) -> Result<Verdict> {
        let labels = truth.labels();
        let classes = truth.classes().len();
        let judged = self.epochs.first().map_or(0, |epoch| epoch.said.len());
        if judged != labels.len() || classes == 0 || judged == 0 {
            let expected = format!("{judged} with labels, as were judged");
            let found = format!("{} of {classes} classes", labels.len());
            return Err(Error::argument("pictures to judge by", expected, found));
        }
        let right = |epoch: &Watched| {
            let hits = epoch.said.iter().zip(&labels);
            hits.filter(|(said, label)| said == label).count() as f64 / labels.len() as f64
        };
        let accuracies: Vec<f64> = self.epochs.iter().map(right).collect();
        let chosen = Criterion::ALL.iter().enumerate().map(|(place, criterion)| {
            let values: Vec<f64> = self.epochs.iter().map(|it| it.criteria[place]).collect();
            let best = criterion.best(&values);
            (*criterion, best.map_or(f64::NAN, |best| accuracies[best]))
        });
        let said = self
            .epochs
            .last()
            .map(|epoch| epoch.said.as_slice())
            .unwrap_or_default();
        let recall = |class: usize| {
            let of_class = labels
                .iter()
                .zip(said)
                .filter(|(label, _)| **label == class);
            let (hits, all) = of_class.fold((0.0, 0.0), |(hits, all), (label, said)| {
                (hits + f64::from(u8::from(label == said)), all + 1.0)
            });
            hits / all
        };
        Ok(Verdict {
            last: accuracies.last().copied().unwrap_or(f64::NAN),
            chosen: chosen.collect(),
            peeked: accuracies.iter().copied().fold(f64::NAN, f64::max),
            recall: (0..classes).map(recall).collect(),
        })
    }

    /// The values of a criterion after each epoch.
    #[must_use]
    pub fn criterion(&self, of: Criterion) -> Vec<f64> {
        let place = Criterion::ALL.iter().position(|it| *it == of).unwrap_or(0);
        self.epochs
            .iter()
            .map(|epoch| epoch.criteria[place])
            .collect()
    }
}
