//! The kinds of ground that scenes have.

use super::super::colour::Colour;

/// A kind of ground.
pub(super) struct GroundKind {
    pub(super) dark: Colour,
    pub(super) bright: Colour,
    /// What grows or lies over it in patches.
    pub(super) patches: Colour,
    /// How much of it, 0 to 1.
    pub(super) patched: f32,
    /// How often it changes from side to side, and how much more often across its grain.
    pub(super) scale: f32,
    pub(super) stretch: f32,
    /// How rough it is: what the light makes of its ups and downs.
    pub(super) relief: f32,
    /// Needles and stalks, and their two colours.
    pub(super) needles: usize,
    pub(super) needle: [Colour; 2],
    /// Grains and scraps of old leaves, and their two colours.
    pub(super) grains: usize,
    pub(super) scraps: usize,
    pub(super) scrap: [Colour; 2],
}

pub(super) const GROUND_KINDS: [GroundKind; 8] = [
    // Forest soil with needles and what is left of last year's leaves.
    GroundKind {
        dark: [0.28, 0.21, 0.14],
        bright: [0.56, 0.44, 0.31],
        patches: [0.28, 0.31, 0.15],
        patched: 0.4,
        scale: 11.0,
        stretch: 1.0,
        relief: 0.7,
        needles: 130,
        needle: [[0.56, 0.40, 0.23], [0.24, 0.17, 0.11]],
        grains: 45,
        scraps: 26,
        scrap: [[0.47, 0.33, 0.19], [0.30, 0.22, 0.15]],
    },
    // Moss.
    GroundKind {
        dark: [0.17, 0.25, 0.08],
        bright: [0.42, 0.50, 0.18],
        patches: [0.34, 0.29, 0.16],
        patched: 0.35,
        scale: 15.0,
        stretch: 1.0,
        relief: 0.85,
        needles: 190,
        needle: [[0.50, 0.58, 0.24], [0.22, 0.32, 0.09]],
        grains: 10,
        scraps: 8,
        scrap: [[0.42, 0.32, 0.18], [0.55, 0.48, 0.26]],
    },
    // A stone slab with lichen.
    GroundKind {
        dark: [0.42, 0.41, 0.40],
        bright: [0.61, 0.60, 0.57],
        patches: [0.58, 0.59, 0.42],
        patched: 0.4,
        scale: 7.0,
        stretch: 1.0,
        relief: 0.4,
        needles: 10,
        needle: [[0.34, 0.30, 0.26], [0.70, 0.68, 0.62]],
        grains: 60,
        scraps: 4,
        scrap: [[0.30, 0.28, 0.26], [0.72, 0.70, 0.66]],
    },
    // Wood.
    GroundKind {
        dark: [0.35, 0.24, 0.15],
        bright: [0.57, 0.44, 0.30],
        patches: [0.46, 0.42, 0.36],
        patched: 0.4,
        scale: 1.6,
        stretch: 14.0,
        relief: 0.14,
        needles: 5,
        needle: [[0.28, 0.20, 0.13], [0.70, 0.60, 0.44]],
        grains: 6,
        scraps: 0,
        scrap: [[0.25, 0.18, 0.12]; 2],
    },
    // Sand.
    GroundKind {
        dark: [0.55, 0.47, 0.35],
        bright: [0.71, 0.63, 0.49],
        patches: [0.49, 0.43, 0.35],
        patched: 0.3,
        scale: 4.0,
        stretch: 2.5,
        relief: 0.3,
        needles: 12,
        needle: [[0.45, 0.38, 0.30], [0.62, 0.54, 0.42]],
        grains: 110,
        scraps: 3,
        scrap: [[0.42, 0.36, 0.29], [0.82, 0.77, 0.68]],
    },
    // Paper.
    GroundKind {
        dark: [0.69, 0.66, 0.60],
        bright: [0.79, 0.76, 0.70],
        patches: [0.67, 0.62, 0.53],
        patched: 0.25,
        scale: 7.0,
        stretch: 1.0,
        relief: 0.12,
        needles: 0,
        needle: [[0.5; 3]; 2],
        grains: 0,
        scraps: 0,
        scrap: [[0.5; 3]; 2],
    },
    // Wet ground in the shade.
    GroundKind {
        dark: [0.17, 0.19, 0.18],
        bright: [0.40, 0.43, 0.40],
        patches: [0.21, 0.28, 0.16],
        patched: 0.5,
        scale: 9.0,
        stretch: 1.0,
        relief: 0.55,
        needles: 50,
        needle: [[0.36, 0.30, 0.22], [0.17, 0.18, 0.15]],
        grains: 40,
        scraps: 14,
        scrap: [[0.34, 0.26, 0.18], [0.20, 0.18, 0.14]],
    },
    // Gravel.
    GroundKind {
        dark: [0.38, 0.35, 0.32],
        bright: [0.58, 0.55, 0.50],
        patches: [0.40, 0.36, 0.29],
        patched: 0.5,
        scale: 14.0,
        stretch: 1.0,
        relief: 0.5,
        needles: 15,
        needle: [[0.46, 0.38, 0.27], [0.28, 0.22, 0.16]],
        grains: 420,
        scraps: 5,
        scrap: [[0.34, 0.30, 0.26], [0.70, 0.66, 0.60]],
    },
];
