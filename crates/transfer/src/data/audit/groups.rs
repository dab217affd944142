//! Pictures that belong together.

use std::collections::BTreeMap;

use super::AuditedPicture;
use super::measure::hash_of;
use crate::Result;
use crate::data::parallel::in_parallel;

/// Groups of pictures with the same bytes. Only files of one size are read. Where a hash is known already, it is of pixels.
pub(super) fn equal_contents(
    pictures: &[AuditedPicture],
    hashes: &[Option<u128>],
) -> Result<Vec<Vec<usize>>> {
    let readable = |place: &usize| pictures[*place].header.is_some();
    let mut by_size: BTreeMap<(bool, u64), Vec<usize>> = BTreeMap::new();
    for place in (0..pictures.len()).filter(readable) {
        let key = (hashes[place].is_some(), pictures[place].bytes);
        by_size.entry(key).or_default().push(place);
    }
    by_size.retain(|_, places| places.len() > 1);
    let places: Vec<usize> = by_size.into_values().flatten().collect();
    let read = in_parallel(places.len(), |number| {
        let place = places[number];
        // A file that has gone meanwhile is the same as no other.
        Ok(hashes[place].or_else(|| hash_of(&pictures[place].path).ok()))
    })?;
    let mut by_content: BTreeMap<(bool, u64, u128), Vec<usize>> = BTreeMap::new();
    for (place, hash) in places.into_iter().zip(read) {
        if let Some(hash) = hash {
            let key = (hashes[place].is_some(), pictures[place].bytes, hash);
            by_content.entry(key).or_default().push(place);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_content
        .into_values()
        .filter(|group| group.len() > 1)
        .collect();
    groups.sort();
    Ok(groups)
}

/// The groups that pairs of numbers below `count` make: two numbers are in one group if a chain of pairs leads from one to the
/// other. Each group has two or more numbers, sorted; groups are in the order of their first ones.
///
/// A chain can be long: where 1 is like 2 and 2 like 3, 1 and 3 are in one group without being alike. That is what a split
/// needs, and no proof that all of a group are copies.
///
/// # Panics
///
/// A number is not below `count`.
///
/// ```
/// use transfer::data::connected_groups;
///
/// assert_eq!(connected_groups(&[(4, 1), (2, 3), (1, 0)], 6), [vec![0, 1, 4], vec![2, 3]]);
/// ```
#[must_use]
pub fn connected_groups(pairs: &[(usize, usize)], count: usize) -> Vec<Vec<usize>> {
    /// The first of a group, with the way there made shorter.
    fn first(leads: &mut [usize], mut at: usize) -> usize {
        while leads[at] != at {
            leads[at] = leads[leads[at]];
            at = leads[at];
        }
        at
    }
    let mut leads: Vec<usize> = (0..count).collect();
    for &(one, other) in pairs {
        let (one, other) = (first(&mut leads, one), first(&mut leads, other));
        leads[one.max(other)] = one.min(other);
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for number in 0..count {
        groups
            .entry(first(&mut leads, number))
            .or_default()
            .push(number);
    }
    groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_become_one_group_whatever_their_order() {
        let chain: Vec<(usize, usize)> = (0..999).map(|number| (number + 1, number)).collect();
        let whole: Vec<usize> = (0..1000).collect();
        assert_eq!(connected_groups(&chain, 1001), std::slice::from_ref(&whole));
        let backwards: Vec<(usize, usize)> = chain.into_iter().rev().collect();
        assert_eq!(connected_groups(&backwards, 1000), [whole]);
        assert!(connected_groups(&[(2, 2)], 3).is_empty());
        assert!(connected_groups(&[], 0).is_empty());
    }
}
