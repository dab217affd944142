//! Pictures that are nearly the same: saved again, scaled, brighter, or taken a moment later.

use tch::{Device, Kind, Tensor};

use crate::{Error, Result, check_interrupt};

/// Two pictures and how alike they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearPair {
    /// The row of the first one.
    pub one: usize,
    /// The row of the second one, which is the greater.
    pub other: usize,
    /// The cosine of the angle between their features, in [-1, 1].
    pub similarity: f64,
}

/// How many rows are compared with all others at a time: with 10,000 rows, 20 MB of similarities.
const BLOCK: i64 = 512;

/// The pairs of rows of features `[N, C]` whose cosine similarity is at least `at_least`, the most alike first; of more than
/// `most` pairs, the first so many. Rows are taken as they are: subtract the mean of all first where they share a
/// direction (the features of a net behind its last ReLU do).
///
/// All pairs are compared, in blocks: memory grows with N and with `most`, time with N². 10,000 rows of 512 numbers take
/// seconds on two cores.
///
/// What similarity makes two pictures *the same* depends on the net and on the pictures. Two ways to say it honestly:
/// compare with the similarity of pictures to altered copies of themselves, or look at the first pairs (`at_least` -1).
///
/// # Errors
///
/// Another shape, a number that is not finite, `at_least` is not a number, or [`Error::Interrupted`].
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let features = Tensor::from_slice(&[1.0f32, 0.0, 0.0, 1.0, 2.0, 0.1]).view([3, 2]);
/// let pairs: Vec<NearPair> = near_duplicates(&features, 0.9, 10)?;
/// assert_eq!((pairs.len(), pairs[0].one, pairs[0].other), (1, 0, 2));
/// # Ok(())
/// # }
/// ```
pub fn near_duplicates(features: &Tensor, at_least: f64, most: usize) -> Result<Vec<NearPair>> {
    let size = features.size();
    let [rows, _] = size[..] else {
        return Err(Error::argument(
            "features",
            "a tensor [N, C]",
            format!("{size:?}"),
        ));
    };
    if at_least.is_nan() {
        return Err(Error::argument(
            "similarity",
            "a number in [-1, 1]",
            at_least,
        ));
    }
    let features = features
        .detach()
        .to_device(Device::Cpu)
        .to_kind(Kind::Float);
    let broken = features
        .isfinite()
        .logical_not()
        .sum(Kind::Int64)
        .int64_value(&[]);
    if broken > 0 {
        return Err(Error::argument(
            "features",
            "finite numbers",
            format!("{broken} that are not"),
        ));
    }
    let lengths = features
        .norm_scalaropt_dim(2.0, [1i64], true)
        .clamp_min(1e-12);
    let unit = features / lengths;
    let (mut pairs, mut at_least) = (Vec::new(), at_least);
    for start in (0..rows).step_by(BLOCK as usize) {
        check_interrupt()?;
        let block = unit.narrow(0, start, BLOCK.min(rows - start));
        let rest = unit.narrow(0, start, rows - start);
        // Each pair once, none with itself: what is below the diagonal is out of reach of any cosine.
        let below =
            Tensor::ones([block.size()[0], rest.size()[0]], (Kind::Bool, Device::Cpu)).tril(0);
        let alike = block
            .matmul(&rest.tr())
            .masked_fill(&below, -4.0)
            .flatten(0, 1);
        let reaching = |least: f64| {
            let places = alike.ge(least.max(-2.0)).nonzero().flatten(0, 1);
            (alike.take(&places), places)
        };
        let (mut values, mut places) = reaching(at_least);
        if let Some(most) = i64::try_from(most)
            .ok()
            .filter(|&most| most < values.size()[0])
        {
            if most == 0 {
                return Ok(pairs);
            }
            // With all that are equal to the last one: which of them stay is decided by their numbers below.
            let last = values.topk(most, 0, true, true).0.double_value(&[most - 1]);
            (values, places) = reaching(last);
        }
        let (values, places) = (
            Vec::<f32>::try_from(&values)?,
            Vec::<i64>::try_from(&places)?,
        );
        let width = rest.size()[0];
        pairs.extend(
            places
                .into_iter()
                .zip(values)
                .map(|(place, value)| NearPair {
                    one: (start + place / width) as usize,
                    other: (start + place % width) as usize,
                    similarity: f64::from(value).clamp(-1.0, 1.0),
                }),
        );
        pairs.sort_by(|one: &NearPair, other| {
            let order = other.similarity.total_cmp(&one.similarity);
            order.then((one.one, one.other).cmp(&(other.one, other.other)))
        });
        pairs.truncate(most);
        // What is less alike than the last of enough pairs is not wanted any more.
        if let Some(last) = pairs.last().filter(|_| pairs.len() == most) {
            at_least = at_least.max(last.similarity);
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pair by pair, in double precision.
    fn slowly(features: &Tensor, at_least: f64) -> Vec<(usize, usize)> {
        let rows: Vec<Vec<f64>> = (0..features.size()[0])
            .map(|row| Vec::<f64>::try_from(features.get(row).to_kind(Kind::Double)).unwrap())
            .collect();
        let dot =
            |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
        let mut found = Vec::new();
        for (one, a) in rows.iter().enumerate() {
            for (other, b) in rows.iter().enumerate().skip(one + 1) {
                let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
                if cosine >= at_least {
                    found.push((cosine, one, other));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found
            .into_iter()
            .map(|(_, one, other)| (one, other))
            .collect()
    }

    #[test]
    fn every_pair_is_compared_once_across_blocks() {
        // More rows than two blocks, of a hash's numbers.
        let numbers: Vec<f32> = (0..1300 * 6u64)
            .map(|number| {
                ((number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32) / (1 << 23) as f32 - 1.0
            })
            .collect();
        let features = Tensor::from_slice(&numbers).view([1300, 6]);
        let expected = slowly(&features, 0.97);
        assert!(expected.len() > 100);
        let found = near_duplicates(&features, 0.97, usize::MAX).unwrap();
        let places: std::collections::BTreeSet<_> =
            found.iter().map(|pair| (pair.one, pair.other)).collect();
        assert_eq!(places, expected.iter().copied().collect());
        assert!(
            found
                .windows(2)
                .all(|two| two[0].similarity >= two[1].similarity)
        );
        // The first ones alone, from whatever threshold.
        for at_least in [-1.0, 0.97] {
            let few = near_duplicates(&features, at_least, 40).unwrap();
            assert_eq!(few, found[..40]);
        }
        assert!(near_duplicates(&features, 0.5, 0).unwrap().is_empty());
        assert!(near_duplicates(&features, 1.1, 10).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_table_of_numbers_is_refused() {
        let broken = Tensor::from_slice(&[1.0f32, f32::NAN]).view([1, 2]);
        assert!(near_duplicates(&broken, 0.9, 1).is_err());
        assert!(near_duplicates(&broken.flatten(0, 1), 0.9, 1).is_err());
        assert!(
            near_duplicates(
                &Tensor::zeros([2, 2], (Kind::Float, Device::Cpu)),
                f64::NAN,
                1
            )
            .is_err()
        );
        for rows in [0, 1] {
            let few = Tensor::zeros([rows, 3], (Kind::Float, Device::Cpu));
            assert!(near_duplicates(&few, -1.0, 5).unwrap().is_empty());
        }
    }
}
