//! Adaptive batch normalisation: the target's own statistics.

use std::collections::BTreeMap;

use tch::{Tensor, nn};

use crate::models::{Backbone, within};
use crate::{Error, Result};

/// Sums over batches, of one normalisation.
struct Sums {
    mean: Tensor,
    square: Tensor,
}

/// Puts the means and variances of these pictures in the place of those that batch normalisation has stored, in all layers that
/// are not frozen (AdaBN; Li et al., "Revisiting batch normalization for practical domain adaptation", ICLR workshops 2017). No
/// weight changes, and no label is needed. `batches` are target pictures `[N, 3, H, W]` on the net's device, as the net is judged
/// on them; all batches count by their pictures. How many pictures there were.
///
/// # Errors
///
/// A batch fails (the net is then as it was), there are none, or the net has no batch normalisation that is not frozen.
pub fn adapt_batch_norm(
    net: &dyn Backbone,
    batches: impl IntoIterator<Item = Result<Tensor>>,
) -> Result<usize> {
    let variables = net.variables();
    let all: BTreeMap<String, Tensor> = net.var_store().variables().into_iter().collect();
    let frozen = net.frozen();
    let learns = |norm: &String| {
        !variables.is_batch_norm_frozen() && !frozen.iter().any(|step| within(norm, step))
    };
    let norms = all
        .keys()
        .filter_map(|name| name.strip_suffix(".running_mean"));
    let norms: Vec<String> = norms.map(str::to_owned).filter(learns).collect();
    if norms.is_empty() {
        let found = "none in this net";
        return Err(Error::argument(
            "batch normalisation",
            "some that is not frozen",
            found,
        ));
    }
    let buffer = |norm: &str, which: &str| all[&format!("{norm}.running_{which}")].shallow_clone();
    let before: Vec<[Tensor; 2]> = norms
        .iter()
        .map(|norm| [buffer(norm, "mean").copy(), buffer(norm, "var").copy()])
        .collect();
    let summed = tch::no_grad(|| sum_up(net, batches, &norms, &buffer));
    let put = |norm: &str, values: &[Tensor; 2]| {
        tch::no_grad(|| {
            buffer(norm, "mean").copy_(&values[0]);
            buffer(norm, "var").copy_(&values[1]);
        });
    };
    match summed {
        Ok((sums, pictures)) if pictures > 0 => {
            for (norm, Sums { mean, square }) in norms.iter().zip(sums) {
                let mean = mean / pictures as f64;
                let var = square / pictures as f64 - mean.square();
                put(norm, &[mean, var.clamp_min(0.0)]);
            }
            Ok(pictures)
        }
        failed => {
            for (norm, values) in norms.iter().zip(&before) {
                put(norm, values);
            }
            failed?;
            Err(Error::argument(
                "batches to adapt to",
                "one or more",
                "none",
            ))
        }
    }
}

/// Of every normalisation, the sum over all pictures of the mean, and of the variance and the squared mean.
fn sum_up(
    net: &dyn Backbone,
    batches: impl IntoIterator<Item = Result<Tensor>>,
    norms: &[String],
    buffer: &dyn Fn(&str, &str) -> Tensor,
) -> Result<(Vec<Sums>, usize)> {
    // In training a stored number moves this share of the way to the batch's: from 0, it tells the batch's.
    let momentum = nn::BatchNormConfig::default().momentum;
    let mut sums: Vec<Sums> = Vec::new();
    let mut pictures = 0;
    for batch in batches {
        crate::check_interrupt()?;
        let xs = batch?;
        for norm in norms {
            for which in ["mean", "var"] {
                let _zeroed = buffer(norm, which).zero_();
            }
        }
        let _features = net.features(&xs, true);
        let rows = xs.size()[0];
        pictures += rows as usize;
        for (place, norm) in norms.iter().enumerate() {
            let mean = buffer(norm, "mean") / momentum;
            let square = (buffer(norm, "var") / momentum + mean.square()) * rows as f64;
            let mean = mean * rows as f64;
            match sums.get_mut(place) {
                Some(sum) => {
                    sum.mean += mean;
                    sum.square += square;
                }
                None => sums.push(Sums { mean, square }),
            }
        }
    }
    Ok((sums, pictures))
}
