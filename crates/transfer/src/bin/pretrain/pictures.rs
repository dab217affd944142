//! The pictures to pretrain on: from formulas and of leaves, in turns.

use transfer::Result;
use transfer::data::synth::{Formulas, Leaves, QUESTIONS, Species};
use transfer::data::{Dataset, RgbImage};

/// How many species are drawn. None comes close to one of the lessons'.
pub(crate) const SPECIES: usize = 256;
/// As many answers as questions, the last of which is the species.
const ANSWERS: usize = QUESTIONS.len() + 1;
/// A question that a picture has no answer to.
pub(crate) const UNASKED: f32 = -1.0;

/// Every second picture is from formulas, the others are leaves.
#[derive(Debug)]
pub(crate) struct Mixture {
    formulas: Formulas,
    leaves: Leaves,
    /// How many leaves of each species there are.
    per_species: usize,
    len: usize,
    classes: Vec<String>,
    answers: Vec<[f32; ANSWERS]>,
}

impl Mixture {
    /// `len` pictures, `size` pixels square.
    pub(crate) fn new(len: usize, size: u32, seed: u64) -> Result<Self> {
        let species = (0..SPECIES as u64).map(|number| Species::drawn(number, 0));
        let per_species = (len / 2).div_ceil(SPECIES);
        let formulas = Formulas::new(len.div_ceil(2), size, seed);
        let answers = |index: usize| {
            let mut answers = [UNASKED; ANSWERS];
            match index % 2 {
                0 => answers[..QUESTIONS.len()].copy_from_slice(formulas.targets(index / 2)),
                _ => answers[QUESTIONS.len()] = (index / 2 % SPECIES) as f32,
            }
            answers
        };
        Ok(Self {
            answers: (0..len).map(answers).collect(),
            leaves: Leaves::of(species, per_species, size, seed)?,
            formulas,
            per_species,
            len,
            classes: vec!["drawn".to_owned()],
        })
    }
}

impl Dataset for Mixture {
    fn len(&self) -> usize {
        self.len
    }

    /// One: what a picture shows is in its targets.
    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, _index: usize) -> usize {
        0
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        let half = index / 2;
        match index % 2 {
            0 => self.formulas.picture(half),
            // The leaves lie species by species; here they take turns.
            _ => {
                let (species, number) = (half % SPECIES, half / SPECIES);
                self.leaves.picture(species * self.per_species + number)
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
        let mixture = Mixture::new(2 * SPECIES + 3, 16, 5).unwrap();
        assert_eq!(mixture.len(), 2 * SPECIES + 3);
        let formulas = Formulas::new(4, 16, 5);
        let (asked, last) = (QUESTIONS.len(), ANSWERS - 1);
        assert_eq!(mixture.picture(6).unwrap(), formulas.picture(3).unwrap());
        assert_eq!(mixture.targets(6)[..asked], *formulas.targets(3));
        assert_eq!(mixture.targets(6)[last], UNASKED);
        // The first leaf of the fourth species, and the second one of the first.
        let leaves = Leaves::of([3, 0].map(|number| Species::drawn(number, 0)), 2, 16, 5).unwrap();
        assert_eq!(mixture.picture(7).unwrap(), leaves.picture(2).unwrap());
        assert_eq!(mixture.targets(7)[last], 3.0);
        let second = 2 * SPECIES + 1;
        assert_eq!(mixture.picture(second).unwrap(), leaves.picture(1).unwrap());
        assert_eq!(mixture.targets(second)[last], 0.0);
        assert!(
            mixture.targets(7)[..asked]
                .iter()
                .all(|answer| *answer == UNASKED)
        );
    }
}
