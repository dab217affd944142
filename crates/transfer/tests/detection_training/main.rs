//! Detectors learn, are judged and find, in the pixels of the pictures as they came.

mod judging;
mod learning;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use image::{Rgb, RgbImage};
use tch::Device;
use transfer::data::{BoxLabel, BoxesInMemory, Transform};
use transfer::models::{CifarResNet, CifarResNetConfig, Detector, DetectorConfig};
use transfer::train::BoxLoader;

/// Nets are drawn from libtorch's generator, of which there is one for all threads.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bright squares (class 0) and bars (class 1) on dark ground, 96 × 64 pixels.
fn shapes(count: usize, seed: u64) -> BoxesInMemory {
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005) | 1;
    let mut below = |bound: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as u32) % bound
    };
    let mut all = Vec::new();
    for _ in 0..count {
        let mut picture = RgbImage::from_pixel(96, 64, Rgb([30, 40, 50]));
        let mut boxes = Vec::new();
        for class in 0..2usize {
            let (width, height) = if class == 0 { (18, 18) } else { (28, 10) };
            let (left, top) = (48 * class as u32 + below(48 - width), below(64 - height));
            let colour = if class == 0 {
                Rgb([240, 200, 60])
            } else {
                Rgb([90, 220, 250])
            };
            for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
                picture.put_pixel(left + x, top + y, colour);
            }
            let bounds = [left, top, left + width, top + height].map(|side| side as f32);
            boxes.push(BoxLabel::new(bounds, class));
        }
        all.push((picture, boxes));
    }
    BoxesInMemory::new(&["square", "bar"], all).unwrap()
}

fn net(seed: u64, classes: i64) -> Detector {
    let body = CifarResNet::new(CifarResNetConfig { blocks: 1 }, 2, Device::Cpu, seed);
    let config = DetectorConfig {
        width: 24,
        convs: 1,
        ..DetectorConfig::fcos(classes)
    };
    Detector::new(config, Box::new(body), 64, seed).unwrap()
}

fn loader(of: BoxesInMemory, transform: Transform) -> BoxLoader {
    BoxLoader::new(Arc::new(of), transform, 6).unwrap()
}
