//! What a detector finds, in pixels of the pictures as they came.

use image::RgbImage;
use tch::Tensor;

use super::{BoxBatch, BoxLoader};
use crate::data::{Draw, Placement, Skipped, Transform};
use crate::detection::{Found, Thresholds, detections};
use crate::metrics::Detection;
use crate::models::Detector;
use crate::{Result, check_interrupt};

/// What a detector found in the pictures of a data set.
#[derive(Debug, Clone, Default)]
pub struct FoundIn {
    /// Of each picture of the data set, surest first. Those that could not be decoded have none: see [`seen`](Self::seen).
    pub pictures: Vec<Vec<Detection>>,
    /// The positions of the pictures that were looked at.
    pub seen: Vec<usize>,
    /// The pictures that could not be decoded.
    pub skipped: Vec<Skipped>,
}

/// Looks for objects in all pictures of the loader's data set, in evaluation mode. Boxes are in pixels of the pictures as the data set has them.
///
/// # Errors
///
/// Pictures can't be had, the net says something that is not finite, or the reader of the notebook asked to stop.
pub fn detect(net: &Detector, on: &BoxLoader, thresholds: &Thresholds) -> Result<FoundIn> {
    let mut found = FoundIn {
        pictures: vec![Vec::new(); on.dataset().len()],
        ..FoundIn::default()
    };
    for shown in on.in_order().batches(0) {
        check_interrupt()?;
        let BoxBatch {
            xs,
            placements,
            sizes,
            batch,
            ..
        } = shown?;
        found.skipped.extend(batch.skipped);
        if batch.indices.is_empty() {
            continue;
        }
        let here = said(net, &xs, thresholds)?;
        let places = placements.iter().zip(&sizes);
        for ((&index, (placement, size)), of_one) in batch.indices.iter().zip(places).zip(&here) {
            found.pictures[index] = back(of_one, placement, *size)?;
        }
        found.seen.extend(batch.indices);
    }
    Ok(found)
}

/// Looks for objects in one picture, surest first. Boxes are in its pixels. Random steps of the transform use the default draw.
///
/// # Errors
///
/// The transform has a step that boxes cannot follow, or the net says something that is not finite.
pub fn detect_in(
    net: &Detector,
    picture: &RgbImage,
    transform: &Transform,
    thresholds: &Thresholds,
) -> Result<Vec<Detection>> {
    let placement = transform.placement(picture.dimensions(), Draw::default())?;
    let (numbers, [height, width]) = transform.apply(picture)?;
    let xs = Tensor::f_from_slice(&numbers)?.f_view([1, 3, height as i64, width as i64])?;
    let found = said(net, &xs, thresholds)?;
    let of_one = found
        .first()
        .map(|found| back(found, &placement, picture.dimensions()));
    of_one.unwrap_or_else(|| Ok(Vec::new()))
}

fn said(net: &Detector, xs: &Tensor, thresholds: &Thresholds) -> Result<Vec<Found>> {
    let answers = tch::no_grad(|| net.forward(&xs.to_device(net.device()), false))?;
    let sizes = vec![answers.size; xs.size()[0] as usize];
    detections(&answers, &sizes, thresholds)
}

/// Boxes where they were before the transform, without what lies beside the picture.
fn back(
    found: &Found,
    placement: &Placement,
    (width, height): (u32, u32),
) -> Result<Vec<Detection>> {
    let bounds = Vec::<f32>::try_from(found.boxes.to_kind(tch::Kind::Float).flatten(0, -1))?;
    let classes = Vec::<i64>::try_from(&found.classes)?;
    let scores = Vec::<f64>::try_from(found.scores.to_kind(tch::Kind::Double))?;
    let mut all = Vec::new();
    for ((sides, class), score) in bounds.chunks_exact(4).zip(classes).zip(scores) {
        let [left, top, right, bottom] = placement.back([sides[0], sides[1], sides[2], sides[3]]);
        let within = |side: f32, size: u32| f64::from(side.clamp(0.0, size as f32));
        let bounds = [
            within(left, width),
            within(top, height),
            within(right, width),
            within(bottom, height),
        ];
        if bounds[0] < bounds[2] && bounds[1] < bounds[3] {
            all.push(Detection::new(bounds, class as usize, score));
        }
    }
    Ok(all)
}
