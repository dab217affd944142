//! Colours that read on white and on near-black: a chart's background is transparent, and a picture inside an
//! `<img>` cannot see JupyterLab's theme.

use plotters::style::{Color, RGBAColor, RGBColor};

/// Text, axes and ticks: 4.3:1 on white, 4.4:1 on #111.
pub(super) const TEXT: RGBColor = RGBColor(0x7a, 0x7a, 0x7a);
/// Right.
pub(super) const GOOD: RGBColor = RGBColor(0x2e, 0x9e, 0x5b);
/// Wrong.
pub(super) const BAD: RGBColor = RGBColor(0xe0, 0x50, 0x3a);
/// What holds a number in light letters.
pub(super) const DEEP: RGBColor = RGBColor(0x2f, 0x6f, 0xad);
/// The same, of what is wrong.
pub(super) const DEEP_BAD: RGBColor = RGBColor(0xc0, 0x41, 0x2d);
/// Letters on those two.
pub(super) const LIGHT: RGBColor = RGBColor(0xf6, 0xf6, 0xf6);

/// Series, told apart by people with the common colour-vision deficiencies too (after Okabe and Ito), each at
/// least 3:1 on white and on #111.
pub(super) const SERIES: [RGBColor; 6] = [
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0xd0, 0x6b, 0x1f),
    RGBColor(0x7f, 0x78, 0xc4),
    RGBColor(0x3a, 0x86, 0xc8),
    RGBColor(0xd1, 0x4f, 0x8f),
    RGBColor(0x8a, 0x8a, 0x3a),
];

/// The colour of the series with this number, as in the library's own charts: it reads on a light and on a dark page.
/// After six, they come back.
#[must_use]
pub fn series_ink(index: usize) -> RGBColor {
    SERIES[index % SERIES.len()]
}

/// The lines of the grid.
pub(super) fn grid() -> RGBAColor {
    RGBAColor(0x88, 0x88, 0x88, 0.3)
}

/// The axes.
pub(super) fn axis() -> RGBAColor {
    TEXT.mix(0.7)
}

/// The colour of a share in [0, 1], from dark blue over green to yellow: lightness grows evenly, so that it reads
/// in grey and with every kind of colour vision (viridis, van der Walt and Smith 2015, in the polynomial fit of Matt Zucker).
pub(super) fn viridis(share: f64) -> RGBColor {
    const TERMS: [[f64; 3]; 7] = [
        [0.277_727, 0.005_407, 0.334_100],
        [0.105_093, 1.404_614, 1.384_590],
        [-0.330_862, 0.214_848, 0.095_095],
        [-4.634_230, -5.799_101, -19.332_441],
        [6.228_270, 14.179_933, 56.690_553],
        [4.776_385, -13.745_145, -65.353_033],
        [-5.435_456, 4.645_853, 26.312_435],
    ];
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let channel = |c: usize| {
        let value = TERMS
            .iter()
            .rev()
            .fold(0.0, |sum, term| sum * share + term[c]);
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    RGBColor(channel(0), channel(1), channel(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(RGBColor(r, g, b): RGBColor) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// The contrast ratio of WCAG 2.
    fn contrast(one: RGBColor, other: RGBColor) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_ink_reads_on_white_and_on_near_black() {
        for ink in SERIES.iter().chain([&TEXT, &GOOD, &BAD, &DEEP, &DEEP_BAD]) {
            for ground in [RGBColor(0xff, 0xff, 0xff), RGBColor(0x11, 0x11, 0x11)] {
                assert!(
                    contrast(*ink, ground) >= 3.0,
                    "{ink:?} on {ground:?}: {}",
                    contrast(*ink, ground)
                );
            }
        }
        for ground in [DEEP, DEEP_BAD] {
            assert!(
                contrast(LIGHT, ground) >= 4.5,
                "{}",
                contrast(LIGHT, ground)
            );
        }
    }

    #[test]
    fn the_colour_map_gets_lighter_all_the_way() {
        let steps: Vec<f64> = (0..=50)
            .map(|i| luminance(viridis(f64::from(i) / 50.0)))
            .collect();
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
        // The ends of matplotlib's viridis are #440154 and #fde725.
        let near = |a: RGBColor, b: RGBColor| {
            [a.0.abs_diff(b.0), a.1.abs_diff(b.1), a.2.abs_diff(b.2)]
                .iter()
                .all(|d| *d < 6)
        };
        assert!(
            near(viridis(0.0), RGBColor(0x44, 0x01, 0x54))
                && near(viridis(1.0), RGBColor(0xfd, 0xe7, 0x25))
        );
        assert!(
            near(viridis(0.5), RGBColor(0x21, 0x91, 0x8c)),
            "{:?}",
            viridis(0.5)
        );
        assert_eq!(viridis(f64::NAN), viridis(0.0));
    }
}
