//! What a detector learns from: its answers against the truth.

use tch::{IndexOp, Kind, Reduction, Tensor};

use super::loss::per_box;
use super::{
    Answers, BACKGROUND, DetectorKind, DistanceCoder, FOCAL, ShiftCoder, UNASKED, assign_by_centre,
    assign_by_overlap, giou_loss, sigmoid_focal_loss,
};
use crate::{Error, Result};

/// How many strides a box's middle may be away from a place that answers for it, in FCOS.
const RADIUS: f64 = 1.5;
/// From which overlap on an anchor answers for a box, and up to which it is background, in `RetinaNet`.
const OVERLAPS: (f64, f64) = (0.5, 0.4);

/// What is in a picture.
#[derive(Debug)]
pub struct Truth {
    /// `[M, 4]`: left, top, right, bottom in pixels of the batch.
    pub boxes: Tensor,
    /// `[M]`: their classes, from 0.
    pub classes: Tensor,
}

/// The losses of a batch, each a number.
#[derive(Debug)]
pub struct DetectionLosses {
    /// What is there: focal loss.
    pub classification: Tensor,
    /// Where: one minus the generalised IoU (FCOS), or the distance of the codes (`RetinaNet`).
    pub boxes: Tensor,
    /// How central the place is, in FCOS.
    pub centreness: Option<Tensor>,
}

impl DetectionLosses {
    /// Their sum.
    pub fn total(&self) -> Tensor {
        let sum = &self.classification + &self.boxes;
        match &self.centreness {
            Some(centreness) => sum + centreness,
            None => sum,
        }
    }
}

/// The losses of answers, with `truth` for each picture, as torchvision computes them.
///
/// # Errors
///
/// There is another number of pictures; a class is not among the detector's; or a box is empty, inverted or not finite.
pub fn detection_losses(answers: &Answers, truth: &[Truth]) -> Result<DetectionLosses> {
    let (pictures, classes) = (answers.logits.size()[0], answers.logits.size()[2]);
    if truth.len() as i64 != pictures {
        return Err(Error::argument(
            "truth",
            format!("one for each of {pictures} pictures"),
            truth.len(),
        ));
    }
    for (number, of) in truth.iter().enumerate() {
        check(number, of, classes)?;
    }
    let all = Tensor::cat(&answers.anchors, 0);
    let assigned: Vec<Tensor> = truth
        .iter()
        .map(|of| match answers.kind {
            DetectorKind::Fcos => assign_by_centre(&answers.anchors, &of.boxes, RADIUS),
            DetectorKind::RetinaNet => assign_by_overlap(&all, &of.boxes, OVERLAPS),
        })
        .collect();
    match answers.kind {
        DetectorKind::Fcos => fcos(answers, truth, &assigned, &all),
        DetectorKind::RetinaNet => retinanet(answers, truth, &assigned, &all),
    }
}

/// All pictures together, over the number of places that answer for something.
fn fcos(
    answers: &Answers,
    truth: &[Truth],
    assigned: &[Tensor],
    all: &Tensor,
) -> Result<DetectionLosses> {
    let wanted: Vec<Wanted> = truth
        .iter()
        .zip(assigned)
        .map(|(of, places)| Wanted::of(of, places, answers))
        .collect();
    let found: i64 = wanted.iter().map(|of| of.places.size()[0]).sum();
    let (mut classification, mut boxes, mut central) = (Vec::new(), Vec::new(), Vec::new());
    for (
        picture,
        Wanted {
            classes,
            boxes: true_boxes,
            places,
            ..
        },
    ) in wanted.iter().enumerate()
    {
        let picture = picture as i64;
        classification.push(sum(&sigmoid_focal_loss(
            &answers.logits.i(picture),
            classes,
            FOCAL,
        )));
        let squares = all.index_select(0, places);
        let codes = answers.codes.i(picture).index_select(0, places);
        boxes.push(sum(&giou_loss(
            &DistanceCoder.decode(&squares, &codes),
            true_boxes,
        )));
        if let Some(centreness) = &answers.centreness {
            let distances = DistanceCoder.encode(&squares, true_boxes);
            let ratio = |low: i64, high: i64| {
                let (one, other) = (distances.select(1, low), distances.select(1, high));
                one.minimum(&other) / one.maximum(&other)
            };
            let target = (ratio(0, 2) * ratio(1, 3)).sqrt();
            let said = centreness.i(picture).index_select(0, places);
            let loss = said.binary_cross_entropy_with_logits::<Tensor>(
                &target,
                None,
                None,
                Reduction::Sum,
            );
            central.push(loss);
        }
    }
    let mean = |losses: &[Tensor]| per_box(&Tensor::stack(losses, 0), found);
    Ok(DetectionLosses {
        classification: mean(&classification),
        boxes: mean(&boxes),
        centreness: (!central.is_empty()).then(|| mean(&central)),
    })
}

