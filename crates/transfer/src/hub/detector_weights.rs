//! What is known of one file of a detector's weights, and the look-up by name.

#[cfg(doc)]
use super::FcosResNet50FpnWeights;
use super::torchvision_detectors::TABLE;
use super::weights::WeightsFile;
use crate::Result;
use crate::detection::DetectorKind;
use crate::names::unknown;

/// What torchvision's detectors do to a picture in [0, 1] (`GeneralizedRCNNTransform`), in this order: normalise; scale
/// it, both sides alike (bilinear, not antialiased), so that the shorter side has [`shorter`](Self::shorter) pixels, or
/// fewer where the longer one would have more than [`longer`](Self::longer); lay it in the top left corner of a frame
/// of zeros as large as the batch's largest picture, its sides rounded up to multiples of [`divisor`](Self::divisor).
/// What is found is cut off at the picture's own edge and scaled back.
///
/// The nearest that a [`Transform`](crate::data::Transform) does is
/// [`Transform::letterbox`](crate::data::Transform::letterbox) with a frame of about that size, its sides multiples of
/// `divisor`, and then `normalize`: the picture lies in the middle of it and is antialiased, so boxes differ a little,
/// and [`Placement::back`](crate::data::Placement::back) brings them back. For torchvision's very boxes, hand
/// [`Detector::forward`](crate::models::Detector::forward) a batch that was made in the way above, and
/// [`detections`](crate::detection::detections) the pictures' sizes without the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectorPreprocessing {
    /// The shorter side after scaling, in pixels.
    pub shorter: u32,
    /// The most that the longer side may have then, in pixels.
    pub longer: u32,
    /// What the frame's sides are multiples of, in pixels.
    pub divisor: u32,
    /// What is subtracted from red, green and blue in [0, 1].
    pub mean: [f32; 3],
    /// What red, green and blue are divided by.
    pub std: [f32; 3],
}

/// One file of a pretrained detector's weights: where it comes from, what it is, and what to expect of it.
///
/// ```no_run
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let weights = hub::detector_weights("fcos_resnet50_fpn")?;
/// let body = models::build_undrawn(weights.backbone, 1, device("auto")?)?;
/// let config = DetectorConfig { kind: weights.kind, ..DetectorConfig::fcos(weights.categories.len() as i64) };
/// let mut net = Detector::undrawn(config, body, 128)?;
/// net.load(Hub::new()?.fetch(weights)?, &LoadOptions::new())?;
/// let picture: RgbImage = ImageFolder::open_flat("holidays")?.picture(0)?;
/// let frame = Transform::detection(800, 1088);
/// for found in detect_in(&net, &picture, &frame, &Thresholds::of(weights.kind))? {
///     println!("{} {:.2} at {:.0?}", weights.categories[found.class], found.score, found.bounds);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectorWeightsEntry {
    /// The name, as torchvision prints it: `FCOS_ResNet50_FPN_Weights.COCO_V1`.
    pub name: &'static str,
    /// The architecture, as torchvision's `get_model` takes it: `fcos_resnet50_fpn`.
    pub arch: &'static str,
    /// How the detector says boxes.
    pub kind: DetectorKind,
    /// The net below it, one of [`ARCHITECTURES`](crate::models::ARCHITECTURES).
    pub backbone: &'static str,
    /// Where the file is fetched from.
    pub url: &'static str,
    /// The file's name in the cache.
    pub file_name: &'static str,
    /// The SHA-256 in hexadecimal, or its first digits (PyTorch's file names carry eight).
    pub sha256_prefix: &'static str,
    /// The size in MB of 2²⁰ bytes, as torchvision's `_file_size` counts them.
    pub megabytes: f64,
    /// How many parameters the net has.
    pub num_params: u64,
    /// The names of its classes by number.
    pub categories: &'static [&'static str],
    /// Mean average precision of boxes on COCO's val2017 in percent (over overlaps from 0.5 to 0.95), as published.
    pub box_map: Option<f64>,
    /// What the backbone's batch normalisation adds to a variance. With another number than that of the training, boxes
    /// are others.
    pub norm_eps: f64,
    /// Under which terms the file may be used. Read the source before anything commercial.
    pub licence: &'static str,
    /// How the weights were trained.
    pub recipe: &'static str,
    /// What the net expects of a picture.
    pub preprocessing: DetectorPreprocessing,
}

/// Something that names a file of a pretrained detector's weights: a variant such as
/// [`FcosResNet50FpnWeights::CocoV1`], or a [`DetectorWeightsEntry`] itself.
pub trait DetectorWeights {
    /// All that is known of the file.
    fn entry(&self) -> &DetectorWeightsEntry;
}

impl DetectorWeights for DetectorWeightsEntry {
    fn entry(&self) -> &DetectorWeightsEntry {
        self
    }
}

impl From<&DetectorWeightsEntry> for WeightsFile {
    fn from(entry: &DetectorWeightsEntry) -> Self {
        Self {
            url: entry.url,
            file_name: entry.file_name,
            sha256_prefix: entry.sha256_prefix,
            megabytes: entry.megabytes,
        }
    }
}

/// All detectors' weights that are known by name.
#[must_use]
pub fn all_detector_weights() -> Vec<&'static DetectorWeightsEntry> {
    TABLE.to_vec()
}

/// The detector's weights of this name: `RetinaNet_ResNet50_FPN_Weights.COCO_V1`, or an architecture
/// (`retinanet_resnet50_fpn`) for its default ones.
///
/// # Errors
///
/// No entry has the name; the message lists the nearest ones.
pub fn detector_weights(name: &str) -> Result<&'static DetectorWeightsEntry> {
    let wanted = name.to_lowercase();
    let is_it =
        |entry: &&DetectorWeightsEntry| entry.arch == wanted || entry.name.to_lowercase() == wanted;
    TABLE.iter().copied().find(is_it).ok_or_else(|| {
        let names = TABLE.iter().flat_map(|entry| [entry.arch, entry.name]);
        unknown(
            "detectors' weights",
            "hub::all_detector_weights()",
            name,
            names,
        )
    })
}
