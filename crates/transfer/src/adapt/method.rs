//! What the methods have in common: what a training asks of each of them.

use std::fmt;

use tch::Tensor;

use super::{
    Adda, Afn, Cdan, Coral, Dan, Dann, DomainOutputs, Jan, Mcc, Mcd, Mdd, PseudoLabels, Shot,
};
use crate::models::{Backbone, ParameterGroup};
use crate::names::unknown;
use crate::{Error, Result};

/// A method of unsupervised domain adaptation, as [`Learner::adapt_to`](crate::train::Learner::adapt_to) trains with it: in
/// every step it is shown what the net makes of some pictures of either domain and says what is to be added to the source's
/// cross-entropy. It never sees a label of the target: a step has none.
pub trait Method: fmt::Debug {
    /// What tables call it.
    fn name(&self) -> &'static str;

    /// What it takes of the source.
    fn source_use(&self) -> SourceUse {
        SourceUse::Learned
    }

    /// Before the first step: makes what it learns beside the net, drawn from `seed`.
    ///
    /// # Errors
    ///
    /// The net has not what the method needs.
    fn begin(&mut self, _net: &mut dyn Backbone, _seed: u64) -> Result<()> {
        Ok(())
    }

    /// What learns beside the net, at the rate of the net's head.
    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        Vec::new()
    }

    /// Whether [`epoch`](Self::epoch) is to be called.
    fn looks_at_all(&self) -> bool {
        false
    }

    /// Before each epoch, if it [wants that](Self::looks_at_all): the features `[N, C]` and logits `[N, K]` of all target pictures,
    /// in evaluation mode, without gradients; row by row the pictures of these `indices`.
    ///
    /// # Errors
    ///
    /// The shapes are others.
    fn epoch(&mut self, _all: &DomainOutputs<'_>, _indices: &[usize]) -> Result<()> {
        Ok(())
    }

    /// What to add to the source's cross-entropy: a number with its graph.
    ///
    /// # Errors
    ///
    /// The shapes are others than the method was [begun](Self::begin) with.
    fn loss(&mut self, step: &Views<'_>) -> Result<Tensor>;
}

/// What a method takes of the source's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceUse {
    /// The net learns from them, with their labels, in every step.
    Learned,
    /// The features that the net had for them when the adaptation began. It is to have learned the source before.
    Frozen,
    /// Nothing: the source may be gone. The net is to have learned it before.
    Unused,
}

/// What one step shows to a method.
#[derive(Debug)]
pub struct Views<'a> {
    /// The net, to ask its head about other features.
    pub net: &'a dyn Backbone,
    /// Of the source's pictures, features `[N, C]` and logits `[N, K]`; `None` where the method makes no
    /// [use](Method::source_use) of them.
    pub source: Option<DomainOutputs<'a>>,
    /// The labels of the source's pictures: `[N]`.
    pub source_labels: &'a Tensor,
    /// Of the target's pictures, features `[M, C]` and logits `[M, K]`.
    pub target: DomainOutputs<'a>,
    /// The target pictures' positions in their data set.
    pub indices: &'a [usize],
    /// How much of the training is over, in [0, 1).
    pub progress: f64,
}

impl<'a> Views<'a> {
    /// What the net makes of the source's pictures.
    ///
    /// # Errors
    ///
    /// The method said that it makes no use of them.
    pub fn source(&self) -> Result<&DomainOutputs<'a>> {
        self.source.as_ref().ok_or_else(|| {
            let expected = "a method whose source_use is Learned or Frozen";
            Error::argument("source of a step", expected, "one that is Unused")
        })
    }
}

/// The names that [`method`] knows.
pub const METHODS: [&str; 13] = [
    "CORAL",
    "DAN",
    "JAN",
    "DANN",
    "CDAN",
    "CDAN+E",
    "ADDA",
    "MCD",
    "MDD",
    "AFN",
    "MCC",
    "SHOT",
    "pseudo-labels",
];

/// The method of that name, with the constants of its `Default`: its paper's or its authors', where they are not special to one net.
///
/// # Errors
///
/// [`Error::UnknownName`] for a name that is not among [`METHODS`].
pub fn method(name: &str) -> Result<Box<dyn Method>> {
    Ok(match name {
        "CORAL" => Box::new(Coral::default()),
        "DAN" => Box::new(Dan::default()),
        "JAN" => Box::new(Jan::default()),
        "DANN" => Box::new(Dann::default()),
        "CDAN" => Box::new(Cdan::default()),
        "CDAN+E" => Box::new(Cdan::by_entropy()),
        "ADDA" => Box::new(Adda::default()),
        "MCD" => Box::new(Mcd::default()),
        "MDD" => Box::new(Mdd::default()),
        "AFN" => Box::new(Afn::default()),
        "MCC" => Box::new(Mcc::default()),
        "SHOT" => Box::new(Shot::default()),
        "pseudo-labels" => Box::new(PseudoLabels::default()),
        _ => return Err(unknown("methods", "adapt::METHODS", name, METHODS)),
    })
}

/// What a method has before it was begun.
pub(super) fn not_begun<T>(of: Option<&T>) -> Result<&T> {
    of.ok_or_else(|| Error::argument("method", "one that was begun", "one that was not"))
}

/// The outputs of a net's head.
pub(super) fn num_classes(net: &dyn Backbone) -> Result<i64> {
    net.num_classes()
        .ok_or_else(|| Error::argument("head of the net", "a linear layer", net.head_name()))
}
