//! Comparisons of many runs, each run computed once.

use std::fmt::Display;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::files::write_bytes;
use crate::{Error, Result};

/// A table of runs, each known by its keys (a strategy, a number of labels, a seed) and worth some numbers (an accuracy,
/// seconds). In a file, it grows by a row with every run that ends, so that a comparison which takes an hour can be
/// interrupted and taken up, and can be read by whoever has not the hour.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// let mut study: Study = Study::in_memory(&["method", "seed"], &["accuracy", "seconds"])?;
/// for method in ["probe", "full"] {
///     for seed in 0..3 {
///         study.run(&[&method, &seed], || -> transfer::Result<[f64; 2]> {
///             // Here a net would learn.
///             Ok([0.8 + 0.01 * seed as f64, 1.5])
///         })?;
///     }
/// }
/// let found: Vec<f64> = study.values("accuracy", &[("method", &"probe")])?;
/// assert_eq!(Summary::of(&found).n, 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    path: Option<PathBuf>,
    keys: Vec<String>,
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    keys: Vec<String>,
    values: Vec<f64>,
}

impl Study {
    /// The study in a file of comma-separated values, or an empty one where there is no such file yet: `keys` name the
    /// columns that tell runs apart, `columns` the numbers that each run gives.
    ///
    /// # Errors
    ///
    /// The file cannot be read; or [`Error::Study`]: it has other columns, a row that does not fit them, or two of the
    /// same keys. Or a name is empty, there twice, or has a comma, a quote or a line break.
    pub fn open(path: impl AsRef<Path>, keys: &[&str], columns: &[&str]) -> Result<Self> {
        let mut study = Self::in_memory(keys, columns)?;
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(text) => study.take_up(&text).map_err(|reason| Error::Study {
                path: path.to_path_buf(),
                reason,
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("read", path)(error)),
        }
        study.path = Some(path.to_path_buf());
        Ok(study)
    }

    /// The study that another program has left in a file, of which only the columns that tell runs apart are known: all others are what
    /// the runs gave ([`columns`](Self::columns)).
    ///
    /// # Errors
    ///
    /// The file is not there or cannot be read; or [`Error::Study`]: its first columns are not `keys`, or as [`open`](Self::open).
    pub fn read(path: impl AsRef<Path>, keys: &[&str]) -> Result<Self> {
        Self::read_file(path.as_ref(), keys)
    }

