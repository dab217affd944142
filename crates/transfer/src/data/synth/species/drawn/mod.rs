//! Species that nobody has named: made up from a number, as many as wanted.

use std::borrow::Cow;

use super::distance::{LOOK_ALIKE, distance};
use super::traits::Shape;
use super::{Species, SpeciesSet};
use crate::data::rng::Rng;

mod body;
mod finish;

use body::body;
use finish::{edge, finish, marks};

impl Species {
    /// Makes a species up: `"species 0017"` for the number 17. Plan, outline, lobes, margin, veins, finish and pattern
    /// follow from both arguments and range wider than those of the named species do; hundreds of numbers give
    /// hundreds of species that can be told apart. None is a look-alike of one of [`SpeciesSet::Novel`]: what comes
    /// too close to one of those (in the differences that a picture shows) is drawn again.
    #[must_use]
    pub fn drawn(number: u64, seed: u64) -> Species {
        let lessons = SpeciesSet::Novel.species();
        let mut rng = Rng::new(seed, &[number, 0x05BE_C1E5]);
        let offsets = Rng::new(seed, &[0x000F_F5E7]);
        loop {
            let species = draft(number, offsets.clone(), &mut rng);
            if lessons
                .iter()
                .all(|lesson| distance(&species, lesson) >= LOOK_ALIKE)
            {
                return species;
            }
        }
    }
}

/// One attempt. The kinds (of plan, margin, pattern) walk through all their combinations with the number, evenly
/// rather than at random (a Kronecker sequence, with an offset that the seed gives); all else is left to chance.
fn draft(number: u64, mut offsets: Rng, rng: &mut Rng) -> Species {
    // Powers of the root of x⁵ = x + 1 fill four dimensions evenly (Roberts, 2018).
    const STEPS: [f64; 4] = [
        0.856_674_883_854_502_9,
        0.733_891_856_627_126,
        0.628_706_721_037_808_7,
        0.538_597_257_217_243_8,
    ];
    let [plan, margin, mark, build] = STEPS.map(|step| {
        let offset = f64::from(offsets.unit());
        (offset + number as f64 * step).fract() as f32
    });
    let (plan, shape) = body(plan, build, rng);
    let lobed = match shape {
        Shape::Oval(oval) => oval.lobes > 0.0,
        Shape::Hand { depth, .. } => depth > 0.3,
        Shape::Fan { .. } => false,
    };
    Species {
        name: Cow::Owned(format!("species {number:04}")),
        plan,
        shape,
        margin: edge(margin, lobed, rng),
        surface: finish(rng),
        pattern: marks(mark, rng),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_hundred() -> Vec<Species> {
        (0..300).map(|number| Species::drawn(number, 7)).collect()
    }

    #[test]
    fn a_number_and_a_seed_make_one_species() {
        assert_eq!(Species::drawn(17, 1), Species::drawn(17, 1));
        assert_eq!(Species::drawn(17, 1).name(), "species 0017");
        assert_ne!(Species::drawn(17, 1).shape, Species::drawn(17, 2).shape);
        assert_ne!(Species::drawn(17, 1).shape, Species::drawn(18, 1).shape);
    }

    #[test]
    fn none_looks_like_a_species_of_the_lessons() {
        let lessons = SpeciesSet::Novel.species();
        for species in three_hundred() {
            for lesson in &lessons {
                let apart = distance(&species, lesson);
                assert!(
                    apart >= LOOK_ALIKE,
                    "{species:?} is {apart} from {lesson:?}"
                );
            }
        }
        // The condition does reject: without it, some would be.
        let mut rng = Rng::new(7, &[]);
        let close = (0..2000).filter(|&number| {
            let species = draft(number, Rng::new(7, &[1]), &mut rng);
            lessons
                .iter()
                .any(|lesson| distance(&species, lesson) < LOOK_ALIKE)
        });
        assert!(close.count() > 10);
    }

    #[test]
    fn hundreds_can_be_told_apart() {
        let species = three_hundred();
        let nearest = |one: usize| {
            let others = species
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != one);
            others
                .map(|(_, other)| distance(&species[one], other))
                .fold(f32::MAX, f32::min)
        };
        let mut nearest: Vec<f32> = (0..species.len()).map(nearest).collect();
        nearest.sort_by(f32::total_cmp);
        assert!(nearest[0] > 0.2, "{}", nearest[0]);
        assert!(nearest[15] > 0.7, "{}", nearest[15]);
    }
}
