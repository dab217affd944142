//! Pictures, charts and tables, readable on JupyterLab's light and dark themes.
//!
//! [`Show`] is how a value leaves a notebook cell: end the cell with the value, or call
//! [`evcxr_display`](Show::evcxr_display). Every chart is a [`Figure`], which [`Figure::save`] also writes to a file.
//!
//! ```
//! use transfer::prelude::*;
//!
//! # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let training = Curve::new("training", &[2.1, 1.2, 0.7]);
//! let validation = Curve::new("validation", &[2.0, 1.4, 1.1]);
//! let chart: Figure = curves("Loss", "epoch", "cross-entropy", &[training, validation])?;
//! for name in ["loss.svg", "loss.png", "loss.html"] {
//!     chart.save(folder.join(name))?;
//! }
//! let table: DataFrame = df!("method" => ["head", "whole net"], "accuracy" => [0.91, 0.95])?;
//! // The last line of a cell: the table, and the chart below it.
//! let both: Html = show_all(&[&table, &chart]);
//! # assert!(both.to_html().contains("whole net"));
//! # Ok(())
//! # }
//! ```
//!
//! | to show | |
//! |---|---|
//! | pictures with captions, right and wrong | [`grid()`], [`loss_grid()`] |
//! | a figure over epochs, steps or numbers of labels | [`curves()`], [`panels()`], [`history_chart()`] |
//! | methods beside each other, with their seeds | [`bars()`], [`grouped_bars`] |
//! | methods beside each other by accuracy, time, memory … | [`measures()`] |
//! | a training while it runs | [`LiveChart`], [`ProgressBar`]; [`progress()`] for loops, [`Live`] for anything |
//! | which learning rate | [`lr_chart()`] |
//! | which class is taken for which | [`confusion_chart()`], [`ClassReport`](crate::metrics::ClassReport) |
//! | boxes over pictures, true and found | [`box_grid()`] |
//! | what a detector learned, step by step | [`detection_history_chart()`] |
//! | how good a detector is, and what it does wrong | [`precision_recall_chart()`], [`detection_errors_chart()`], [`CocoSummary`](crate::metrics::CocoSummary) |
//! | whether confidence is deserved | [`reliability_diagram()`] |
//! | features in the plane | [`scatter()`], [`scatter_pictures`] |
//! | what is inside a net | [`map_grid`], [`filter_grid`] |
//! | how alike all pairs are | [`similarity_maps()`] |
//! | what is in a folder of pictures | [`Audit`](crate::data::Audit) |
//! | numbers | [`DataFrame`], [`Table`] |
//! | anything else | [`Figure::draw`], with plotters; [`Html`] |
//!
//! Charts carry no script and no link, and their background is transparent. plotters draws them, onto a list of shapes
//! (`backend`, `canvas`) that becomes SVG (`svg`) and, for files, pixels (`raster`).

mod audit_table;
mod axes;
mod backend;
mod bars;
mod box_grid;
mod box_layout;
mod box_tile;
mod box_view;
mod canvas;
mod class_table;
mod confusion_chart;
mod curves;
mod decision_chart;
mod detection_errors_chart;
mod detection_history_chart;
mod display;
mod figure;
mod font;
mod history_chart;
mod images;
mod label_places;
mod legend;
mod live;
mod live_chart;
mod loss_grid;
mod lr_chart;
mod measures;
mod name_places;
mod panel;
mod pareto_chart;
mod pen;
mod pixels;
mod precision_recall_chart;
mod progress;
mod raster;
mod reliability;
mod scale;
mod scatter;
mod similarity_maps;
mod spread;
mod svg;
mod table;
mod theme;
mod ticks;

pub use backend::{Area, Backend, Drawn};
pub use bars::{Bar, bars, grouped_bars};
pub use box_grid::box_grid;
pub use box_tile::BoxTile;
pub use confusion_chart::confusion_chart;
pub use curves::{Curve, curves, panels};
pub use decision_chart::{Choice, decision_chart};
pub use detection_errors_chart::detection_errors_chart;
pub use detection_history_chart::detection_history_chart;
pub use display::{Html, Show, show_all};
pub use figure::Figure;
pub use history_chart::history_chart;
pub use images::{Tile, filter_grid, grid, map_grid};
pub use live::Live;
pub use live_chart::LiveChart;
pub use loss_grid::loss_grid;
pub use lr_chart::lr_chart;
pub use measures::{Measure, measures};
pub use panel::Panel;
pub use pareto_chart::{Tradeoff, pareto_chart, pareto_front};
pub use pixels::{MapScale, filter_pictures, imagenet_pictures, map_pictures, pictures_of};
pub use precision_recall_chart::precision_recall_chart;
pub use progress::{Progress, ProgressBar, progress};
pub use reliability::reliability_diagram;
pub use scatter::{scatter, scatter_pictures};
pub use similarity_maps::similarity_maps;
pub use table::{DataFrame, Table};

pub use theme::series_ink;

/// The plotting library, for charts of your own: see [`Figure::draw`].
pub use plotters;
/// A [`DataFrame`] of named columns: `df!("method" => ["head", "whole net"], "accuracy" => [0.91, 0.95])?`.
pub use table::df;