    fn read_file(path: &Path, keys: &[&str]) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        let header = text.lines().next().unwrap_or_default();
        let names: Vec<&str> = header.split(',').collect();
        match names.split_at_checked(keys.len()) {
            Some((first, columns)) if first == keys => Self::open(path, keys, columns),
            _ => Err(Error::Study {
                path: path.to_path_buf(),
                reason: format!("its columns are {names:?} and do not begin with {keys:?}"),
            }),
        }
    }

    /// A study that is gone when it is dropped.
    ///
    /// # Errors
    ///
    /// A name is empty, there twice, or has a comma, a quote or a line break.
    pub fn in_memory(keys: &[&str], columns: &[&str]) -> Result<Self> {
        let names: Vec<&str> = keys.iter().chain(columns).copied().collect();
        for (place, name) in names.iter().enumerate() {
            if !is_plain(name) || name.is_empty() || names[..place].contains(name) {
                return Err(Error::argument(
                    "columns of a study",
                    PLAIN,
                    format!("{names:?}"),
                ));
            }
        }
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Ok(Self {
            path: None,
            keys: owned(keys),
            columns: owned(columns),
            rows: Vec::new(),
        })
    }

    /// What the run of these keys gave, one value for each of [`Study::open`]'s `columns`. A run that is not in the table
    /// is computed now, and is in the table (and in the file, which is never half-written) before this returns.
    ///
    /// # Errors
    ///
    /// `compute` fails, which adds nothing; it gives another number of values than there are columns; the keys are not as
    /// many as the study's, or have a comma, a quote or a line break; or the file cannot be written.
    pub fn run<V: AsRef<[f64]>, E: From<Error>>(
        &mut self,
        keys: &[&dyn Display],
        compute: impl FnOnce() -> std::result::Result<V, E>,
    ) -> std::result::Result<Vec<f64>, E> {
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        if keys.len() != self.keys.len() || !keys.iter().all(|key| is_plain(key)) {
            let expected = format!("one for each of {:?}, {PLAIN}", self.keys);
            return Err(Error::argument("keys of a run", expected, format!("{keys:?}")).into());
        }
        if let Some(row) = self.rows.iter().find(|row| row.keys == keys) {
            return Ok(row.values.clone());
        }
        let values = compute()?.as_ref().to_vec();
        if values.len() != self.columns.len() {
            let expected = format!("one for each of {:?}", self.columns);
            return Err(Error::argument("values of a run", expected, format!("{values:?}")).into());
        }
        let found = values.clone();
        self.rows.push(Row { keys, values });
        if let Some(path) = &self.path {
            write_bytes(path, self.to_csv().as_bytes())?;
        }
        Ok(found)
    }

    /// [`run`](Self::run) for each of these seeds, the last of the keys: the values of the first column.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn over_seeds<V: AsRef<[f64]>, E: From<Error>>(
        &mut self,
        keys: &[&dyn Display],
        seeds: Range<u64>,
        compute: impl Fn(u64) -> std::result::Result<V, E>,
    ) -> std::result::Result<Vec<f64>, E> {
        let of_seed = |seed: u64| {
            let keys: Vec<&dyn Display> = keys
                .iter()
                .copied()
                .chain([&seed as &dyn Display])
                .collect();
            let found = self.run(&keys, || compute(seed))?;
            Ok(found.first().copied().unwrap_or(f64::NAN))
        };
        seeds.map(of_seed).collect()
    }

    /// A column's values in all runs whose keys are these, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// There is no such column or key.
    pub fn values(&self, column: &str, of: &[(&str, &dyn Display)]) -> Result<Vec<f64>> {
        let column = place("column of a study", &self.columns, column)?;
        let wanted = of
            .iter()
            .map(|(key, value)| Ok((place("key of a study", &self.keys, key)?, value.to_string())));
        let wanted: Vec<(usize, String)> = wanted.collect::<Result<_>>()?;
        let rows = self
            .rows
            .iter()
            .filter(|row| wanted.iter().all(|(key, value)| row.keys[*key] == *value));
        Ok(rows.map(|row| row.values[column]).collect())
    }

    /// What its runs differ in under one of the keys, each once, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// There is no such key.
    pub fn found(&self, key: &str) -> Result<Vec<String>> {
        let key = place("key of a study", &self.keys, key)?;
        let mut found: Vec<String> = Vec::new();
        for row in &self.rows {
            if !found.contains(&row.keys[key]) {
                found.push(row.keys[key].clone());
            }
        }
        Ok(found)
    }

    /// The names of the numbers that each run gave.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many runs it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of all columns, in their order.
    fn names(&self) -> Vec<&str> {
        self.keys
            .iter()
            .chain(&self.columns)
            .map(String::as_str)
            .collect()
    }

    fn to_csv(&self) -> String {
        let mut csv = String::new();
        let names = self.names();
        csv += &(names.join(",") + "\n");
        for Row { keys, values } in &self.rows {
            // Rust writes as many digits as tell a number from every other.
            let cells = keys
                .iter()
                .cloned()
                .chain(values.iter().map(ToString::to_string));
            csv += &(cells.collect::<Vec<_>>().join(",") + "\n");
        }
        csv
    }

    /// Takes up the rows of a file; the error says what is wrong with it.
    fn take_up(&mut self, text: &str) -> std::result::Result<(), String> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let names = self.names();
        if header != names {
            return Err(format!("its columns are {header:?} and not {names:?}"));
        }
        let width = names.len();
        for (number, line) in (2..).zip(lines) {
            let cells: Vec<&str> = line.split(',').collect();
            if cells.len() != width {
                return Err(format!(
                    "line {number} has {} cells and not {}",
                    cells.len(),
                    width
                ));
            }
            let (keys, values) = cells.split_at(self.keys.len());
            let values = values.iter().map(|cell| {
                let parsed = cell.parse::<f64>();
                parsed.map_err(|_| format!("line {number} has {cell:?} where a number should be"))
            });
            let values: Vec<f64> = values.collect::<std::result::Result<_, _>>()?;
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            if self.rows.iter().any(|row| row.keys == keys) {
                return Err(format!("line {number} has the keys of a line before it"));
            }
            self.rows.push(Row { keys, values });
        }
        Ok(())
    }
}

/// Three seeds or more.
pub(crate) fn check_seeds(seeds: &Range<u64>) -> Result<()> {
    match seeds.end.saturating_sub(seeds.start) < LEAST_SEEDS {
        true => {
            let expected = format!("{LEAST_SEEDS} or more: fewer can't be told from chance");
            Err(Error::argument("seeds", expected, format!("{seeds:?}")))
        }
        false => Ok(()),
    }
}

