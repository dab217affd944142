//! The pictures to pretrain on: from formulas and of leaves, as a recipe says.

use transfer::Result;
use transfer::data::synth::{Formulas, Leaves, MarginKind, PlanKind, QUESTIONS, Question, Species};
use transfer::data::{ColorJitter, Dataset, Draw, RgbImage, Transform};

use crate::recipe::{Recipe, Shown};

/// How many species are drawn. None comes close to one of the lessons'.
pub(crate) const SPECIES: usize = 256;
/// What is asked about a leaf: its species, and what many species share, which is learned long before.
pub(crate) const OF_LEAVES: [Question; 3] = [
    question("species", SPECIES),
    question("margin", MarginKind::ALL.len()),
    question("plan", PlanKind::ALL.len()),
];
/// As many answers as questions, those about leaves last.
const ANSWERS: usize = QUESTIONS.len() + OF_LEAVES.len();
/// A question that a picture has no answer to.
pub(crate) const UNASKED: f32 = -1.0;
/// The least share of a picture from formulas that a view shows.
const LEAST_PART: f32 = 0.3;

const fn question(name: &'static str, answers: usize) -> Question {
    Question { name, answers }
}

/// Pictures of two sizes, small ones first: a net learns most of what it learns at a fraction of the cost (as in
/// Howard, "Training Imagenet in 3 hours", 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The side of the first pictures, in pixels.
    pub(crate) first: u32,
    /// Of the last ones.
    pub(crate) last: u32,
    /// How many are of the first size.
    pub(crate) small: usize,
}

impl Sizes {
    /// One size for all.
    pub(crate) fn all(size: u32) -> Self {
        Self {
            first: size,
            last: size,
            small: 0,
        }
    }

    fn of(self, index: usize) -> u32 {
        if index < self.small {
            self.first
        } else {
            self.last
        }
    }
}

/// What a recipe shows, and the answers to what it asks.
#[derive(Debug)]
pub(crate) struct Pictures {
    recipe: Recipe,
    sizes: Sizes,
    seed: u64,
    formulas: [Formulas; 2],
    leaves: [Leaves; 2],
    /// How many leaves of each species there are.
    per_species: usize,
    len: usize,
    /// One: what a picture shows is in its targets. It tells the sizes, for a checkpoint to know the data set by.
    classes: Vec<String>,
    answers: Vec<[f32; ANSWERS]>,
}

impl Pictures {
    /// `len` pictures.
    pub(crate) fn new(recipe: Recipe, len: usize, sizes: Sizes, seed: u64) -> Result<Self> {
        let (mut leaves, mut formulas) = (0, 0);
        for index in 0..len {
            match recipe.shown(index) {
                Shown::Leaf(number) => leaves = leaves.max(number + 1),
                Shown::Formula(number) => formulas = formulas.max(number + 1),
            }
        }
        let per_species = leaves.div_ceil(SPECIES);
        let species: Vec<Species> = (0..SPECIES as u64)
            .map(|number| Species::drawn(number, 0))
            .collect();
        let leaves_of = |size| Leaves::of(species.clone(), per_species, size, seed);
        // A view is cut out of a picture that is as much larger as to leave it sharp.
        let side = |size: u32| {
            if recipe.has_views() {
                size * 4 / 3
            } else {
                size
            }
        };
        let both = [sizes.first, sizes.last];
        let mut pictures = Self {
            recipe,
            sizes,
            seed,
            formulas: both.map(|size| Formulas::new(formulas, side(size), seed)),
            leaves: [leaves_of(sizes.first)?, leaves_of(sizes.last)?],
            per_species,
            len,
            classes: vec![format!(
                "{recipe} of {} and {} pixels",
                sizes.first, sizes.last
            )],
            answers: Vec::new(),
        };
        pictures.answers = (0..len).map(|index| pictures.answers(index)).collect();
        Ok(pictures)
    }

