//! Shadows: what a thing takes from the light of what lies below it.

use super::super::domain::Photo;
use super::super::silhouette::Silhouette;

/// How dark a shadow is in red, green and blue: the sky still lights it, and the sky is blue.
const TINT: [f32; 3] = [1.0, 0.96, 0.86];

/// Darkens what lies below a thing that is `height` pixels above it. `depth` is what is lost in full shadow, 0 to 1.
pub(super) fn cast(photo: &mut Photo, of: &Silhouette, height: f32, depth: f32) {
    // Where it touches the ground, and further away from the light.
    layer(photo, of, 0.35 * height, 1.0 + 0.25 * height, 0.6 * depth);
    layer(photo, of, height, 0.55 * height, depth);
}

fn layer(photo: &mut Photo, of: &Silhouette, distance: f32, softness: f32, depth: f32) {
    let radius = softness.round().max(1.0) as i32;
    let [dx, dy] = photo.light.map(|part| (-part * distance).round() as i32);
    let reach = 2 * radius;
    // The window that the shadow falls into, and its cover there.
    let (left, top) = (of.left + dx - reach, of.top + dy - reach);
    let width = of.width + 2 * reach as usize;
    let height = of.height + 2 * reach as usize;
    let mut soft: Vec<f32> = Vec::with_capacity(width * height);
    for y in 0..height as i32 {
        let cover = |x: i32| f32::from(of.at(left + x - dx, top + y - dy)) / 255.0;
        soft.extend((0..width as i32).map(cover));
    }
    blur(&mut soft, width, height, radius as usize);
    let window = [left, top, left + width as i32, top + height as i32];
    photo.canvas.change_within(window, |column, row, below| {
        let lost = depth * soft[(row - top) as usize * width + (column - left) as usize];
        std::array::from_fn(|c| below[c] * (1.0 - lost * TINT[c]))
    });
}

/// A box filter over rows, then columns, twice: close to a Gaussian.
fn blur(values: &mut [f32], width: usize, height: usize, radius: usize) {
    let mut line = Vec::new();
    for _ in 0..2 {
        for (count, length, step, stride) in [(height, width, 1, width), (width, height, width, 1)]
        {
            for start in (0..count).map(|number| number * stride) {
                line.clear();
                line.extend((0..length).map(|position| values[start + position * step]));
                let mut sum: f32 = line[..radius.min(length)].iter().sum();
                for position in 0..length {
                    sum += line.get(position + radius).unwrap_or(&0.0);
                    if position > radius {
                        sum -= line[position - radius - 1];
                    }
                    values[start + position * step] = sum / (2 * radius + 1) as f32;
                }
            }
        }
    }
}
