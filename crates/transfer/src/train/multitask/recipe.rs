//! A row of a comparison.

use std::fmt;
use std::sync::Arc;

use crate::multitask::{ARCHITECTURES, Equal, Level, Weighting, weighting};
use crate::names::unknown;
use crate::{Error, Result};

/// The architecture that a rule by itself goes with.
const SHARED: &str = "hard sharing";

/// A row of the comparison: an architecture, and what each task counts.
#[derive(Clone)]
pub struct Recipe {
    pub(super) name: String,
    pub(super) architecture: String,
    pub(super) weighting: Arc<dyn Fn() -> Result<Box<dyn Weighting>>>,
}

impl Recipe {
    /// An architecture of [`ARCHITECTURES`] with a weighting of one's own making, under a name.
    #[must_use]
    pub fn new(
        name: &str,
        architecture: &str,
        weighting: impl Fn() -> Result<Box<dyn Weighting>> + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            architecture: architecture.to_owned(),
            weighting: Arc::new(weighting),
        }
    }

    /// Hard sharing with this of [`WEIGHTINGS`](crate::multitask::WEIGHTINGS), under its name.
    #[must_use]
    pub fn weighting(name: &str) -> Self {
        let of = name.to_owned();
        Self::new(name, SHARED, move || weighting(&of))
    }

    /// This of [`ARCHITECTURES`] with the sum of the losses, under its name.
    #[must_use]
    pub fn architecture(name: &str) -> Self {
        Self::new(name, name, || Ok(Box::new(Equal)))
    }

    /// Whether there is such an architecture and such a weighting, and the one is for the other.
    pub(super) fn check(&self) -> Result<()> {
        if !ARCHITECTURES.contains(&self.architecture.as_str()) {
            let list = "multitask::ARCHITECTURES";
            return Err(unknown(
                "architectures",
                list,
                &self.architecture,
                ARCHITECTURES,
            ));
        }
        let level = (self.weighting)()?.level();
        if level == Level::Representation && self.architecture != SHARED {
            let expected =
                format!("{SHARED}, for a rule that looks at the gradients of one representation");
            return Err(Error::argument(
                "architecture",
                expected,
                &self.architecture,
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipe({:?}, {})", self.name, self.architecture)
    }
}