/// The least number of seeds that says anything about chance.
const LEAST_SEEDS: u64 = 3;
const PLAIN: &str =
    "names without commas, quotes and line breaks, none of them empty or there twice";

/// Whether a cell of a table needs no quotes.
pub(crate) fn is_plain(cell: &str) -> bool {
    !cell.contains([',', '"', '\n', '\r'])
}

fn place(what: &'static str, names: &[String], name: &str) -> Result<usize> {
    names
        .iter()
        .position(|known| known == name)
        .ok_or_else(|| Error::argument(what, format!("one of {names:?}"), format!("{name:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(study: &mut Study, method: &str, seed: u64, value: f64) -> Result<Vec<f64>> {
        study.run(&[&method, &seed], || Ok::<_, Error>([value, -value]))
    }

    #[test]
    fn a_run_is_computed_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let open = || Study::open(&path, &["method", "seed"], &["up", "down"]);
        let mut study = open().unwrap();
        assert!(study.is_empty());
        let third = 1.0 / 3.0;
        run(&mut study, "probe", 0, third).unwrap();
        run(&mut study, "probe", 1, f64::NAN).unwrap();
        run(&mut study, "full", 0, 2.0).unwrap();
        // A run that fails leaves no row.
        let failed = study.run(&[&"full", &1], || {
            Err::<[f64; 2], _>(Error::argument("it", "more", "less"))
        });
        assert!(failed.is_err() && study.len() == 3);

        let mut again = open().unwrap();
        assert_eq!(again.len(), 3);
        // Bit for bit, and not the value that it would be now.
        assert_eq!(run(&mut again, "probe", 0, 9.0).unwrap(), [third, -third]);
        assert_eq!(again.values("up", &[("method", &"full")]).unwrap(), [2.0]);
        let probe = again.values("down", &[("method", &"probe")]).unwrap();
        assert!(probe[0] == -third && probe[1].is_nan());
        assert_eq!(again.values("up", &[("seed", &0)]).unwrap(), [third, 2.0]);
        // Only what is missing is computed.
        let full = again.over_seeds(&[&"full"], 0..3, |seed| Ok::<_, Error>([seed as f64, 0.0]));
        assert_eq!(full.unwrap(), [2.0, 1.0, 2.0]);
        assert!(again.values("across", &[]).is_err());
        assert!(again.values("up", &[("labels", &1)]).is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        for (text, said) in [
            ("method,up\n", "its columns"),
            ("method,seed,up\nprobe,0\n", "line 2 has 2 cells"),
            (
                "method,seed,up\nprobe,0,1\nprobe,0,1\n",
                "line 3 has the keys",
            ),
            ("method,seed,up\nprobe,0,one\n", "\"one\" where a number"),
        ] {
            fs::write(&path, text).unwrap();
            let error = Study::open(&path, &["method", "seed"], &["up"]).unwrap_err();
            let message = error.to_string();
            assert!(
                message.contains(said) && message.contains("study.csv"),
                "{message}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::write(&path, "method,seed,up\nprobe,0,1\nfull,0,2\nprobe,1,3\n").unwrap();
        let read = Study::read(&path, &["method", "seed"]).unwrap();
        assert_eq!((read.columns(), read.len()), (&["up".to_owned()][..], 3));
        assert_eq!(read.found("method").unwrap(), ["probe", "full"]);
        assert!(read.found("up").is_err());
        for keys in [&["seed"][..], &["method", "seed", "up", "more"]] {
            let message = Study::read(&path, keys).unwrap_err().to_string();
            assert!(message.contains("do not begin with"), "{message}");
        }
        assert!(Study::read(folder.path().join("none.csv"), &["method"]).is_err());
        assert!(Study::in_memory(&["a", "a"], &["b"]).is_err());
        assert!(Study::in_memory(&["a,b"], &["c"]).is_err());
        let mut study = Study::in_memory(&["method", "seed"], &["up", "down"]).unwrap();
        assert!(run(&mut study, "a,b", 0, 1.0).is_err());
        assert!(study.run(&[&1], || Ok::<_, Error>([1.0, 2.0])).is_err());
        assert!(study.run(&[&1, &2], || Ok::<_, Error>([1.0])).is_err());
        assert!(study.is_empty());
    }
}
