//! What charts are given on a bad day: numbers of every size, names in every script, nothing at all.

use transfer::data::RgbImage;
use transfer::prelude::*;

use crate::diagrams::matrix;
use crate::names;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let scripts = names(&[
        "ambiguë <script>alert('1')</script>",
        "Ёлка и 猫 в шапке",
        "كلب صغير",
        "ภาษาไทย 🐈‍⬛",
        "e\u{301}a\u{308} \"q\" & 'p'",
        "日本語の長い長いクラスの名前がここにある",
        "",
        "tab\tand\nline",
    ]);
    let values = [1e-9, 1e9, -4e5, 0.0, f64::NAN, f64::INFINITY, 3.0, 1e-300];
    let bar = |(name, &value): (&String, &f64)| Bar::new(name.clone(), &[value, value * 1.1]);
    let odd_bars: Vec<Bar> = scripts.iter().zip(&values).map(bar).collect();
    let curve = |(index, name): (usize, &String)| {
        let values = (0..9).map(|x| 5.0 + (f64::from(x) + index as f64).sin());
        Curve::new(name.clone(), &values.collect::<Vec<_>>())
    };
    let written: Vec<Curve> = scripts.iter().enumerate().map(curve).collect();
    let line = |name: &str, values: &[f64]| Curve::new(name, values);
    let close = [1_000_000.001, 1_000_000.002, 1_000_000.004];
    let sizes = [
        Panel::new("step", "tiny", &[line("a", &[1e-12, 3e-12, 2e-12])]),
        Panel::new("step", "huge", &[line("a", &[1e12, -3e12, 2e15])]),
        Panel::new("step", "nearly the same", &[line("a", &close)]),
        Panel::new("step", "the same", &[line("a", &[7.0; 5])]),
        Panel::new("step", "extremes", &[line("a", &[-1e300, 1e300])]),
        Panel::new("step", "negative, logarithmic", &[line("a", &[-1.0, -2.0])]).log_y(),
        Panel::new(
            "step",
            "not finite",
            &[line("a", &[f64::NAN, f64::INFINITY])],
        ),
        Panel::new("step", "one of two", &[line("a", &[1.0]), line("b", &[])]),
        Panel::new(
            "x",
            "y",
            &[Curve::xy("a", vec![(2.5, 1.0), (2.5, 4.0), (-1e7, 2.0)])],
        ),
    ];
    let noise: Vec<f64> = (0..5000)
        .map(|i| 1.0 / f64::from(i + 1) + 0.01 * f64::from(i * 7919 % 101))
        .collect();
    let many: Vec<Bar> = (0..40)
        .map(|i| Bar::new(format!("{i}"), &[f64::from(i * 13 % 37)]))
        .collect();
    let legend: Vec<String> = (0..12)
        .map(|i| format!("series of a long name {i}"))
        .collect();
    let groups: Vec<(String, Vec<Bar>)> = (0..3)
        .map(|g| {
            let bars = (0..12)
                .map(|i| Bar::new("", &[f64::from(i * 7 % 11 + g), f64::from(i * 5 % 11 + g)]));
            (format!("group {g}"), bars.collect())
        })
        .collect();
    let tile = |(index, name): (usize, &String)| {
        let picture = RgbImage::from_fn(
            [200, 30, 3, 640][index % 4],
            [100, 30, 90, 20][index % 4],
            |x, y| image::Rgb([(x * 5) as u8, (y * 9) as u8, 90]),
        );
        Tile::new(picture, name.clone()).marked(index % 2 == 0)
    };
    let tiles: Vec<Tile> = scripts.iter().enumerate().map(tile).collect();
    let points = Tensor::randn([64, 2], (Kind::Float, Device::Cpu)) * 1e-20;
    let far = Tensor::from_slice(&[0.0, 0.0, 1e300, 1.0, f64::NAN, 1.0, -1e300, 0.0]).view([4, 2]);
    let labels: Vec<usize> = (0..64).map(|i| i % 8).collect();
    let certain = Tensor::from_slice(&[1.0f32, 0.0]).view([1, 2]);
    let one = Calibration::of(&certain, &Tensor::from_slice(&[1i64]), 10)?;
    let maps = Tensor::from_slice(&[f32::NAN, 1.0, f32::INFINITY, 1e30, -1e30, 0.0, 5.0, 5.0]);
    let hundred: Vec<String> = (0..120).map(|i| format!("n{i:03} of ImageNet")).collect();
    let mut never = matrix(&scripts, 123_456);
    never.counts[6] = vec![0; 8];
    Ok(vec![
        (
            "hard_bars",
            bars(&scripts[0], &scripts[1], 100.0, &odd_bars)?,
        ),
        ("hard_bars_many", bars("Forty bars", "%", 1.0, &many)?),
        (
            "hard_bars_groups",
            grouped_bars("Twelve in a group", "y", 10.0, &legend, &groups)?,
        ),
        ("hard_bars_none", bars("", "", 0.0, &[])?),
        (
            "hard_names",
            curves(&scripts[2], &scripts[5], &scripts[3], &written)?,
        ),
        ("hard_sizes", panels("Every size", &sizes)?),
        (
            "hard_dense",
            curves("Five thousand points", "step", "loss", &[line("a", &noise)])?,
        ),
        ("hard_confusion", confusion_chart(&scripts[1], &never)?),
        (
            "hard_confusion_120",
            confusion_chart("A hundred and twenty", &matrix(&hundred, 50))?,
        ),
        (
            "hard_confusion_1",
            confusion_chart("One class", &matrix(&scripts[5..6], 9))?,
        ),
        (
            "hard_scatter",
            scatter("Tiny distances", &points, &labels, &scripts)?,
        ),
        (
            "hard_scatter_far",
            scatter("Extremes", &far, &[0, 1, 2, 3], &scripts)?,
        ),
        (
            "hard_scatter_none",
            scatter("No points", &far.slice(0, 0, 0, 1), &[], &[])?,
        ),
        (
            "hard_reliability",
            reliability_diagram("One prediction, wrong", &one)?,
        ),
        ("hard_grid", grid(&tiles, 5)?),
        ("hard_grid_none", grid(&[], 5)?),
        (
            "hard_maps",
            map_grid("Not finite", &maps.view([2, 2, 2]), MapScale::Common, 4)?,
        ),
        (
            "hard_map_one",
            map_grid(
                "One map with a title that is longer than it",
                &maps.slice(0, 4, 8, 1).view([1, 2, 2]),
                MapScale::PerMap,
                4,
            )?,
        ),
        (
            "hard_history",
            history_chart("No epochs", &History::default())?,
        ),
    ])
}
