//! Whether a net is right as often as it says: reliability, expected calibration error, temperature scaling.

use tch::Tensor;

use super::scores::{Table, argmax, log_sum_exp};
use crate::{Error, Result};

/// The predictions whose confidence lies in one interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReliabilityBin {
    /// Where the interval begins; it holds values above that.
    pub low: f64,
    /// Where it ends, inclusively.
    pub high: f64,
    /// How many predictions.
    pub count: usize,
    /// Their mean confidence; 0 without any.
    pub confidence: f64,
    /// The share of them that is right; 0 without any.
    pub accuracy: f64,
}

/// How confidence and accuracy agree (Guo et al., "On calibration of modern neural networks", ICML 2017).
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Intervals of equal width from 0 to 1.
    pub bins: Vec<ReliabilityBin>,
    /// The expected calibration error: the distance of accuracy and confidence, averaged over all predictions.
    pub ece: f64,
    /// The largest distance of any bin.
    pub mce: f64,
}

impl Calibration {
    /// The reliability of probabilities `[N, C]` (a softmax's output) against labels `[N]`. Guo et al. take 15 bins.
    ///
    /// # Errors
    ///
    /// The shapes do not fit, a label is not below C, `bins` is 0, or a row's highest probability is not in [0, 1] or its
    /// sum not 1 (logits, for example).
    pub fn of(probabilities: &Tensor, labels: &Tensor, bins: usize) -> Result<Self> {
        let table = Table::new(probabilities, labels)?;
        if bins == 0 {
            return Err(Error::argument(
                "bins of a reliability diagram",
                "1 or more",
                bins,
            ));
        }
        let edge = |bin: usize| bin as f64 / bins as f64;
        let mut found: Vec<ReliabilityBin> = (0..bins)
            .map(|bin| ReliabilityBin {
                low: edge(bin),
                high: edge(bin + 1),
                ..Default::default()
            })
            .collect();
        for (row, label) in table.rows() {
            let (class, confidence) = argmax(row);
            let expected = "probabilities between 0 and 1; of logits, xs.softmax(-1, Kind::Float)";
            // A softmax in single precision may be a little above 1; one in half precision adds up to 1 within a hundredth.
            if !(0.0..=1.0 + 1e-4).contains(&confidence) {
                return Err(Error::argument("confidence", expected, confidence));
            }
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > 0.02 || sum.is_nan() {
                let found = format!("a row that adds up to {sum}");
                return Err(Error::argument("confidence", expected, found));
            }
            let confidence = confidence.min(1.0);
            let mut place = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
            // The product is rounded, 0.55 * 20 to a little more than 11: the edges decide.
            if confidence <= edge(place) {
                place = place.saturating_sub(1);
            } else if confidence > edge(place + 1) {
                place += 1;
            }
            let bin = &mut found[place];
            bin.count += 1;
            bin.confidence += confidence;
            bin.accuracy += f64::from(class == label);
        }
        let (mut ece, mut mce) = (0.0, 0.0f64);
        for bin in found.iter_mut().filter(|bin| bin.count > 0) {
            bin.confidence /= bin.count as f64;
            bin.accuracy /= bin.count as f64;
            let distance = (bin.accuracy - bin.confidence).abs();
            ece += distance * bin.count as f64 / table.len() as f64;
            mce = mce.max(distance);
        }
        Ok(Self {
            bins: found,
            ece,
            mce,
        })
    }
}

