//! The species: names, and the numbers that make their leaves.

use std::borrow::Cow;

mod distance;
mod drawn;
mod named;
mod traits;

pub(crate) use traits::{Margin, Mark, Oval, Pattern, Plan, Shape, Surface, Tone};

/// Which of the named species: those of the lessons, the others, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeciesSet {
    /// Twelve species that the lessons do not learn: for a base net, or as the known side of a comparison.
    Base,
    /// The lessons' twelve species, some of which are easily mistaken for each other. Neither the base set nor
    /// [`Species::drawn`] has any of them.
    Novel,
    /// Both.
    All,
}

impl SpeciesSet {
    /// The species of the set, sorted by name.
    #[must_use]
    pub fn species(self) -> Vec<Species> {
        named::all()
            .into_iter()
            .filter(|(set, _)| self == SpeciesSet::All || *set == self)
            .map(|(_, species)| species)
            .collect()
    }
}

/// A kind of leaf. What is private here is drawn, not told: see the source for the numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Species {
    name: Cow<'static, str>,
    pub(crate) plan: Plan,
    pub(crate) shape: Shape,
    pub(crate) margin: Margin,
    pub(crate) surface: Surface,
    pub(crate) pattern: Pattern,
}

impl Species {
    /// Its name, which is also its class's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its random numbers depend on.
    pub(crate) fn key(&self) -> u64 {
        self.name.bytes().fold(0u64, |hash, byte| {
            hash.wrapping_mul(131).wrapping_add(u64::from(byte))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_and_novel_share_nothing() {
        let (base, novel) = (SpeciesSet::Base.species(), SpeciesSet::Novel.species());
        assert_eq!(
            (base.len(), novel.len(), SpeciesSet::All.species().len()),
            (12, 12, 24)
        );
        assert!(
            base.iter()
                .all(|species| novel.iter().all(|other| species.name != other.name))
        );
        for set in [base, novel, SpeciesSet::All.species()] {
            assert!(set.is_sorted_by_key(|species| species.name.clone()));
        }
    }
}
