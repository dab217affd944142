//! Labels that keep their distance.

/// Moves labels apart: positions as near as possible to the wanted ones (in the sense of least squares) that keep
/// `gap` from each other and stay between `low` and `high`, in the order of `wanted`.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // Without the gaps it is a regression on a sequence that must not fall: pool neighbours that violate it.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        blocks.push((wanted[index] - rank as f64 * gap, 1));
        while let [.., (before, many), (last, few)] = blocks[..] {
            if before <= last {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            let all = many + few;
            blocks.push(((before * many as f64 + last * few as f64) / all as f64, all));
        }
    }
    let highest = high - gap * wanted.len().saturating_sub(1) as f64;
    let mut found = vec![0.0; wanted.len()];
    let values = blocks
        .iter()
        .flat_map(|&(value, many)| std::iter::repeat_n(value, many));
    for ((rank, &index), value) in order.iter().enumerate().zip(values) {
        found[index] = value.min(highest).max(low) + rank as f64 * gap;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order() {
        assert_eq!(spread(&[10.0, 50.0], 10.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(
            spread(&[50.0, 50.0, 50.0], 10.0, 0.0, 100.0),
            [40.0, 50.0, 60.0]
        );
        assert_eq!(spread(&[52.0, 48.0], 10.0, 0.0, 100.0), [55.0, 45.0]);
        assert_eq!(
            spread(&[99.0, 99.0, 0.0], 10.0, 0.0, 100.0),
            [90.0, 100.0, 0.0]
        );
        assert!(spread(&[], 10.0, 0.0, 100.0).is_empty());
    }
}
