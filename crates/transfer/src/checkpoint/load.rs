//! Copying a state dict into a net's variables.

use std::collections::BTreeMap;
use std::path::Path;

use tch::Tensor;
use tch::nn::VarStore;

use super::fit::fit;
use super::{Checkpoint, LoadReport, StateDict};
use crate::{Error, Result};

/// Which part of a file is meant, how strictly names have to agree, and what to leave alone.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    without: Vec<String>,
    lenient: bool,
    entry: Option<String>,
    pub(super) prefix: Option<String>,
}

impl LoadOptions {
    /// Every name and shape has to fit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out the layer of that name (`"fc"`: the head) or the tensor (`"fc.weight"`), in the net and in the file.
    /// That neither has it is an error.
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

    /// Takes that dict of the file (`"model_ema"`) for the state dict: see [`Checkpoint::entries`].
    #[must_use]
    pub fn entry(mut self, path: impl Into<String>) -> Self {
        self.entry = Some(path.into());
        self
    }

    /// What the file's names have before the net's: `"module."`. Without this it is found out: where fewer than half of
    /// the net's names are in the file as they are, the prefix under which most of them are, if that is more than
    /// half. [`LoadReport::prefix`] says which; where several fit alike, that is an error.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    pub(super) fn leaves_out(&self, name: &str) -> bool {
        self.without.iter().any(|layer| {
            name.strip_prefix(layer.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// A layer to leave out that neither the net nor the file has: a slip that would go unnoticed.
    fn leaves_out_nothing<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Option<&str> {
        let unknown = |layer: &&String| {
            let one = LoadOptions::new().without(layer.as_str());
            !names.clone().any(|name| one.leaves_out(name))
        };
        self.without.iter().find(unknown).map(String::as_str)
    }
}

/// Loads a weights file into the variables of the same names: [`Checkpoint::open`] and [`Checkpoint::load_into`].
///
/// # Errors
///
/// Those of the two.
pub fn load(vs: &VarStore, path: impl AsRef<Path>, options: &LoadOptions) -> Result<LoadReport> {
    Checkpoint::open(path)?.load_into(vs, options)
}

impl Checkpoint {
    /// Copies the state dict (that of [`LoadOptions::entry`], if it is set) into the variables of the same names,
    /// converted to their kind and device, one tensor at a time. When something does not fit and the options are strict, nothing is copied. Whether all can be read is known
    /// only at the end: should reading fail half-way, the error says which variables have been replaced.
    ///
    /// # Errors
    ///
    /// [`Error::WeightsDoNotFit`] with the report, unless the options are [`lenient`](LoadOptions::lenient);
    /// [`Error::PartlyLoaded`] when reading failed after something was copied; what [`Checkpoint::tensor`] returns
    /// when it failed before.
    pub fn load_into(&self, vs: &VarStore, options: &LoadOptions) -> Result<LoadReport> {
        let entry = self.entry_or_chosen(options.entry.as_deref())?;
        let mut file = BTreeMap::new();
        for name in entry.names() {
            // A type that is not read is refused before anything is replaced.
            self.kind_in(&entry, name)?;
            file.insert(name, self.view(&entry, name)?.shape.to_vec());
        }
        let variables = vs.variables().into_iter().collect();
        copy(
            variables,
            &file,
            &entry.path,
            self.path(),
            options,
            |name| self.tensor_in(&entry, name),
        )
    }
}

/// Copies `tensors` into the variables of the same names, converted to their kind and device. `path` is where
/// they came from, for the message. When something does not fit and the options are strict, nothing is copied.
///
/// # Errors
///
/// [`Error::WeightsDoNotFit`] with the report, unless the options are [`lenient`](LoadOptions::lenient);
/// [`Error::Argument`] if they have an [`entry`](LoadOptions::entry), which a state dict has not.
pub fn load_into(
    vs: &VarStore,
    tensors: &StateDict,
    path: &Path,
    options: &LoadOptions,
) -> Result<LoadReport> {
    load_state(vs.variables().into_iter().collect(), tensors, path, options)
}

/// The same for variables of several stores, under whatever names.
pub(crate) fn load_state(
    variables: StateDict,
    tensors: &StateDict,
    path: &Path,
    options: &LoadOptions,
) -> Result<LoadReport> {
    if let Some(entry) = &options.entry {
        return Err(Error::argument(
            "LoadOptions::entry",
            "none (a StateDict is an entry already)",
            format!("{entry:?}"),
        ));
    }
    let shapes = tensors
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor.size()));
    let file: BTreeMap<&str, Vec<i64>> = shapes.collect();
    copy(variables, &file, "", path, options, |name| {
        Ok(tensors[name].shallow_clone())
    })
}

fn copy(
    mut variables: StateDict,
    file: &BTreeMap<&str, Vec<i64>>,
    entry: &str,
    path: &Path,
    options: &LoadOptions,
    tensor: impl Fn(&str) -> Result<Tensor>,
) -> Result<LoadReport> {
    let shapes = variables
        .iter()
        .map(|(name, variable)| (name.clone(), variable.size()));
    let (pairs, mut report) = fit(&shapes.collect(), file, options)?;
    report.entry = entry.to_owned();
    let theirs = report.left_out.iter().map(String::as_str);
    if let Some(layer) =
        options.leaves_out_nothing(variables.keys().map(String::as_str).chain(theirs))
    {
        return Err(Error::argument(
            "LoadOptions::without",
            "a layer of the net or of the file (a net's head is Backbone::head_name)",
            format!("{layer:?}"),
        ));
    }
    if !options.lenient && !report.is_complete() {
        return Err(Error::WeightsDoNotFit {
            path: path.into(),
            report: Box::new(report),
        });
    }
    let mut replaced = Vec::new();
    for (ours, theirs) in pairs {
        if let Some(variable) = variables.get_mut(&ours) {
            let copied = tensor(theirs.as_str())
                .and_then(|tensor| Ok(tch::no_grad(|| variable.f_copy_(&tensor))?));
            match copied {
                Ok(()) => replaced.push(ours),
                Err(error) if replaced.is_empty() => return Err(error),
                Err(error) => {
                    return Err(Error::PartlyLoaded {
                        path: path.into(),
                        failed: ours,
                        replaced,
                        source: Box::new(error),
                    });
                }
            }
        }
    }
    Ok(report)
}