    fn answers(&self, index: usize) -> [f32; ANSWERS] {
        let mut answers = [UNASKED; ANSWERS];
        match self.recipe.shown(index) {
            Shown::Leaf(leaf) => {
                let species = &self.leaves[0].species()[leaf % SPECIES];
                let (margin, plan) = (species.margin_kind() as usize, species.plan_kind() as usize);
                let about = [leaf % SPECIES, margin, plan].map(|known| known as f32);
                answers[QUESTIONS.len()..].copy_from_slice(&about);
            }
            Shown::Formula(number) => {
                for (question, answer) in self.formulas[0].targets(number).iter().enumerate() {
                    if self.recipe.asks(question) {
                        answers[question] = *answer;
                    }
                }
            }
        }
        answers
    }

    /// The view with that number of a picture from formulas.
    fn view(&self, picture: &RgbImage, index: usize, size: u32) -> Result<RgbImage> {
        let draw = Draw {
            seed: self.seed,
            epoch: 0,
            index: index as u64,
        };
        Transform::new()
            .random_resized_crop_with(size, [LEAST_PART, 1.0], [0.75, 4.0 / 3.0])
            .random_horizontal_flip(0.5)
            .color_jitter(ColorJitter {
                brightness: 0.4,
                contrast: 0.4,
                saturation: 0.4,
                hue: 0.1,
            })
            .random_grayscale(0.2)
            .picture_drawn(picture, draw)
    }
}

impl Dataset for Pictures {
    fn len(&self) -> usize {
        self.len
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, _index: usize) -> usize {
        0
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let size = self.sizes.of(index);
        let which = usize::from(size == self.sizes.last);
        match self.recipe.shown(index) {
            // The leaves lie species by species; here they take turns.
            Shown::Leaf(leaf) => {
                let (species, number) = (leaf % SPECIES, leaf / SPECIES);
                self.leaves[which].picture(species * self.per_species + number)
            }
            Shown::Formula(number) => {
                let picture = self.formulas[which].picture(number)?;
                match self.recipe.has_views() {
                    true => self.view(&picture, index, size),
                    false => Ok(picture),
                }
            }
        }
    }

    fn targets(&self, index: usize) -> &[f32] {
        &self.answers[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_take_turns_and_answer_what_they_are_asked() {
        let mixture = Pictures::new(Recipe::Mixture, 2 * SPECIES + 3, Sizes::all(16), 5).unwrap();
        assert_eq!(mixture.len(), 2 * SPECIES + 3);
        let formulas = Formulas::new(4, 16, 5);
        let (asked, species) = (QUESTIONS.len(), QUESTIONS.len());
        assert_eq!(mixture.picture(6).unwrap(), formulas.picture(3).unwrap());
        assert_eq!(mixture.targets(6)[..asked], *formulas.targets(3));
        assert_eq!(mixture.targets(6)[species], UNASKED);
        // The first leaf of the fourth species, and the second one of the first.
        let leaves = Leaves::of([3, 0].map(|number| Species::drawn(number, 0)), 2, 16, 5).unwrap();
        assert_eq!(mixture.picture(7).unwrap(), leaves.picture(2).unwrap());
        assert_eq!(mixture.targets(7)[species], 3.0);
        let second = 2 * SPECIES + 1;
        assert_eq!(mixture.picture(second).unwrap(), leaves.picture(1).unwrap());
        assert_eq!(mixture.targets(second)[species], 0.0);
        let of_leaf = &mixture.targets(7)[..asked];
        assert!(of_leaf.iter().all(|answer| *answer == UNASKED));
    }

    #[test]
    fn small_pictures_come_first_and_two_views_of_a_drawing_side_by_side() {
        let sizes = Sizes {
            first: 12,
            last: 16,
            small: 4,
        };
        let views = Pictures::new(Recipe::Views, 9, sizes, 1).unwrap();
        let sides = (0..9).map(|index| views.picture(index).unwrap().width());
        assert_eq!(
            sides.collect::<Vec<_>>(),
            [12, 12, 12, 12, 16, 16, 16, 16, 16]
        );
        // Two leaves, then one picture twice.
        assert_ne!(views.targets(4), views.targets(5));
        assert_eq!(views.targets(6), views.targets(7));
        assert_ne!(views.picture(6).unwrap(), views.picture(7).unwrap());
        assert_eq!(views.picture(6).unwrap(), views.picture(6).unwrap());
    }
}
