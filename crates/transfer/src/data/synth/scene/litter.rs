//! What makes a ground more than a texture: needles, grains, scraps of old leaves, each with a touch of shadow.

use std::f32::consts::TAU;

use tiny_skia::{Path, PathBuilder, Transform};

use super::super::canvas::{closed, curve};
use super::super::colour::{Colour, mix};
use super::super::domain::Photo;
use super::super::growth::Point;
use super::ground_kind::GroundKind;
use crate::data::rng::Rng;

/// Strews litter over a ground.
pub(super) fn strew(photo: &mut Photo, kind: &GroundKind, rng: &mut Rng) {
    let size = photo.canvas.size as f32;
    let amount = rng.range(0.5, 1.3);
    let dark = kind.dark.map(|value| 0.35 * value);
    let count = |number: usize| (number as f32 * amount) as usize;
    for _ in 0..count(kind.scraps) {
        let path = scrap(anywhere(size, rng), size * rng.range(0.010, 0.030), rng);
        let colour = tone(kind.scrap, rng);
        fill(photo, path, dark, colour);
    }
    for _ in 0..count(kind.grains) {
        let [x, y] = anywhere(size, rng);
        let radius = size * 0.003 * rng.range(0.7, 2.4).powf(1.3);
        let colour = tone(kind.scrap, rng);
        fill(
            photo,
            PathBuilder::from_circle(x, y, radius.max(0.5)),
            dark,
            colour,
        );
    }
    for _ in 0..count(kind.needles) {
        let long = rng.chance(0.6);
        let length = size * if long { rng.range(0.02, 0.07) } else { 0.008 };
        let path = needle(anywhere(size, rng), length, rng);
        let width = size * rng.range(0.003, 0.006);
        let colour = tone(kind.needle, rng);
        stroke(photo, path, width, dark, colour);
    }
}

fn anywhere(size: f32, rng: &mut Rng) -> Point {
    [0, 1].map(|_| size * rng.range(-0.05, 1.05))
}

fn tone([first, second]: [Colour; 2], rng: &mut Rng) -> Colour {
    let brightness = rng.range(0.8, 1.2);
    mix(first, second, rng.unit()).map(|value| value * brightness)
}

fn needle([x, y]: Point, length: f32, rng: &mut Rng) -> Option<Path> {
    let (angle, bow) = (rng.range(0.0, TAU), 0.5 * rng.bell());
    let tip = |angle: f32, length: f32| [x + length * angle.cos(), y + length * angle.sin()];
    curve(&[[x, y], tip(angle, 0.5 * length), tip(angle + bow, length)])
}

/// A shape with a few irregular corners.
fn scrap([x, y]: Point, radius: f32, rng: &mut Rng) -> Option<Path> {
    let corners = 5 + rng.below(4);
    let (first, stretch) = (rng.range(0.0, TAU), rng.range(1.0, 1.8));
    let (sin, cos) = rng.range(0.0, TAU).sin_cos();
    let around = (0..corners).map(|number| {
        let angle = first + TAU * number as f32 / corners as f32;
        let reach = radius * rng.range(0.55, 1.1);
        let (u, v) = (reach * stretch * angle.cos(), reach * angle.sin());
        [x + cos * u - sin * v, y + sin * u + cos * v]
    });
    closed(&around.collect::<Vec<Point>>())
}

/// Where shadows of things as flat as these fall.
fn away(photo: &Photo) -> Transform {
    let [x, y] = photo
        .light
        .map(|part| -part * 0.006 * photo.canvas.size as f32);
    Transform::from_translate(x, y)
}

fn fill(photo: &mut Photo, path: Option<Path>, dark: Colour, colour: Colour) {
    let Some(path) = path else { return };
    let shadow = away(photo);
    photo.canvas.fill(&path, (dark, 0.4), shadow, None);
    photo
        .canvas
        .fill(&path, (colour, 0.9), Transform::identity(), None);
}

fn stroke(photo: &mut Photo, path: Option<Path>, width: f32, dark: Colour, colour: Colour) {
    let Some(path) = path else { return };
    let (shadow, width) = (away(photo), (width, 0.7));
    photo.canvas.stroke(&path, (dark, 0.4), width, shadow, None);
    photo
        .canvas
        .stroke(&path, (colour, 0.85), width, Transform::identity(), None);
}
