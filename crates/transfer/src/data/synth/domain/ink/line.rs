//! The pen's lines: outlines that swell away from the light, veins that taper.

use crate::data::synth::canvas::{Canvas, curve};
use crate::data::synth::colour::Colour;
use crate::data::synth::growth::Point;
use crate::data::synth::laid::Laid;

/// The outline, drawn in strokes like a hand's: heavier on the side away from the light. `pen` is the usual width in
/// pixels; the small blades of a compound leaf are done in fewer strokes.
pub(super) fn outline(canvas: &mut Canvas, laid: &Laid, ink: Colour, pen: f32, small: bool) {
    let points = &laid.blade.outline;
    let light = laid.direction([-0.6, -0.8]);
    let noise = laid.blade.noise;
    let strokes = if small { 4 } else { 18 };
    let each = points.len().div_ceil(strokes);
    let wobble = |&[x, y]: &Point| {
        let by = 0.006 * noise.at(5.0 * x + 80.0, 5.0 * y);
        [x + by, y - by]
    };
    let scale = laid.scale();
    for start in (0..points.len()).step_by(each) {
        let end = (start + each).min(points.len() - 1);
        let stroke: Vec<Point> = points[start..=end].iter().map(wobble).collect();
        let [first, .., last] = stroke.as_slice() else {
            continue;
        };
        // Outwards lies to the left of the way along the right side.
        let along = [last[0] - first[0], last[1] - first[1]];
        let length = (along[0] * along[0] + along[1] * along[1]).sqrt().max(1e-4);
        let out = [along[1] / length, -along[0] / length];
        let facing = out[0] * light[0] + out[1] * light[1];
        let weight = 1.0 - 0.38 * facing + 0.18 * noise.at(start as f32 * 0.13, 90.0);
        if let Some(path) = curve(&stroke) {
            let width = pen * weight.clamp(0.45, 1.6) / scale;
            canvas.stroke(&path, (ink, 0.95), (width, 0.55), laid.place, None);
        }
    }
}

/// The veins: the thicker ones taper.
pub(super) fn veins(canvas: &mut Canvas, laid: &Laid, ink: Colour, pen: f32) {
    let unit = pen / laid.scale();
    let mut stroke = |points: &[Point], width: f32, least: f32| {
        if let Some(path) = curve(points) {
            let width = (width * unit, least);
            canvas.stroke(&path, (ink, 0.85), width, laid.place, Some(&laid.mask));
        }
    };
    for vein in &laid.blade.veins {
        if vein.width < 0.015 {
            stroke(&vein.points, 0.42, 0.45);
            continue;
        }
        stroke(&vein.points, 0.6, 0.45);
        let (first, second) = (vein.points[0], vein.points[1]);
        for (share, width) in [(1.0, 0.85), (0.5, 1.15)] {
            let end = [0, 1].map(|axis| first[axis] + share * (second[axis] - first[axis]));
            stroke(&[first, end], width, 0.5);
        }
    }
}
