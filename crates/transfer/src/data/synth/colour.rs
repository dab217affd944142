//! Colours, and their way in and out of a canvas.

/// Red, green and blue, each from 0 to 1.
pub(crate) type Colour = [f32; 3];

pub(crate) fn load(pixel: &[u8]) -> Colour {
    std::array::from_fn(|channel| f32::from(pixel[channel]) / 255.0)
}

pub(crate) fn store(pixel: &mut [u8], colour: Colour) {
    for channel in 0..3 {
        pixel[channel] = (colour[channel].clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    }
    pixel[3] = 255;
}

pub(crate) fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|channel| from[channel] + (to[channel] - from[channel]) * share)
}

/// Hue in degrees, saturation and lightness from 0 to 1.
pub(crate) fn hsl(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let chroma = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset| {
        let k = (offset + hue / 30.0).rem_euclid(12.0);
        lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}
