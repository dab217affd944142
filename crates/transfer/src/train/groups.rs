//! Which layers of a net learn.

use crate::models::Backbone;
use crate::{Error, Result};

/// Freezes exactly these layers of `net` (see [`Backbone::freeze`]); all others learn.
///
/// # Errors
///
/// A name is none of the net's, or nothing would be left to learn.
pub fn freeze_only(net: &mut dyn Backbone, layers: &[String]) -> Result<()> {
    for layer in net.layer_names() {
        net.unfreeze(&layer)?;
    }
    for layer in layers {
        net.freeze(layer)?;
    }
    if net.parameter_counts().0 == 0 {
        let found = format!("{} frozen", layers.join(", "));
        return Err(Error::argument("layers", "at least one that learns", found));
    }
    Ok(())
}

/// The layers before the last `groups` parameter groups: what is frozen when only those learn.
pub(super) fn layers_before(net: &dyn Backbone, groups: usize) -> Vec<String> {
    let mut layers = net.layer_names();
    layers.truncate(layers.len().saturating_sub(groups));
    layers
}