/// Picture by picture, each over the number of its anchors that answer for something, and the mean of the pictures.
fn retinanet(
    answers: &Answers,
    truth: &[Truth],
    assigned: &[Tensor],
    all: &Tensor,
) -> Result<DetectionLosses> {
    let (mut classification, mut boxes) = (Vec::new(), Vec::new());
    for (picture, (of, places)) in truth.iter().zip(assigned).enumerate() {
        let picture = picture as i64;
        let Wanted {
            classes,
            boxes: true_boxes,
            places,
            asked,
        } = Wanted::of(of, places, answers);
        let found = places.size()[0];
        let logits = answers.logits.i(picture).index_select(0, &asked);
        let loss = sigmoid_focal_loss(&logits, &classes.index_select(0, &asked), FOCAL);
        classification.push(per_box(&loss, found));
        let codes = answers.codes.i(picture).index_select(0, &places);
        let target = ShiftCoder.encode(&all.index_select(0, &places), &true_boxes);
        boxes.push(per_box(&(codes - target).abs(), found));
    }
    let mean = |losses: &[Tensor]| sum(&Tensor::stack(losses, 0)) / losses.len().max(1) as f64;
    Ok(DetectionLosses {
        classification: mean(&classification),
        boxes: mean(&boxes),
        centreness: None,
    })
}

fn sum(of: &Tensor) -> Tensor {
    of.sum(of.kind())
}

/// What the places of one picture should say.
struct Wanted {
    /// `[L, K]`: 1 for the class that is there.
    classes: Tensor,
    /// `[P]`: the places that answer for a box.
    places: Tensor,
    /// `[P, 4]`: their boxes.
    boxes: Tensor,
    /// `[Q]`: the places that are asked whether there is something.
    asked: Tensor,
}

impl Wanted {
    fn of(truth: &Truth, assigned: &Tensor, answers: &Answers) -> Self {
        let device = answers.logits.device();
        let places = assigned.gt(BACKGROUND as f64).nonzero().squeeze_dim(1);
        let boxes_of_places = assigned.index_select(0, &places);
        let classes = truth
            .classes
            .to_kind(Kind::Int64)
            .index_select(0, &boxes_of_places);
        let shape = &answers.logits.size()[1..];
        let kind = answers.logits.kind();
        let mut wanted = Tensor::zeros(shape, (kind, device));
        let ones = Tensor::ones([places.size()[0]], (kind, device));
        let _same_tensor =
            wanted.index_put_(&[Some(places.shallow_clone()), Some(classes)], &ones, false);
        Self {
            classes: wanted,
            boxes: truth.boxes.index_select(0, &boxes_of_places),
            places,
            asked: assigned.not_equal(UNASKED as f64).nonzero().squeeze_dim(1),
        }
    }
}

fn check(number: usize, truth: &Truth, classes: i64) -> Result<()> {
    let (boxes, labels) = (truth.boxes.size(), truth.classes.size());
    let refused = |expected: String, found: String| {
        let found = format!("{found} in picture {number}");
        Err(Error::argument("truth", expected, found))
    };
    if boxes.len() != 2 || boxes[1] != 4 || labels != boxes[..1] {
        let found = format!("{boxes:?} and {labels:?}");
        return refused("boxes [M, 4] and classes [M]".into(), found);
    }
    let numbers = Vec::<f32>::try_from(truth.boxes.to_kind(Kind::Float).flatten(0, -1))?;
    let fits = |sides: &&[f32]| {
        let finite = sides.iter().all(|side| side.is_finite());
        !(finite && sides[0] < sides[2] && sides[1] < sides[3])
    };
    if let Some(sides) = numbers.chunks_exact(4).find(fits) {
        return refused("left < right and top < bottom".into(), format!("{sides:?}"));
    }
    let labels = Vec::<i64>::try_from(truth.classes.to_kind(Kind::Int64))?;
    match labels.iter().find(|label| !(0..classes).contains(*label)) {
        Some(label) => refused(
            format!("classes from 0 to {}", classes - 1),
            label.to_string(),
        ),
        None => Ok(()),
    }
}
