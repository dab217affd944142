//! Every chart of the library, easy and hard cases, in a folder and on one page per theme:
//!
//! ```sh
//! cargo run -p transfer --example gallery -- target/gallery
//! ```

mod bars;
mod curves;
mod detection;
mod diagrams;
mod hard;
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
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target/gallery".into());
    if folder.starts_with('-') || arguments.next().is_some() {
        println!(
            "gallery [FOLDER]: every chart as SVG, PNG and HTML, and light.html and dark.html with all of them"
        );
        println!("in FOLDER, which is made; target/gallery if it is not given.");
        let help = ["-h", "--help"].contains(&folder.as_str());
        return if help {
            Ok(())
        } else {
            Err(format!("unknown option {folder:?}, or more than one folder").into())
        };
    }
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    set_seed(1);
    let rooms = [
        bars::charts()?,
        curves::charts()?,
        diagrams::charts()?,
        points::charts()?,
        pictures::charts()?,
        detection::charts()?,
        own::charts()?,
        hard::charts()?,
    ];
    let charts = rooms.concat();
    let frame = df!("method" => ["linear <head>", "fine-tuned", "scratch"], "accuracy" => [0.913, 0.9471, 0.402], "loss" => [Some(0.31), None, Some(12.5)], "lr" => [1e-2, 3e-4, 1e-6], "pictures" => [160, 160, 12_000])?;
    let report = ClassReport::of(&diagrams::matrix(&names(&["a", "b", "c"]), 40));
    let mut html = Table::new(frame).percent("accuracy", 1)?.to_html() + &report.to_html();
    html += &detection::summary()?.to_html();
    for (name, chart) in &charts {
        for ending in ["svg", "png", "html"] {
            chart.save(folder.join(format!("{name}.{ending}")))?;
        }
        html += &format!(
            "<p>{name}: {}</p>\n{}\n",
            chart.alt().replace('&', "&amp;").replace('<', "&lt;"),
            chart.to_html()
        );
    }
    for (theme, ground, ink) in [
        ("light", "#ffffff", "#222222"),
        ("dark", "#111111", "#dddddd"),
    ] {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{theme}</title><style>\
             body {{ background: {ground}; color: {ink}; font: 13px sans-serif; color-scheme: {theme} }} \
             table {{ border-collapse: collapse }} th, td {{ padding: 4px 10px }} \
             tr:nth-child(even) td {{ background: #8881 }}</style></head>\n<body>\n{html}</body></html>\n"
        );
        std::fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    println!("{} charts in {}", charts.len(), folder.display());
    Ok(())
}
