//! What a classifier says of pictures that it has not learned from, for all of them.

use tch::{Kind, Tensor};

use super::{Features, HeadConfig, LinearHead};
use crate::data::rng::Rng;
use crate::{Error, Result, check_interrupt};

/// The probabilities `[N, C]` that linear heads give for rows which they have not learned from (cross-validation): the rows are
/// dealt into `folds`, and each fold is judged by a head that was [fitted](LinearHead::fit) to all others. What
/// [`ConfidentLearning`](crate::metrics::ConfidentLearning) needs, and an estimate of the accuracy that no picture has to be
/// set apart for.
///
/// Each class is dealt evenly, in an order drawn from [`HeadConfig::seed`]; the rows of a group (copies of one another, see
/// [`connected_groups`](crate::data::connected_groups)) go to one fold, or the head would know a copy's label by heart. A class
/// with fewer rows (or groups) than folds is missing from none but its own. The same features, groups and seed give the same
/// probabilities.
///
/// # Errors
///
/// Fewer than two folds, or fewer rows than folds; a class whose rows all are in one fold (a single row, or a single group), of
/// which nothing can be said: leave it out; a row that is in no table, or in two groups; or as [`LinearHead::fit`].
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 6, 32, 0));
/// let features: Features = pixels_of(&DataLoader::new(pictures, Transform::square(8), 32))?;
/// let said: Tensor = out_of_fold(&features, &[], 3, &HeadConfig::default())?;
/// assert_eq!(said.size(), [72, 12]);
/// println!("{:.0} % right", 100.0 * accuracy(&said.argmax(1, false), &features.labels));
/// # Ok(())
/// # }
/// ```
pub fn out_of_fold(
    features: &Features,
    groups: &[Vec<usize>],
    folds: usize,
    config: &HeadConfig,
) -> Result<Tensor> {
    let count = features.len();
    if folds < 2 || folds > count {
        let expected = format!("2 or more, and no more than the {count} rows");
        return Err(Error::argument("folds", expected, folds));
    }
    let fold_of = deal(features, groups, folds, config.seed)?;
    let classes = features.classes.len() as i64;
    let said = Tensor::zeros([count as i64, classes], (Kind::Float, features.xs.device()));
    for fold in 0..folds {
        check_interrupt()?;
        let (own, others): (Vec<usize>, Vec<usize>) =
            (0..count).partition(|&row| fold_of[row] == fold);
        if own.is_empty() {
            continue;
        }
        let head = LinearHead::fit(&features.select(&others), config)?;
        let probabilities = head
            .logits(&features.select(&own).xs)
            .softmax(-1, Kind::Float);
        let rows: Vec<i64> = own.iter().map(|&row| row as i64).collect();
        let _ = said
            .shallow_clone()
            .index_copy_(0, &Tensor::from_slice(&rows), &probabilities);
    }
    Ok(said)
}

/// The fold of each row.
fn deal(features: &Features, groups: &[Vec<usize>], folds: usize, seed: u64) -> Result<Vec<usize>> {
    let labels = features.label_list();
    let mut free = vec![true; labels.len()];
    for &row in groups.iter().flatten() {
        let unclaimed = free.get_mut(row).filter(|free| **free);
        let expected = format!("rows below {}, each in one group", labels.len());
        *unclaimed.ok_or_else(|| Error::argument("groups", expected, row))? = false;
    }
    let singles = (0..labels.len())
        .filter(|&row| free[row])
        .map(|row| vec![row]);
    // A group counts as of its first row's class.
    let mut units: Vec<Vec<Vec<usize>>> = vec![Vec::new(); features.classes.len()];
    for unit in groups.iter().cloned().chain(singles) {
        if let Some(units) = unit.first().and_then(|&row| units.get_mut(labels[row])) {
            units.push(unit);
        }
    }
    let mut fold_of = vec![0; labels.len()];
    // Each class goes on where the last one ended, so that small classes do not all lie in the first folds.
    let mut next = 0;
    for (label, units) in units.iter_mut().enumerate() {
        Rng::new(seed, &[label as u64]).shuffle(units);
        // Large groups first, each to where the class has least.
        units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
        let mut sizes = vec![0; folds];
        for unit in units.iter() {
            let fold = (0..folds)
                .map(|step| (next + step) % folds)
                .min_by_key(|&fold| sizes[fold]);
            let fold = fold.unwrap_or_default();
            sizes[fold] += unit.len();
            unit.iter().for_each(|&row| fold_of[row] = fold);
            next = fold + 1;
        }
    }
    for (label, name) in features.classes.iter().enumerate() {
        let mut own = (0..labels.len())
            .filter(|&row| labels[row] == label)
            .map(|row| fold_of[row]);
        if let Some(first) = own.next()
            && own.all(|fold| fold == first)
        {
            let found = format!(
                "class {name:?}, whose rows are all in one fold: a single one, or one group"
            );
            let expected = "two rows or groups of each class, or none (leave such a class out)";
            return Err(Error::argument("rows to deal into folds", expected, found));
        }
    }
    Ok(fold_of)
}
