//! Where ticks stand and what is written there. plotters' own are too many, or have fractions on whole numbers.

/// About `wanted` ticks from `low` to `high`; `whole` keeps them on whole numbers.
pub(super) fn linear((low, high): (f64, f64), wanted: usize, whole: bool) -> Vec<(f64, String)> {
    // As halves: the difference of the largest numbers is not a number.
    let step = nice((high / 2.0 - low / 2.0) / wanted.max(1) as f64 * 2.0);
    let step = if whole { step.max(1.0) } else { step };
    let first = (low / step - 1e-9).ceil();
    (0..=4 * wanted)
        .map(|index| (first + index as f64) * step)
        // Of neighbours that differ in the last digits, the end would be missed by rounding.
        .take_while(|tick| *tick <= high + 1e-9 * step + 4.0 * f64::EPSILON * high.abs())
        .map(|tick| (tick, label(tick, step, low.abs().max(high.abs()))))
        .collect()
}

/// Ticks from `low`, above 0, to `high`: powers of ten, or 1, 2 and 5 times these where the axis is short.
pub(super) fn log((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let (from, to) = (low.log10(), high.log10());
    let decades = (from - 1e-9).ceil() as i32..=(to + 1e-9).floor() as i32;
    let every = ((to - from) / 7.0).ceil().max(1.0) as i32;
    let mut ticks: Vec<(f64, String)> = decades
        .filter(|decade| decade % every == 0)
        .map(|decade| (10f64.powi(decade), power(decade)))
        .collect();
    if to - from < 2.5 {
        let steps: &[f64] = if to - from < 1.2 {
            &[1.0, 2.0, 3.0, 5.0, 7.0]
        } else {
            &[1.0, 2.0, 5.0]
        };
        ticks = (from.floor() as i32..=to.floor() as i32)
            .flat_map(|decade| {
                steps
                    .iter()
                    .map(move |step| (step * 10f64.powi(decade), decade))
            })
            .filter(|(tick, _)| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(tick))
            .map(|(tick, decade)| (tick, label(tick, 10f64.powi(decade), tick)))
            .collect();
    }
    if ticks.len() < 2 {
        ticks = [low, high]
            .map(|tick| (tick, format!("{tick:.2e}")))
            .to_vec();
    }
    ticks
}

/// The number of 1, 2, 5, 10, 20, … that is next above.
fn nice(step: f64) -> f64 {
    let size = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * size >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * size
}

/// A tick's number, with as many places as its neighbours need.
fn label(tick: f64, step: f64, largest: f64) -> String {
    let places = -(step.log10() + 1e-9).floor() as i32;
    if tick == 0.0 || tick.abs() < step * 1e-6 {
        "0".into()
    } else if largest >= 1e6 || places > 4 {
        let digits = (tick.abs().log10().floor() as i32 + places).max(0) as usize;
        if digits > 6 && largest < 1e12 {
            // Neighbours that differ late in the number: it is shorter written out.
            return format!("{tick:.0$}", places.max(0) as usize);
        }
        format!("{tick:.digits$e}")
    } else {
        format!("{tick:.0$}", places.max(0) as usize)
    }
}

fn power(decade: i32) -> String {
    match decade {
        -3..=-1 => format!("{:.1$}", 10f64.powi(decade), decade.unsigned_abs() as usize),
        0..=4 => format!("{:.0}", 10f64.powi(decade)),
        _ => format!("1e{decade}"),
    }
}
