//! A weights file whose index was read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use tch::{Kind, Tensor};

use super::archive::{Archive, Entry, Flaw, Format, Plain, Source, View};
use super::{StateDict, tensors};
use crate::{Error, Result};

/// A weights file. Opening reads its index alone; tensors are read when they are asked for.
///
/// ```no_run
/// use transfer::checkpoint::Checkpoint;
///
/// # fn main() -> transfer::Result<()> {
/// let file = Checkpoint::open("checkpoint.pth")?;
/// let dicts: Vec<String> = file.entries(); // "model", "model_ema", "optimizer.state"
/// let averaged = file.entry("model_ema")?;
/// for name in averaged.names()? {
///     let (shape, kind) = (averaged.shape(name)?, averaged.kind(name)?);
/// }
/// let weight = averaged.tensor("conv1.weight")?;
/// # Ok(())
/// # }
/// ```
pub struct Checkpoint {
    path: PathBuf,
    archive: Archive,
    /// The state dict, if it is clear which one that is.
    entry: Option<Entry>,
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkpoint")
            .field("path", &self.path)
            .field("format", self.format())
            .field("entry", &self.chosen())
            .finish_non_exhaustive()
    }
}

impl Checkpoint {
    /// Reads the index of a safetensors or `torch.save` file.
    ///
    /// The state dict is the first of the names that training scripts use (`state_dict`, `model_state_dict`, `model`,
    /// …, `ema`) under which the root has tensors; else the root, if it has tensors of its own; else the only dict
    /// that has any. Otherwise [`entry`](Self::entry) chooses.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no weights file, is damaged, or has a pickle that is not only weights.
    pub fn open(path: impl AsRef<Path>) -> Result<Checkpoint> {
        let path = path.as_ref();
        let source = Source::open(path).map_err(Error::io("read", path))?;
        let archive = Archive::open(source).map_err(|flaw| Error::of_checkpoint(path, flaw))?;
        let entry = match archive.choose(None) {
            Ok(entry) => Some(entry),
            Err(Flaw::Choice { .. }) => None,
            Err(flaw) => return Err(Error::of_checkpoint(path, flaw)),
        };
        Ok(Checkpoint {
            path: path.into(),
            archive,
            entry,
        })
    }

    /// The same file with another of its dicts as the state dict: a dotted path (`"model_ema"`), `""` for the root.
    ///
    /// # Errors
    ///
    /// [`Error::ChooseEntry`]: there is no such dict, or it has no tensors.
    pub fn entry(mut self, path: &str) -> Result<Checkpoint> {
        let entry = self.archive.choose(Some(path));
        self.entry = Some(entry.map_err(self.flawed())?);
        Ok(self)
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file is.
    #[must_use]
    pub fn format(&self) -> &Format {
        self.archive.format()
    }

    /// The dicts that have tensors, as dotted paths: `"state_dict"`, `"optimizer.state"`, `""` for the root. Those
    /// within a dict that has tensors of its own are part of it and not listed.
    #[must_use]
    pub fn entries(&self) -> Vec<String> {
        self.archive.entries()
    }

    /// The path of the present state dict, if there is one.
    #[must_use]
    pub fn chosen(&self) -> Option<&str> {
        self.entry.as_ref().map(|entry| entry.path.as_str())
    }

    /// The names of the state dict's tensors, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::ChooseEntry`]: the file has several dicts, and none was chosen.
    pub fn names(&self) -> Result<Vec<&str>> {
        Ok(self.chosen_entry()?.names().collect())
    }

    /// The shape of a tensor.
    ///
    /// # Errors
    ///
    /// As [`tensor`](Self::tensor), but for reading.
    pub fn shape(&self, name: &str) -> Result<Vec<i64>> {
        Ok(self.view(self.chosen_entry()?, name)?.shape.to_vec())
    }

    /// The kind of a tensor.
    ///
    /// # Errors
    ///
    /// As [`tensor`](Self::tensor), but for reading.
    pub fn kind(&self, name: &str) -> Result<Kind> {
        self.kind_in(self.chosen_entry()?, name)
    }

    pub(super) fn kind_in(&self, entry: &Entry, name: &str) -> Result<Kind> {
        let view = self.view(entry, name)?;
        tensors::kind_of(view).ok_or_else(|| Error::UnsupportedType {
            path: self.path.clone(),
            tensor: name.into(),
            found: view.element.name.into(),
        })
    }

    /// One tensor, on the CPU and in the file's kind and strides. No more is read, and no more memory taken, than from its
    /// first number to its last. The checksum of a zip record is verified where the tensor is all of it.
    ///
    /// # Errors
    ///
    /// No dict was chosen, it has no such tensor, the tensor is of a type that is not read, or reading fails.
    pub fn tensor(&self, name: &str) -> Result<Tensor> {
        self.tensor_in(self.chosen_entry()?, name)
    }

    pub(super) fn tensor_in(&self, entry: &Entry, name: &str) -> Result<Tensor> {
        let (kind, view) = (self.kind_in(entry, name)?, self.view(entry, name)?);
        let hull = view.hull.clone();
        let base = tensors::hull(&self.path, &self.archive, view, hull, kind, &mut Vec::new())?;
        tensors::part(&base, view, view.hull.start)
    }

    /// All tensors of the state dict. Storages that several tensors share are read once, and shared again. The memory
    /// taken is that of the tensors, and one piece of a mebibyte.
    ///
    /// # Errors
    ///
    /// As [`tensor`](Self::tensor).
    pub fn read(&self) -> Result<StateDict> {
        let entry = self.chosen_entry()?;
        let views = entry.names().map(|name| {
            let (kind, view) = (self.kind_in(entry, name)?, self.view(entry, name)?);
            Ok((name, kind, view))
        });
        let views: Vec<_> = views.collect::<Result<_>>()?;
        tensors::all(&self.path, &self.archive, &views)
    }

    /// A plain value beside the tensors, by its dotted path from the root: `value("best_prec1")`,
    /// `value("optimizer.param_groups.0.lr")`. `None` if there is none, or it is no number, truth value or text.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<Plain> {
        self.archive.plain(path)
    }

    fn chosen_entry(&self) -> Result<&Entry> {
        self.entry.as_ref().ok_or_else(|| Error::ChooseEntry {
            path: self.path.clone(),
            asked: None,
            entries: self.entries(),
        })
    }

    /// The entry at `asked`, or the present one.
    pub(super) fn entry_or_chosen(&self, asked: Option<&str>) -> Result<Cow<'_, Entry>> {
        match asked {
            Some(_) => {
                let entry = self.archive.choose(asked);
                entry.map(Cow::Owned).map_err(self.flawed())
            }
            None => self.chosen_entry().map(Cow::Borrowed),
        }
    }

    pub(super) fn view(&self, entry: &Entry, name: &str) -> Result<&View> {
        let found = self.archive.view(entry, name);
        match found {
            Some(view) => view.map_err(self.flawed()),
            None => Err(Error::argument(
                "tensor name",
                "one of Checkpoint::names()",
                format!("{name:?}, which is not in {:?}", self.path),
            )),
        }
    }

    fn flawed(&self) -> impl Fn(Flaw) -> Error + use<> {
        let path = self.path.clone();
        move |flaw| Error::of_checkpoint(&path, flaw)
    }
}