/// The temperature that logits `[N, C]` are to be divided by so that their softmax fits the labels `[N]` best
/// (temperature scaling, Guo et al. 2017): the one of the lowest cross-entropy, between 0.01 and 100. Above 1, the
/// net was too sure. Fit it on pictures that the net was not trained on; it changes no prediction.
///
/// # Errors
///
/// The shapes do not fit, a label is not below C, there are no rows, or a logit is not finite.
pub fn fit_temperature(logits: &Tensor, labels: &Tensor) -> Result<f64> {
    let table = Table::new(logits, labels)?;
    if table.len() == 0 {
        return Err(Error::argument(
            "logits to fit a temperature to",
            "one row or more",
            "none",
        ));
    }
    if table
        .rows()
        .any(|(row, _)| row.iter().any(|logit| !logit.is_finite()))
    {
        return Err(Error::argument(
            "logits to fit a temperature to",
            "finite numbers",
            "others",
        ));
    }
    let loss = |inverse: f64| -> f64 {
        let row = |(row, label): (&[f64], usize)| {
            log_sum_exp(row.iter().map(|logit| logit * inverse)) - row[label] * inverse
        };
        table.rows().map(row).sum()
    };
    // Convex in the inverse temperature, so with a single valley in its logarithm too: golden sections.
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.01f64.ln(), 100f64.ln());
    let at = |low: f64, high: f64, share: f64| low + share * (high - low);
    let (mut left, mut right) = (at(low, high, 1.0 - golden), at(low, high, golden));
    let (mut loss_left, mut loss_right) = (loss(left.exp()), loss(right.exp()));
    while high - low > 1e-7 {
        if loss_left < loss_right {
            (high, right, loss_right) = (right, left, loss_left);
            left = at(low, high, 1.0 - golden);
            loss_left = loss(left.exp());
        } else {
            (low, left, loss_left) = (left, right, loss_right);
            right = at(low, high, golden);
            loss_right = loss(right.exp());
        }
    }
    Ok((-(low + high) / 2.0).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_error_by_hand() {
        // Confidences 0.9 (right), 0.8 (wrong), 0.6 (right), 0.55 (wrong), in four bins: (0.5, 0.75] holds two with
        // mean 0.575 and half of them right, (0.75, 1] two with mean 0.85 and half right.
        let probabilities =
            Tensor::from_slice(&[0.9, 0.1, 0.8, 0.2, 0.4, 0.6, 0.45, 0.55]).view([4, 2]);
        let labels = Tensor::from_slice(&[0i64, 1, 1, 0]);
        let found = Calibration::of(&probabilities, &labels, 4).unwrap();
        assert_eq!(
            found.bins.iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [0, 0, 2, 2]
        );
        assert!(
            (found.ece - (0.5 * 0.075 + 0.5 * 0.35)).abs() < 1e-12
                && (found.mce - 0.35).abs() < 1e-12
        );
        assert!((found.bins[2].confidence - 0.575).abs() < 1e-12 && found.bins[2].accuracy == 0.5);
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below_it_and_logits_are_refused() {
        let row = |value: f64| Tensor::from_slice(&[value, 1.0 - value]).view([1, 2]);
        let label = Tensor::from_slice(&[0i64]);
        let place = |value| {
            Calibration::of(&row(value), &label, 10)
                .unwrap()
                .bins
                .iter()
                .position(|bin| bin.count > 0)
        };
        assert_eq!(
            (place(0.5), place(0.51), place(1.0)),
            (Some(4), Some(5), Some(9))
        );
        for value in [3.0, f64::NAN] {
            assert!(Calibration::of(&row(value), &label, 10).is_err());
        }
        let small_logits = Tensor::from_slice(&[0.9, 0.8]).view([1, 2]);
        assert!(Calibration::of(&small_logits, &label, 10).is_err());
        // Edges are what a bin says they are, also where the product with their number is rounded up.
        for bins in 1..100usize {
            for edge in (1..=bins).map(|bin| bin as f64 / bins as f64) {
                let found = Calibration::of(&row(edge.max(1.0 - edge)), &label, bins).unwrap();
                let bin = found.bins.iter().find(|bin| bin.count > 0).unwrap();
                assert!(
                    bin.low < bin.confidence && bin.confidence <= bin.high,
                    "{bin:?}"
                );
            }
        }
        assert!(Calibration::of(&row(0.5), &label, 0).is_err());
        let none =
            Calibration::of(&row(0.5).slice(0, 0, 0, 1), &label.slice(0, 0, 0, 1), 5).unwrap();
        assert_eq!((none.ece, none.bins.len()), (0.0, 5));
    }

    #[test]
    fn a_temperature_undoes_what_was_multiplied() {
        // Two classes, three of four right at the same logit: the best probability is 3/4, its logit ln 3.
        let logits = Tensor::from_slice(&[6.0, 0.0, 6.0, 0.0, 6.0, 0.0, 6.0, 0.0]).view([4, 2]);
        let labels = Tensor::from_slice(&[0i64, 0, 0, 1]);
        let found = fit_temperature(&logits, &labels).unwrap();
        assert!((found - 6.0 / 3f64.ln()).abs() < 1e-4, "{found}");
        let scaled = (logits / found).softmax(-1, tch::Kind::Double);
        assert!(Calibration::of(&scaled, &labels, 10).unwrap().ece < 1e-4);
        assert!(
            fit_temperature(
                &Tensor::from_slice(&[f64::NAN, 0.0]).view([1, 2]),
                &Tensor::from_slice(&[0i64])
            )
            .is_err()
        );
    }
}
