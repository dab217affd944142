//! Splits that keep together what belongs together.

use super::super::rng::Rng;
use super::super::{Amount, Split, stratified};
use crate::{Error, Result};

/// Sets a share of each class apart, as [`stratified`] does, but no group is ever divided: what is chosen has no copy among
/// the rest (scikit-learn's `StratifiedGroupKFold`, for one fold). `groups` are positions in `labels`; what is in none is a
/// group by itself. Pictures without a copy are chosen before others, so that what is judged by is as varied as can be; a
/// group of several classes is never chosen. The same labels, groups and seed give the same choice.
///
/// # Errors
///
/// `share` is not between 0 and 1; a position is not below the number of labels, or in two groups; or a class has too few
/// groups to be on both sides.
///
/// ```
/// use transfer::data::{Split, stratified_groups};
///
/// # fn main() -> transfer::Result<()> {
/// let labels = [0, 0, 0, 0, 1, 1, 1, 1];
/// let split: Split = stratified_groups(&labels, &[vec![0, 1, 2], vec![4, 7]], 0.25, 0)?;
/// assert_eq!(split.chosen.len(), 2);
/// assert_eq!(split.chosen[0], 3); // the one picture of class 0 without a copy
/// # Ok(())
/// # }
/// ```
pub fn stratified_groups(
    labels: &[usize],
    groups: &[Vec<usize>],
    share: f64,
    seed: u64,
) -> Result<Split> {
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::argument(
            "share",
            "a number between 0 and 1, both left out",
            share,
        ));
    }
    // Says which class is too small, and how small.
    let plain = stratified(labels, Amount::Share(share), seed)?;
    if groups.is_empty() {
        return Ok(plain);
    }
    let mut grouped = vec![false; labels.len()];
    for &place in groups.iter().flatten() {
        let free = grouped.get_mut(place).filter(|grouped| !**grouped);
        let expected = format!("positions below {}, each in one group", labels.len());
        *free.ok_or_else(|| Error::argument("groups", expected, place))? = true;
    }
    let singles = (0..labels.len())
        .filter(|&place| !grouped[place])
        .map(|place| vec![place]);
    let units: Vec<Vec<usize>> = singles.chain(groups.iter().cloned()).collect();
    let classes = labels.iter().max().map_or(0, |&label| label + 1);
    let mut chosen = vec![false; labels.len()];
    for label in 0..classes {
        let total = labels.iter().filter(|&&found| found == label).count();
        let target = plain
            .chosen
            .iter()
            .filter(|&&place| labels[place] == label)
            .count();
        let pure = |unit: &&Vec<usize>| unit.iter().all(|&place| labels[place] == label);
        let mut units: Vec<&Vec<usize>> = units.iter().filter(pure).collect();
        Rng::new(seed, &[label as u64]).shuffle(&mut units);
        units.sort_by_key(|unit| unit.len());
        let mut taken = 0;
        for unit in units {
            // Something of each class is left to learn from.
            if taken < target && taken + unit.len() < total {
                taken += unit.len();
                unit.iter().for_each(|&place| chosen[place] = true);
            }
        }
        if taken == 0 && total > 0 {
            let found = format!(
                "class {label}, whose {total} pictures are one group, or in groups with other classes"
            );
            return Err(Error::argument(
                "groups",
                "two or more of each class, so that both sides have one",
                found,
            ));
        }
    }
    let side = |of: bool| {
        (0..labels.len())
            .filter(|&place| chosen[place] == of)
            .collect()
    };
    Ok(Split {
        chosen: side(true),
        rest: side(false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_is_divided_and_every_class_has_its_share() {
        let labels: Vec<usize> = (0..120).map(|place| place % 3).collect();
        // Twins of one class, a large group, and one of two classes.
        let mut groups: Vec<Vec<usize>> =
            (0..10).map(|pair| vec![6 * pair, 6 * pair + 3]).collect();
        groups.push((60..120).filter(|place| place % 3 == 1).collect());
        groups.push(vec![61 - 60, 62 - 60]);
        for seed in 0..5 {
            let split = stratified_groups(&labels, &groups, 0.25, seed).unwrap();
            for group in &groups {
                let chosen = group
                    .iter()
                    .filter(|place| split.chosen.contains(place))
                    .count();
                assert!(chosen == 0 || chosen == group.len());
            }
            for class in 0..3 {
                let chosen = split
                    .chosen
                    .iter()
                    .filter(|&&place| labels[place] == class)
                    .count();
                assert_eq!(chosen, 10, "class {class}");
            }
            assert_eq!(
                split,
                stratified_groups(&labels, &groups, 0.25, seed).unwrap()
            );
            let mut all = [split.chosen, split.rest].concat();
            all.sort_unstable();
            assert_eq!(all, (0..120).collect::<Vec<_>>());
        }
        assert_ne!(
            stratified_groups(&labels, &groups, 0.25, 0).unwrap(),
            stratified_groups(&labels, &groups, 0.25, 1).unwrap()
        );
    }

    #[test]
    fn bursts_are_chosen_whole_where_there_is_nothing_else() {
        let labels = [0, 0, 0, 0, 0, 0, 1, 1];
        let split = stratified_groups(&labels, &[vec![0, 1, 2], vec![3, 4, 5]], 0.3, 0).unwrap();
        assert!([vec![0, 1, 2], vec![3, 4, 5]].contains(&split.chosen[..3].to_vec()));
    }

    #[test]
    fn what_cannot_be_on_both_sides_is_an_error() {
        let message = |labels: &[usize], groups: &[Vec<usize>]| {
            stratified_groups(labels, groups, 0.5, 0)
                .unwrap_err()
                .to_string()
        };
        assert!(message(&[0, 1], &[]).contains("class 0 has 1"));
        assert!(message(&[0, 0, 1, 1], &[vec![0, 1]]).contains("class 0"));
        assert!(message(&[0, 0, 1, 1], &[vec![0, 4]]).contains("below 4"));
        assert!(message(&[0, 0, 1, 1], &[vec![0, 1], vec![1, 2]]).contains("one group"));
        assert!(stratified_groups(&[0, 0], &[], 1.0, 0).is_err());
    }
}
