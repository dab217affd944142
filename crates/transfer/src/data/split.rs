//! Choosing pictures so that every class has its share.

use super::rng::Rng;
use crate::{Error, Result};

/// How much of each class is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// So many of each class.
    PerClass(usize),
    /// This share of each class, between 0 and 1, rounded; at least one of each class, if the share is not 0, and
    /// not all of any class, if it is not 1.
    Share(f64),
}

/// Positions in a data set, in two parts, each sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The positions that were chosen.
    pub chosen: Vec<usize>,
    /// All others.
    pub rest: Vec<usize>,
}

/// Chooses the same amount of every class at random. The same labels and seed give the same choice, and a larger amount
/// chooses what a smaller one does and more: with one seed, five shots contain the one shot. Classes are 0
/// to the largest label: one in between that no label names has no members.
///
/// # Errors
///
/// A class has fewer members than are asked for, or too few to have a share of it on both sides; or the share is
/// not between 0 and 1.
pub fn stratified(labels: &[usize], amount: Amount, seed: u64) -> Result<Split> {
    if let Amount::Share(share) = amount
        && !(0.0..=1.0).contains(&share)
    {
        return Err(Error::argument("share", "a number between 0 and 1", share));
    }
    let classes = labels.iter().max().map_or(0, |&label| label + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); classes];
    for (index, &label) in labels.iter().enumerate() {
        members[label].push(index);
    }
    let mut split = Split {
        chosen: Vec::new(),
        rest: Vec::new(),
    };
    for (label, mut members) in members.into_iter().enumerate() {
        let size = members.len();
        let (least, count) = match amount {
            Amount::PerClass(count) => (count, count),
            Amount::Share(share) => {
                let (chosen, left) = (usize::from(share > 0.0), usize::from(share < 1.0));
                let count = (size as f64 * share).round() as usize;
                (
                    chosen + left,
                    count.min(size.saturating_sub(left)).max(chosen),
                )
            }
        };
        if size < least {
            return Err(Error::argument(
                "examples per class",
                "no more than the smallest class has",
                format!("{least}, where class {label} has {size}"),
            ));
        }
        Rng::new(seed, &[label as u64]).shuffle(&mut members);
        split.chosen.extend_from_slice(&members[..count]);
        split.rest.extend_from_slice(&members[count..]);
    }
    split.chosen.sort_unstable();
    split.rest.sort_unstable();
    Ok(split)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_share() {
        let labels: Vec<usize> = (0..90).map(|index| index % 3).collect();
        let split = stratified(&labels, Amount::PerClass(4), 1).unwrap();
        for class in 0..3 {
            assert_eq!(
                split
                    .chosen
                    .iter()
                    .filter(|&&index| labels[index] == class)
                    .count(),
                4
            );
        }
        let mut all = [split.chosen.clone(), split.rest.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..90).collect::<Vec<_>>());
        assert_eq!(split, stratified(&labels, Amount::PerClass(4), 1).unwrap());
        assert_ne!(split, stratified(&labels, Amount::PerClass(4), 2).unwrap());
        assert_eq!(
            stratified(&labels, Amount::Share(0.2), 0)
                .unwrap()
                .chosen
                .len(),
            18
        );
    }

    #[test]
    fn a_larger_amount_contains_a_smaller_one() {
        let labels: Vec<usize> = (0..200).map(|index| index * index % 7 % 4).collect();
        let chosen = |amount| stratified(&labels, amount, 3).unwrap().chosen;
        let shots = [1, 2, 5, 10].map(|count| chosen(Amount::PerClass(count)));
        let shares = [0.01, 0.1, 0.5, 1.0].map(|share| chosen(Amount::Share(share)));
        for nested in [&shots, &shares] {
            for pair in nested.windows(2) {
                assert!(pair[0].len() < pair[1].len());
                assert!(pair[0].iter().all(|index| pair[1].contains(index)));
            }
        }
    }

    #[test]
    fn too_much_is_an_error() {
        let message = stratified(&[0, 0, 1], Amount::PerClass(2), 0)
            .unwrap_err()
            .to_string();
        assert!(message.contains("class 1 has 1"), "{message}");
        assert!(stratified(&[0], Amount::Share(1.5), 0).is_err());
        assert!(stratified(&[], Amount::Share(-1.0), 0).is_err());
    }

    #[test]
    fn a_class_without_members_is_an_error() {
        for amount in [Amount::PerClass(1), Amount::Share(0.5)] {
            let message = stratified(&[0, 0, 2, 2], amount, 0)
                .unwrap_err()
                .to_string();
            assert!(message.contains("class 1 has 0"), "{message}");
        }
        assert!(stratified(&[0, 0, 2, 2], Amount::PerClass(0), 0).is_ok());
    }

    #[test]
    fn a_share_leaves_something_of_each_class_on_both_sides() {
        for share in [0.01, 0.5, 0.99] {
            let split = stratified(&[0, 0, 1, 1, 1], Amount::Share(share), 0).unwrap();
            for side in [&split.chosen, &split.rest] {
                assert!(side.iter().any(|&index| index < 2), "{share}: {split:?}");
                assert!(side.iter().any(|&index| index >= 2), "{share}: {split:?}");
            }
        }
        let all = |share| stratified(&[0, 1], Amount::Share(share), 0).unwrap();
        assert_eq!((all(0.0).rest.len(), all(1.0).chosen.len()), (2, 2));
        assert!(stratified(&[0, 0, 1], Amount::Share(0.5), 0).is_err());
    }
}
