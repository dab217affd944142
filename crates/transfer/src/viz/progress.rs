//! Bars that say how far something is, and how long it will still take.

use std::time::Instant;

use plotters::style::RGBColor;

use super::display::escaped;
use super::{Html, Live, series_ink};
use crate::train::{Callback, Flow, State};

/// A training's bar: epochs, steps, loss, pictures per second and the time that is left. A callback for a
/// [`Learner`](crate::train::Learner): `learner.callback(ProgressBar::new())`.
#[derive(Debug, Default)]
pub struct ProgressBar {
    live: Live,
    begun: Option<Instant>,
}

impl ProgressBar {
    /// A bar that appears when the training begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Callback for ProgressBar {
    fn train_begin(&mut self, state: &State<'_>) -> Flow {
        // Each training has its own.
        (self.live, self.begun) = (Live::new(), Some(Instant::now()));
        self.live
            .show(&bar(state.step, state.steps, &state.to_string()));
        Flow::Continue
    }

    fn step_end(&mut self, state: &State<'_>) -> Flow {
        if self.live.is_due() {
            self.live
                .show(&bar(state.step, state.steps, &state.to_string()));
        }
        Flow::Continue
    }

    fn train_end(&mut self, state: &State<'_>) {
        let last = state.history.epochs.last();
        let text = last.map_or_else(|| state.to_string(), ToString::to_string);
        let seconds = self
            .begun
            .map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        let text = format!("{text}, {} in all", time(seconds));
        self.live.show(&bar(state.step, state.steps, &text));
        self.live.finish();
    }
}

/// Goes through items and shows a bar: `for seed in progress("seeds", 0..5)`.
///
/// ```
/// use transfer::prelude::*;
///
/// let squares: Vec<u64> = progress("squares", [1, 2, 3]).map(|i| i * i).collect();
/// assert_eq!(squares, [1, 4, 9]);
/// ```
pub fn progress<I>(what: &str, items: I) -> Progress<I::IntoIter>
where
    I: IntoIterator,
    I::IntoIter: ExactSizeIterator,
{
    let items = items.into_iter();
    Progress {
        what: what.to_owned(),
        of: items.len(),
        items,
        live: Live::new(),
        begun: Instant::now(),
    }
}

/// What [`progress`] returns.
#[derive(Debug)]
pub struct Progress<I> {
    what: String,
    of: usize,
    items: I,
    live: Live,
    begun: Instant,
}

impl<I: ExactSizeIterator> Iterator for Progress<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let (done, seconds) = (
            self.of - self.items.len().min(self.of),
            self.begun.elapsed().as_secs_f64(),
        );
        let item = self.items.next();
        let mut text = format!("{}: {done} of {}", self.what, self.of);
        if item.is_none() {
            text += &format!(", {}", time(seconds));
        } else if done > 0 {
            let left = seconds / done as f64 * (self.of - done) as f64;
            text += &format!(", {} left", time(left));
        }
        self.live.show(&bar(done, self.of, &text));
        if item.is_none() {
            self.live.finish();
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Progress<I> {}

/// A time for people.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 99.5 => format!("{s:.0} s"),
        s if s < 99.5 * 60.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

/// A bar that is as full as `done` of `of` say, and a line beside it.
fn bar(done: usize, of: usize, text: &str) -> Html {
    let percent = 100.0 * done as f64 / of.max(1) as f64;
    let RGBColor(red, green, blue) = series_ink(0);
    let text = escaped(text);
    // Not HTML's own <progress>, whose empty part browsers make black or white as they like.
    Html(format!(
        "<div style=\"font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px\">\
         <div style=\"display:inline-block;width:220px;height:8px;border-radius:4px;background:#8884\">\
         <div style=\"width:{percent:.1}%;height:8px;border-radius:4px;background:rgb({red},{green},{blue})\"></div></div> \
         <span style=\"margin-left:8px\">{text}</span></div>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let said = [0.4, 99.0, 100.0, 5900.0, 6000.0].map(time);
        assert_eq!(said, ["0 s", "99 s", "2 min", "98 min", "1.7 h"]);
    }

    #[test]
    fn a_bar_escapes_its_text_and_has_no_length_of_zero() {
        let Html(html) = bar(0, 0, "a < b");
        assert!(html.contains("width:0.0%") && html.contains("a &lt; b"));
    }

    #[test]
    fn items_come_as_they_are_and_are_counted() {
        let mut items = progress("letters", "abc".chars().collect::<Vec<_>>());
        assert_eq!(items.len(), 3);
        assert_eq!(items.next(), Some('a'));
        assert_eq!(items.len(), 2);
        assert_eq!(items.by_ref().collect::<String>(), "bc");
        assert_eq!(items.next(), None);
    }
}
