//! Which of a file's dicts is the state dict.

use std::collections::BTreeMap;

use super::limits::{DEPTH, NAME_BYTES, STEPS, TENSORS};
use super::pickle::Id;
use super::tree::Key;
use super::{Archive, Flaw, Result, View};

/// What training scripts call the state dict in their checkpoints, the likeliest first: Lightning, MoCo, mmcv and
/// PyTorch's ImageNet example; PyTorch's tutorial; torchvision, timm and detectron2; and others. Averaged weights
/// come last: who wants them says so.
const WELL_KNOWN: [&str; 18] = [
    "state_dict",
    "model_state_dict",
    "model",
    "model_state",
    "module",
    "net",
    "network",
    "weights",
    "params",
    "generator",
    "encoder",
    "backbone",
    "student",
    "teacher",
    "state_dict_ema",
    "model_ema",
    "params_ema",
    "ema",
];

/// One dict of a file: its path, and its tensors by their names (those of dicts within it joined with dots).
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The dotted path; empty for the root.
    pub(crate) path: String,
    tensors: BTreeMap<String, Id>,
}

impl Entry {
    /// The names, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }
}

impl Archive {
    /// The tensor of that name, `None` if there is none.
    pub(crate) fn view(&self, entry: &Entry, name: &str) -> Option<Result<&View>> {
        let id = *entry.tensors.get(name)?;
        Some(self.tensor(id).map_err(|found| Flaw::Type {
            tensor: name.into(),
            found: found.into(),
        }))
    }

    /// The dotted paths of the dicts that have tensors: those with tensors of their own, and those whose dicts are
    /// numbered and not named (an optimizer's state).
    pub(crate) fn entries(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_entries(self.root, "", 0, &mut 0, &mut found);
        found
    }

    fn collect_entries(
        &self,
        id: Id,
        path: &str,
        depth: usize,
        steps: &mut usize,
        found: &mut Vec<String>,
    ) {
        // A list for people: it may stop where a hostile file has it grow.
        const MOST: usize = 1000;
        let holders: Vec<(Key, Id)> = self
            .items(id)
            .inspect(|_| *steps += 1)
            .filter(|&(_, item)| self.holds_tensors[item as usize])
            .collect();
        if found.len() >= MOST || *steps > STEPS || depth > DEPTH || holders.is_empty() {
            return;
        }
        let direct = holders.iter().any(|&(_, item)| self.is_tensor(item));
        let numbered = depth > 0 && !self.is_named(id);
        if direct || numbered {
            found.push(path.to_owned());
            *steps += path.len();
            // At the root there may be state dicts beside a loose tensor.
            if depth > 0 {
                return;
            }
        }
        for (key, item) in holders {
            if self.is_container(item) {
                let inner = joined(path, &self.name(key));
                *steps += inner.len();
                self.collect_entries(item, &inner, depth + 1, steps, found);
            }
        }
    }

    /// The dict at `asked`; without that, the state dict: a well-known name at the root that has tensors, else the
    /// root if it has some of its own, else the only dict that has any.
    pub(crate) fn choose(&self, asked: Option<&str>) -> Result<Entry> {
        let undecided = || Flaw::Choice {
            asked: asked.map(str::to_owned),
            entries: self.entries(),
        };
        let (path, id) = match asked {
            Some(path) => (path.to_owned(), self.find(self.root, path)),
            None => self.likeliest(),
        };
        let id = id
            .filter(|&id| self.is_container(id))
            .ok_or_else(undecided)?;
        // An empty state dict is one; a dict that was asked for and has no tensors is a mistake.
        if !self.holds_tensors[id as usize] && asked.is_some_and(|path| !path.is_empty()) {
            return Err(undecided());
        }
        let mut tensors = BTreeMap::new();
        Collector {
            archive: self,
            steps: 0,
            bytes: 0,
            tensors: &mut tensors,
        }
        .collect(id, "", 0)?;
        Ok(Entry { path, tensors })
    }

    fn likeliest(&self) -> (String, Option<Id>) {
        let holders = self
            .items(self.root)
            .filter(|&(_, item)| self.holds_tensors[item as usize]);
        let (inner, direct): (Vec<_>, Vec<_>) =
            holders.partition(|&(_, item)| self.is_container(item));
        let known = WELL_KNOWN.iter().find_map(|known| {
            let mut inner = inner.iter();
            inner.find(|&&(key, _)| self.name(key) == *known)
        });
        let root = || (String::new(), Some(self.root));
        match (known, &inner[..]) {
            (Some(&(key, id)), _) => (self.name(key).into_owned(), Some(id)),
            _ if !direct.is_empty() => root(),
            (None, &[(key, id)]) => (self.name(key).into_owned(), Some(id)),
            (None, []) if self.is_container(self.root) => root(),
            _ => (String::new(), None),
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

struct Collector<'a> {
    archive: &'a Archive,
    steps: usize,
    bytes: usize,
    tensors: &'a mut BTreeMap<String, Id>,
}

impl Collector<'_> {
    fn collect(&mut self, id: Id, path: &str, depth: usize) -> Result<()> {
        if depth > DEPTH {
            return Flaw::limit(format!(
                "its dicts are nested deeper than {DEPTH} levels, or contain themselves"
            ));
        }
        let archive = self.archive;
        for (key, item) in archive.items(id) {
            self.steps += 1;
            if self.steps > STEPS {
                return Flaw::limit("its dicts share each other too often");
            }
            if !archive.holds_tensors[item as usize] {
                continue;
            }
            let key = archive.name(key);
            self.bytes += path.len() + key.len() + 1;
            if self.bytes > NAME_BYTES || self.tensors.len() == TENSORS {
                return Flaw::limit(format!(
                    "it has more than {TENSORS} names of tensors, or {NAME_BYTES} bytes of them"
                ));
            }
            let name = joined(path, &key);
            if !archive.is_tensor(item) {
                self.collect(item, &name, depth + 1)?;
            } else if self.tensors.insert(name, item).is_some() {
                let name = joined(path, &key);
                return Flaw::damaged(format!("two of its tensors are named {name:?}"));
            }
        }
        Ok(())
    }
}
