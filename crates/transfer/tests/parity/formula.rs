//! The numbers of `reference.py`, repeated bit for bit.

use tch::Tensor;

/// The 64-bit FNV-1a hash of a text.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |value, byte| {
        (value ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// float32 numbers in `[low, high)`: splitmix64 of the name's hash, its upper 24 bits, scaled in float64.
pub(crate) fn numbers(name: &str, shape: &[i64], (low, high): (f64, f64)) -> Tensor {
    let count: i64 = shape.iter().product();
    let mut state = fnv1a(name);
    let values: Vec<f32> = (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let unit = ((z ^ (z >> 31)) >> 40) as f64 / f64::from(1 << 24);
            (low + (high - low) * unit) as f32
        })
        .collect();
    Tensor::from_slice(&values).view(shape)
}

/// The interval from which a variable's numbers are.
pub(crate) fn bounds(name: &str, shape: &[i64]) -> (f64, f64) {
    if let [_, inputs @ ..] = shape
        && !inputs.is_empty()
    {
        let bound = (6.0 / inputs.iter().product::<i64>() as f64).sqrt();
        return (-bound, bound);
    }
    match name.rsplit('.').next() {
        Some("weight") => (0.75, 1.25),
        Some("running_var") => (1.0, 3.0),
        _ => (-0.1, 0.1),
    }
}
