//! What a one-stage detector says of a batch.

use tch::Tensor;

use super::{DistanceCoder, ShiftCoder};

/// How boxes are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetectorKind {
    /// Every place says how far the four sides of a box around it are, and how central it is in it: no anchors (Tian, Shen, Chen and He, "FCOS: Fully
    /// Convolutional One-Stage Object Detection", ICCV 2019).
    Fcos,
    /// Nine anchors at every place are moved and scaled (Lin, Goyal, Girshick, He and Dollár, "Focal Loss for Dense Object Detection", ICCV 2017).
    RetinaNet,
}

impl DetectorKind {
    /// The boxes `[…, 4]` that codes `[…, 4]` say, relative to boxes of reference.
    pub(super) fn decode(self, references: &Tensor, codes: &Tensor) -> Tensor {
        match self {
            Self::Fcos => DistanceCoder.decode(references, codes),
            Self::RetinaNet => ShiftCoder.decode(references, codes),
        }
    }
}

/// What is said at each of the L = Σ H · W · A places of all levels.
#[derive(Debug)]
pub struct Answers {
    /// How boxes are said.
    pub kind: DetectorKind,
    /// `[N, L, K]`: of each class, whether it is there.
    pub logits: Tensor,
    /// `[N, L, 4]`: where, relative to the boxes of reference.
    pub codes: Tensor,
    /// `[N, L]`: FCOS's logit of how central the place is in its box.
    pub centreness: Option<Tensor>,
    /// The boxes of reference of each level, finest first: `[Lᵢ, 4]`.
    pub anchors: Vec<Tensor>,
    /// Rows and columns of the pictures, padding included.
    pub size: [i64; 2],
}
