//! Pictures, charts and tables, readable on JupyterLab's light and dark themes.
//!
//! [`Show`] is how a value leaves a notebook cell: end the cell with the value, or call
//! [`evcxr_display`](Show::evcxr_display). Charts are SVG and own their markup: [`Figure::save`] writes one to
//! a file.

mod bars;
mod curves;
mod display;
mod figure;
mod images;
mod table;
mod theme;

pub use bars::{Bar, bars};
pub use curves::{Curve, curves};
pub use display::{Html, Show, show_all};
pub use figure::Figure;
pub use images::{Mark, Tile, grid};
pub use table::{DataFrame, df};
