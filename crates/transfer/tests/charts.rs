//! Charts are well-formed, scale, and read on light and dark.

use transfer::data::RgbImage;
use transfer::viz::{Bar, Curve, Figure, Show, Tile, bars, curves, grid, show_all};

fn sound(figure: &Figure) {
    let svg = figure.svg();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("viewBox=\"0 0 "));
    for colour in ["#000000", "#FFFFFF", "NaN", "inf\""] {
        assert!(!svg.contains(colour), "{colour} in {svg}");
    }
}

#[test]
fn a_chart_of_each_kind() {
    let chart = bars(
        "Accuracy",
        "%",
        100.0,
        &[Bar::new("a & b", &[70.0, 80.0]), Bar::new("c", &[40.0])],
    )
    .unwrap();
    sound(&chart);
    assert!(chart.svg().contains("a &amp; b") && chart.svg().contains("75.0"));
    sound(
        &curves(
            "Loss",
            "epoch",
            "loss",
            &[Curve::new("x", &[3.0, 2.0, 1.5]), Curve::new("y", &[1.0])],
        )
        .unwrap(),
    );
    sound(&curves("Nothing", "x", "y", &[]).unwrap());
    sound(&bars("Nothing", "y", 1.0, &[]).unwrap());
    let tiles = [
        Tile::new(RgbImage::new(8, 8), "a < b"),
        Tile::new(RgbImage::new(300, 500), "c").marked(true),
    ];
    let pictures = grid(&tiles, 3).unwrap();
    sound(&pictures);
    assert!(
        pictures.svg().contains("a &lt; b") && pictures.svg().contains("data:image/png;base64,")
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chart.svg");
    chart.save(&file).unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), chart.svg());
    let html = show_all(&[&chart, &pictures]).to_html();
    assert_eq!(html.matches("<img ").count(), 2);
}
