//! Colours that read on white and on near-black: a chart's background is transparent, and a picture inside an
//! `<img>` cannot see JupyterLab's theme.

use plotters::chart::MeshStyle;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{Color, IntoFont, RGBColor, SVGBackend, TRANSPARENT, TextStyle};

/// Text, axes and ticks: 4.3:1 on white, 4.4:1 on #111.
pub(super) const TEXT: (u8, u8, u8) = (0x7a, 0x7a, 0x7a);
/// The lines of the grid, drawn with little opacity.
pub(super) const GRID: (u8, u8, u8) = (0x88, 0x88, 0x88);
/// Right.
pub(super) const GOOD: &str = "#2e9e5b";
/// Wrong.
pub(super) const BAD: &str = "#e0503a";

/// Series, told apart by people with the common colour-vision deficiencies too (after Okabe and Ito), each at
/// least 3:1 on white and on #111.
pub(super) const SERIES: [(u8, u8, u8); 6] = [
    (0x1b, 0x9e, 0x77),
    (0xd0, 0x6b, 0x1f),
    (0x7f, 0x78, 0xc4),
    (0x3a, 0x86, 0xc8),
    (0xd1, 0x4f, 0x8f),
    (0x8a, 0x8a, 0x3a),
];

/// The colour of the series with this number.
pub(super) fn series(index: usize) -> (u8, u8, u8) {
    SERIES[index % SERIES.len()]
}

/// Sans-serif text of that size.
pub(super) fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&rgb(TEXT))
}

/// A colour as plotters has it.
pub(super) fn rgb((r, g, b): (u8, u8, u8)) -> RGBColor {
    RGBColor(r, g, b)
}

/// The axes and the grid of every chart.
pub(super) fn mesh(mesh: &mut MeshStyle<'_, '_, RangedCoordf64, RangedCoordf64, SVGBackend<'_>>) {
    mesh.y_labels(6)
        .axis_style(rgb(TEXT).mix(0.6))
        .bold_line_style(rgb(GRID).mix(0.3))
        .light_line_style(TRANSPARENT)
        .label_style(text(14))
        .axis_desc_style(text(15));
}
