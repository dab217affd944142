//! Student's t distribution: its cumulative distribution function and the inverse of that.

/// The logarithm of the gamma function for positive numbers (Lanczos 1964, with g = 7 and nine terms).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let sum = TERMS
        .iter()
        .enumerate()
        .fold(0.999_999_999_999_809_9, |sum, (i, term)| {
            sum + term / (x + i as f64 + 1.0)
        });
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The regularised incomplete beta function I_x(a, b), by its continued fraction in Lentz's form.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast below the mean; above it, that of the mirrored function does.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front =
        (a * x.ln() + b * (1.0 - x).ln() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b)).exp() / a;
    let away = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..300 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

/// The probability of a value up to `t` with `freedom` degrees of freedom.
pub(super) fn cdf(t: f64, freedom: f64) -> f64 {
    let tail = 0.5 * incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t));
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The value that is not exceeded with that probability, which lies in (0, 1).
pub(super) fn quantile(probability: f64, freedom: f64) -> f64 {
    if probability < 0.5 {
        return -quantile(1.0 - probability, freedom);
    }
    let (mut low, mut high) = (0.0, 1.0);
    while cdf(high, freedom) < probability && high < 1e18 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if cdf(middle, freedom) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // scipy.stats.t.ppf(p, df)
        for (probability, freedom, expected) in [
            (0.975, 1.0, 12.706_204_736_4),
            (0.975, 2.0, 4.302_652_729_7),
            (0.975, 4.0, 2.776_445_105_2),
            (0.975, 9.0, 2.262_157_162_7),
            (0.95, 4.0, 2.131_846_786_3),
            (0.995, 29.0, 2.756_385_903_7),
            (0.975, 1000.0, 1.962_339_080_8),
            (0.5, 3.0, 0.0),
            (0.1, 5.0, -1.475_884_048_8),
        ] {
            let found = quantile(probability, freedom);
            assert!(
                (found - expected).abs() < 1e-8,
                "{probability} {freedom}: {found}"
            );
        }
    }

    #[test]
    fn distribution_and_inverse_agree() {
        for freedom in [1.0, 2.0, 7.0, 50.0] {
            for probability in [0.001, 0.2, 0.6, 0.999] {
                assert!((cdf(quantile(probability, freedom), freedom) - probability).abs() < 1e-12);
            }
        }
        // One degree of freedom is Cauchy's distribution.
        assert!((cdf(1.0, 1.0) - 0.75).abs() < 1e-12);
    }
}
