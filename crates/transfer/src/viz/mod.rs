//! Pictures, charts and tables, readable on JupyterLab's light and dark themes.
//!
//! [`Show`] is how a value leaves a notebook cell: end the cell with the value, or call
//! [`evcxr_display`](Show::evcxr_display). plotters draws the charts, onto a list of shapes (`backend`, `canvas`) that
//! becomes SVG (`svg`) and, for files, pixels (`raster`): [`Figure::save`] writes `.svg`, `.png` or `.html`. Charts of
//! your own, with the same fonts and inks: [`Figure::draw`].

mod axes;
mod backend;
mod bars;
mod canvas;
mod class_table;
mod confusion_chart;
mod curves;
mod display;
mod figure;
mod font;
mod history_chart;
mod images;
mod loss_grid;
mod lr_chart;
mod panel;
mod pen;
mod pixels;
mod raster;
mod reliability;
mod scale;
mod scatter;
mod spread;
mod svg;
mod table;
mod theme;
mod ticks;

pub use backend::{Area, Backend, Drawn};
pub use bars::{Bar, bars, grouped_bars};
pub use confusion_chart::confusion_chart;
pub use curves::{Curve, curves, panels};
pub use display::{Html, Show, show_all};
pub use figure::Figure;
pub use history_chart::history_chart;
pub use images::{Mark, Tile, filter_grid, grid, map_grid};
pub use loss_grid::loss_grid;
pub use lr_chart::{lr_chart, suggest_lr};
pub use panel::Panel;
pub use pixels::{MapScale, filter_pictures, imagenet_pictures, map_pictures, pictures_of};
pub use reliability::reliability_diagram;
pub use scatter::{scatter, scatter_pictures};
pub use table::{DataFrame, Table, df};
pub use theme::series_ink;

/// The plotting library, for charts of your own: see [`Figure::draw`].
pub use plotters;
