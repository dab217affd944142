//! Every chart of the library, easy and hard cases, in a folder and on one page per theme:
//!
//! ```sh
//! cargo run -p transfer --example gallery -- target/gallery
//! ```

mod bars;
mod curves;
mod diagrams;
mod own;
mod pictures;
mod points;

use std::error::Error;
use std::path::Path;

use transfer::prelude::*;

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/gallery".into());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    set_seed(1);
    let rooms = [
        bars::charts()?,
        curves::charts()?,
        diagrams::charts()?,
        points::charts()?,
        pictures::charts()?,
        own::charts()?,
    ];
    let charts = rooms.concat();
    let frame = df!("method" => ["linear <head>", "fine-tuned", "scratch"], "accuracy" => [0.913, 0.9471, 0.402], "loss" => [Some(0.31), None, Some(12.5)], "lr" => [1e-2, 3e-4, 1e-6], "pictures" => [160, 160, 12_000])?;
    let report = ClassReport::of(&diagrams::matrix(&names(&["a", "b", "c"]), 40));
    let mut html = Table::new(frame).percent("accuracy", 1)?.to_html() + &report.to_html();
    for (name, chart) in &charts {
        for ending in ["svg", "png", "html"] {
            chart.save(folder.join(format!("{name}.{ending}")))?;
        }
        html += &format!(
            "<p>{name}: {}</p>\n{}\n",
            chart.alt().replace('<', "&lt;"),
            chart.to_html()
        );
    }
    for (theme, ground, ink) in [
        ("light", "#ffffff", "#222222"),
        ("dark", "#111111", "#dddddd"),
    ] {
        let page = format!(
            "<meta charset=\"utf-8\"><body style=\"background:{ground};color:{ink};font-family:sans-serif\">\n{html}"
        );
        std::fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    println!("{} charts in {}", charts.len(), folder.display());
    Ok(())
}
