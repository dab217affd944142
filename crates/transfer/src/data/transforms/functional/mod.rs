//! The operations behind the steps of a [`Transform`](super::Transform), one picture in, one picture out, with the
//! names of `torchvision.transforms.functional` and the results that it gives on Pillow's pictures.

mod affine;
mod crop;
mod enhance;
mod levels;
mod resize;

pub use affine::{rotate, shear_x, shear_y, translate};
pub use crop::{center_crop, crop, hflip, vflip};
pub use enhance::{
    adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation, adjust_sharpness, grayscale,
};
pub use levels::{autocontrast, equalize, invert, posterize, solarize};
pub use resize::{Interpolation, Size, resize, resize_with, resized_crop};

pub(super) use crop::{Rect, centered};
pub(super) use resize::resize_then_crop;
