//! What a net can be pretrained on: the recipes that were tried, by name.

use std::fmt;
use std::str::FromStr;

use transfer::data::synth::QUESTIONS;

/// Which pictures are drawn, and what is asked about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipe {
    /// Leaves alone.
    Leaves,
    /// Leaves and formulas in turns.
    Mixture,
    /// Two leaves, then two views of one picture from formulas, and so on. A view is a random part in other colours; beside
    /// what is asked about it, the net learns which two belong together (Chen and others, "A Simple Framework for
    /// Contrastive Learning of Visual Representations", ICML 2020).
    Views,
}

/// What a picture shows: the leaf or the picture from formulas with that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Leaf(usize),
    Formula(usize),
}

impl Recipe {
    pub(crate) const ALL: [Self; 3] = [Self::Leaves, Self::Mixture, Self::Views];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Leaves => "leaves",
            Self::Mixture => "mixture",
            Self::Views => "views",
        }
    }

    /// What the picture with that number shows.
    pub(crate) fn shown(self, index: usize) -> Shown {
        match (self, index % 4) {
            (Self::Leaves, _) => Shown::Leaf(index),
            (Self::Mixture, 0 | 2) => Shown::Formula(index / 2),
            (Self::Mixture, _) => Shown::Leaf(index / 2),
            (Self::Views, place @ (0 | 1)) => Shown::Leaf(index / 4 * 2 + place),
            (Self::Views, _) => Shown::Formula(index / 4),
        }
    }

    /// Whether pictures from formulas come as two views.
    pub(crate) fn has_views(self) -> bool {
        self == Self::Views
    }

    /// Whether a picture from formulas is asked the question with that number. Of a view, size and colours are not asked: they
    /// are no longer those that were drawn.
    pub(crate) fn asks(self, question: usize) -> bool {
        let name = QUESTIONS[question].name;
        !self.has_views() || !(name == "size" || name.starts_with("colour"))
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Recipe {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|recipe| recipe.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no recipe {name:?}, but {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_is_shown_once_and_every_formula_as_often_as_it_has_views() {
        for recipe in Recipe::ALL {
            let shown: Vec<Shown> = (0..16).map(|index| recipe.shown(index)).collect();
            let times = |one: Shown| shown.iter().filter(|other| **other == one).count();
            let views = if recipe.has_views() { 2 } else { 1 };
            for number in 0..4 {
                assert_eq!(times(Shown::Leaf(number)), 1, "{recipe}");
                let formulas = if recipe == Recipe::Leaves { 0 } else { views };
                assert_eq!(times(Shown::Formula(number)), formulas, "{recipe}");
            }
            assert_eq!(recipe.name().parse(), Ok(recipe));
        }
        assert!(
            "mixtures"
                .parse::<Recipe>()
                .unwrap_err()
                .contains("mixture, views")
        );
    }

    #[test]
    fn a_view_is_not_asked_for_size_and_colours() {
        let left_out = |recipe: Recipe| -> Vec<&str> {
            let all = QUESTIONS.iter().enumerate();
            let left_out = all.filter(|(number, _)| !recipe.asks(*number));
            left_out.map(|(_, question)| question.name).collect()
        };
        assert!(left_out(Recipe::Mixture).is_empty());
        assert_eq!(
            left_out(Recipe::Views),
            ["colour", "colour of the ground", "size"]
        );
    }
}
