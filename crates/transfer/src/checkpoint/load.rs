//! Copying a state dict into a net's variables.

use std::path::Path;

use tch::nn::VarStore;

use super::{LoadReport, Mismatch, StateDict};
use crate::{Error, Result};

/// How strictly names have to agree, and what to leave alone.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    without: Vec<String>,
    lenient: bool,
}

impl LoadOptions {
    /// Every name and shape has to fit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out the layer of that name (`"fc"`: the head), in the net and in the file.
    #[must_use]
    pub fn without(mut self, layer: impl Into<String>) -> Self {
        self.without.push(layer.into());
        self
    }

    /// Loads what fits; the rest is in the report instead of an error.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    fn leaves_out(&self, name: &str) -> bool {
        self.without.iter().any(|layer| {
            name.strip_prefix(layer.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// Copies `tensors` into the variables of the same names, converted to their kind and device. `path` is where
/// they came from, for the message. When something does not fit and the options are strict, nothing is copied.
///
/// # Errors
///
/// [`Error::WeightsDoNotFit`] with the report, unless the options are [`lenient`](LoadOptions::lenient).
pub fn load_into(
    vs: &VarStore,
    tensors: &StateDict,
    path: &Path,
    options: &LoadOptions,
) -> Result<LoadReport> {
    let variables = vs.variables();
    let mut report = LoadReport::default();
    for (name, tensor) in tensors {
        let (name, file) = (name.clone(), tensor.size());
        match variables.get(&name) {
            _ if options.leaves_out(&name) => report.left_out.push(name),
            None if name.ends_with(".num_batches_tracked") => report.ignored.push(name),
            None => report.unexpected.push(name),
            Some(variable) if variable.size() == file => report.loaded.push(name),
            Some(variable) => report.mismatched.push(Mismatch {
                name,
                net: variable.size(),
                file,
            }),
        }
    }
    let mut missing: Vec<String> = variables
        .into_keys()
        .filter(|name| !tensors.contains_key(name) && !options.leaves_out(name))
        .collect();
    missing.sort();
    report.missing = missing;
    if !options.lenient && !report.is_complete() {
        return Err(Error::WeightsDoNotFit {
            path: path.into(),
            report: Box::new(report),
        });
    }
    let mut variables = vs.variables();
    tch::no_grad(|| {
        for name in &report.loaded {
            if let Some(variable) = variables.get_mut(name) {
                variable.f_copy_(&tensors[name])?;
            }
        }
        Ok(report)
    })
}
