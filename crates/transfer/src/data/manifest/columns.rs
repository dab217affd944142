//! The columns of a table, and what a row says in them.

use std::path::{Path, PathBuf};

use super::super::decode::check;
use super::CsvOptions;

const PATH_NAMES: [&str; 6] = [
    "path",
    "file",
    "filename",
    "filepath",
    "image",
    "image_path",
];
const LABEL_NAMES: [&str; 4] = ["label", "class", "target", "category"];

/// A picture that a row names.
pub(super) struct Named {
    pub(super) path: PathBuf,
    pub(super) label: String,
    pub(super) targets: Vec<f32>,
}

/// Which column holds what.
pub(super) struct Columns {
    path: usize,
    label: Option<usize>,
    targets: Vec<(usize, String)>,
    /// Whether a number may be missing.
    missing: bool,
    /// The only labels that may be, where they are given.
    classes: Option<Vec<String>>,
}

impl Columns {
    pub(super) fn of(header: &[String], options: &CsvOptions) -> Result<Self, String> {
        let find = |names: &[&str]| {
            let is_named = |field: &String| {
                names
                    .iter()
                    .any(|name| field.trim().eq_ignore_ascii_case(name))
            };
            let found: Vec<usize> = (0..header.len())
                .filter(|&at| is_named(&header[at]))
                .collect();
            match found[..] {
                [at] => Ok(at),
                _ => Err(format!(
                    "expected one column named {}, found {} in {header:?}",
                    names.join(" or "),
                    found.len()
                )),
            }
        };
        let path = options
            .path
            .as_deref()
            .map_or_else(|| find(&PATH_NAMES), |name| find(&[name]))?;
        let label = match &options.label {
            Some(name) => Some(find(&[name.as_str()])?),
            None if options.targets.is_empty() => Some(find(&LABEL_NAMES)?),
            None => None,
        };
        let targets = options
            .targets
            .iter()
            .map(|name| Ok((find(&[name.as_str()])?, name.clone())));
        Ok(Self {
            path,
            label,
            targets: targets.collect::<Result<_, String>>()?,
            missing: options.missing_targets,
            classes: options.classes.clone(),
        })
    }

    pub(super) fn read(
        &self,
        fields: &[String],
        expected: usize,
        root: &Path,
    ) -> Result<Named, String> {
        if fields.len() != expected {
            let found = fields.len();
            return Err(format!(
                "expected {expected} fields, as in the header, found {found}"
            ));
        }
        let label = self.label.map_or("all", |at| fields[at].trim());
        if label.is_empty() {
            return Err("expected a label, found an empty field".into());
        }
        if let Some(classes) = &self.classes
            && !classes.iter().any(|class| class == label)
        {
            return Err(format!(
                "expected a label among {classes:?}, found {label:?}"
            ));
        }
        let number = |(at, name): &(usize, String)| {
            let field = fields[*at].trim();
            if self.missing && field.is_empty() {
                return Ok(f32::NAN);
            }
            let number = field.parse().ok().filter(|number: &f32| number.is_finite());
            number.ok_or_else(|| format!("expected a number as {name:?}, found {field:?}"))
        };
        let targets = self
            .targets
            .iter()
            .map(number)
            .collect::<Result<_, String>>()?;
        let field = fields[self.path].trim();
        if field.is_empty() {
            return Err("expected a file, found an empty field".into());
        }
        let path = root.join(field);
        check(&path).map_err(|reason| format!("{}: {reason}", path.display()))?;
        Ok(Named {
            path,
            label: label.into(),
            targets,
        })
    }
}
