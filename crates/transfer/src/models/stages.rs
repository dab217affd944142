//! Where a net's maps become coarser.

use tch::{Kind, Tensor};

use super::Backbone;
use crate::{Error, Result};

/// The last step of one resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The step: `"layer2.1"`.
    pub name: String,
    /// How many rows its map has, for the pictures that were asked about.
    pub rows: i64,
    /// How many channels.
    pub width: i64,
}

/// A net's stages for pictures of `size` pixels a side, finest first: the last step of each resolution, as long as that is more than one pixel a side.
/// What they are is seen by showing the net a black picture.
///
/// # Errors
///
/// The net has no map of more than one pixel before its head.
pub fn stages(net: &dyn Backbone, size: u32) -> Result<Vec<Stage>> {
    let names: Vec<String> = net.steps().into_iter().map(|step| step.name).collect();
    let trunk = &names[..names.len().saturating_sub(1)];
    let side = i64::from(size);
    let black = Tensor::zeros([1, 3, side, side], (Kind::Float, net.device()));
    let layers: Vec<&str> = trunk.iter().map(String::as_str).collect();
    let seen = tch::no_grad(|| net.activations(&layers, &black, false))?;
    let mut stages: Vec<Stage> = Vec::new();
    for (name, map) in trunk.iter().zip(&seen) {
        let &[_, width, rows, _] = &map.size()[..] else {
            continue;
        };
        let finest = stages.last().map_or(side, |stage| stage.rows);
        if rows < 2 || rows > finest {
            continue;
        }
        if stages.last().is_some_and(|stage| stage.rows == rows) {
            stages.pop();
        }
        stages.push(Stage {
            name: name.clone(),
            rows,
            width,
        });
    }
    match stages.is_empty() {
        true => {
            let expected = "one with a map of two pixels a side or more before its head";
            Err(Error::argument("net", expected, format!("{names:?}")))
        }
        false => Ok(stages),
    }
}
