//! What a file holds, as a recipe: the same recipe gives the same bytes.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};

use crate::data::functional::resize;
use crate::data::synth::{Domain, Species, SpeciesSet, draw};
use crate::{Error, Result};

/// A photograph of a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shot {
    /// Among the novel species.
    pub(super) species: usize,
    /// Which leaf of it.
    pub(super) number: u64,
    /// The side in pixels.
    pub(super) size: u32,
}

/// How a photograph was saved anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Coarse,
    Smaller,
    Brighter,
    Cut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Photo(Shot),
    Grey(Shot),
    Again(Shot, Again),
    /// The first half of a JPEG file.
    HalfJpeg(Shot),
    /// The first half of a PNG file.
    HalfPng(Shot),
    Text(&'static str),
}

/// What a camera keeps, of 100.
const QUALITY: u8 = 90;

impl Content {
    pub(super) fn bytes(&self, seed: u64) -> Result<Vec<u8>> {
        let half = |mut bytes: Vec<u8>| {
            bytes.truncate(bytes.len() / 2);
            bytes
        };
        Ok(match self {
            Content::Photo(shot) => jpeg(&shot.take(seed), QUALITY)?,
            Content::Grey(shot) => {
                let grey = DynamicImage::ImageRgb8(shot.take(seed)).into_luma8();
                let mut bytes = Vec::new();
                let encoded =
                    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&grey);
                encoded.map(|()| bytes).map_err(unencoded)?
            }
            Content::Again(shot, Again::Coarse) => jpeg(&shot.take(seed), 40)?,
            Content::Again(shot, Again::Smaller) => {
                jpeg(&resize(&shot.take(seed), shot.size * 3 / 4)?, QUALITY)?
            }
            Content::Again(shot, Again::Brighter) => {
                let mut picture = shot.take(seed);
                for value in picture.iter_mut() {
                    *value = (f32::from(*value) * 1.2).min(255.0) as u8;
                }
                jpeg(&picture, QUALITY)?
            }
            Content::Again(shot, Again::Cut) => {
                let picture = DynamicImage::ImageRgb8(shot.take(seed));
                let (edge, side) = (shot.size / 24, shot.size - shot.size / 12);
                jpeg(
                    &picture.crop_imm(edge, edge, side, side).into_rgb8(),
                    QUALITY,
                )?
            }
            Content::HalfJpeg(shot) => half(jpeg(&shot.take(seed), QUALITY)?),
            Content::HalfPng(shot) => half(png(&shot.take(seed))?),
            Content::Text(text) => text.as_bytes().to_vec(),
        })
    }
}

impl Shot {
    fn take(&self, seed: u64) -> RgbImage {
        let species: &Species = &SpeciesSet::Novel.species()[self.species];
        draw(species, Domain::Photo, self.number, seed, self.size)
    }
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture);
    encoded.map(|()| bytes).map_err(unencoded)
}

fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    let (mut bytes, (width, height)) = (Vec::new(), picture.dimensions());
    let encoder = PngEncoder::new(&mut bytes);
    let encoded = encoder.write_image(picture, width, height, ExtendedColorType::Rgb8);
    encoded.map(|()| bytes).map_err(unencoded)
}

fn unencoded(error: image::ImageError) -> Error {
    Error::Picture {
        path: "a drawn leaf".into(),
        reason: error.to_string(),
    }
}
