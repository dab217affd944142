//! An output that changes while its cell runs.

use std::time::{Duration, Instant, SystemTime};

use super::Show;
use super::display::{Place, emit};
use crate::kernel;

/// How often an output is drawn anew, unless told otherwise.
const EVERY: Duration = Duration::from_millis(400);

/// An output of a cell that later ones replace, at the same place: a chart that grows, a picture of each step.
///
/// In this project's kernel each state is shown at once, at most some times in a second, and the notebook keeps the
/// last one. In a kernel that shows nothing before a cell has ended (evcxr's own), the last state is the only one.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let mut live = Live::new();
/// let mut losses: Vec<f64> = Vec::new();
/// for step in 0..100 {
///     losses.push(1.0 / f64::from(step + 1));
///     if live.is_due() {
///         live.show(&curves("Loss", "step", "loss", &[Curve::new("training", &losses)])?);
///     }
/// }
/// live.show(&curves("Loss", "step", "loss", &[Curve::new("training", &losses)])?);
/// // The end of `live` is the end of the output: what it was given last is what stays.
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Live {
    /// The kernel's name for the output; `None` where a kernel has no updates.
    id: Option<String>,
    every: Duration,
    /// When something was shown last.
    shown: Option<Instant>,
    /// What is newer than what was shown.
    waiting: Option<String>,
}

impl Live {
    /// An output that is not there yet.
    #[must_use]
    pub fn new() -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let id = format!("live-{}-{}", std::process::id(), since.as_nanos());
        Self {
            id: kernel::updates_outputs().then_some(id),
            every: EVERY,
            shown: None,
            waiting: None,
        }
    }

    /// The least time between two states that are shown (0.4 s).
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Whether [`show`](Self::show) would show something now: if not, there is no need to draw it.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let early = self.shown.is_some_and(|shown| shown.elapsed() < self.every);
        self.id.is_some() && !early
    }

    /// Replaces what is shown; later, where the last state is too recent.
    pub fn show(&mut self, state: &dyn Show) {
        self.waiting = Some(state.to_html());
        if self.is_due() {
            self.flush();
        }
    }

    /// Shows what was given last, now.
    pub fn finish(&mut self) {
        self.flush();
    }

    fn flush(&mut self) {
        let Some(html) = self.waiting.take() else {
            return;
        };
        let place = match &self.id {
            Some(id) if self.shown.is_some() => Place::Update(id),
            Some(id) => Place::Named(id),
            None => Place::Next,
        };
        emit(&html, place);
        self.shown = Some(Instant::now());
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.flush();
    }
}
