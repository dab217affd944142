//! The words for cells that did not come to their end.

use super::interrupt::Stop;
use super::traceback::Failure;

/// The failure of a cell that was interrupted.
pub(super) fn interrupted(what: &str, inner: Option<Failure>) -> Failure {
    let mut failure = Failure::new("Interrupted", what);
    if let Some(inner) = inner {
        failure.traceback.extend(inner.traceback);
    }
    failure
}

/// What ended the process of the cells.
pub(super) fn crash(text: &str, stop: Option<Stop>) -> Failure {
    let status = text
        .split_once("terminated with status: ")
        .map_or(text, |(_, status)| status)
        .trim();
    match stop {
        Some(Stop::Insisted) => {
            return interrupted("the cell was killed at the second interrupt", None);
        }
        Some(_) => {
            return interrupted(
                "the cell did not stop when it was asked to, and was killed",
                None,
            );
        }
        None => {}
    }
    if status.contains("signal: 9 ") {
        return Failure::new(
            "Killed",
            "the process of the cells was killed from outside, most likely because memory ran out (signal 9)",
        );
    }
    if status.starts_with("signal") {
        return Failure::new(
            "Crash",
            format!("the process of the cells crashed ({status})"),
        );
    }
    Failure::new("Exit", format!("the cell ended its process ({status})"))
}

/// What a crash has cost.
pub(super) fn lost(before: &[String]) -> String {
    let kept = "Functions, types and imports of earlier cells are still known.";
    match before.len() {
        0 => format!("No variables were lost. {kept}"),
        1 => format!("Lost: the variable {}. {kept}", before[0]),
        n => format!("Lost: all {n} variables ({}). {kept}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_says_what_it_was_and_what_it_cost() {
        let of = |status: &str, stop| {
            crash(
                &format!("Subprocess terminated with status: {status}"),
                stop,
            )
            .name
        };
        assert_eq!(of("signal: 9 (SIGKILL)", None), "Killed");
        assert_eq!(of("signal: 6 (SIGABRT) (core dumped)", None), "Crash");
        assert_eq!(of("exit status: 3", None), "Exit");
        assert_eq!(of("signal: 9 (SIGKILL)", Some(Stop::Deaf)), "Interrupted");
        let names = ["model".to_owned(), "xs".to_owned()];
        assert!(lost(&names).starts_with("Lost: all 2 variables (model, xs)."));
        assert!(lost(&names[..1]).contains("variable model."));
        assert!(lost(&[]).starts_with("No variables"));
    }
}
