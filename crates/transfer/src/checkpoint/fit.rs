//! Which tensor of a file belongs to which variable of a net.

use std::collections::{BTreeMap, HashMap};

use super::{LoadOptions, LoadReport, Mismatch};
use crate::{Error, Result};

/// The pairs (variable, tensor in the file) that fit, and the report.
pub(super) fn fit(
    net: &BTreeMap<String, Vec<i64>>,
    file: &BTreeMap<&str, Vec<i64>>,
    options: &LoadOptions,
) -> Result<(Vec<(String, String)>, LoadReport)> {
    let prefix = match &options.prefix {
        Some(prefix) => prefix.clone(),
        None => common_prefix(net, file, options)?,
    };
    let mut report = LoadReport {
        prefix,
        ..LoadReport::default()
    };
    let mut pairs = Vec::new();
    for (&whole, shape) in file {
        let inner = whole.strip_prefix(report.prefix.as_str());
        let name = inner.unwrap_or(whole).to_owned();
        match net.get(&name).filter(|_| inner.is_some()) {
            _ if options.leaves_out(&name) => report.left_out.push(name),
            None if is_counter(&name) => report.ignored.push(name),
            None => report.unexpected.push(name),
            Some(ours) if ours == shape => {
                pairs.push((name.clone(), whole.to_owned()));
                report.loaded.push(name);
            }
            Some(ours) => report.mismatched.push(Mismatch {
                name,
                net: ours.clone(),
                file: shape.clone(),
            }),
        }
    }
    let in_file = |name: &str| file.contains_key(format!("{}{name}", report.prefix).as_str());
    let missing = net
        .keys()
        .filter(|name| !in_file(name) && !options.leaves_out(name));
    report.missing = missing.cloned().collect();
    Ok((pairs, report))
}

/// What PyTorch counts and does not compute with: the batches of a batch normalisation, the updates of an average.
fn is_counter(name: &str) -> bool {
    name == "n_averaged" || name.ends_with(".num_batches_tracked")
}

/// The leading part of the file's names under which most of the net's are found; empty if they are found as they are.
/// An error if there are several such parts.
fn common_prefix(
    net: &BTreeMap<String, Vec<i64>>,
    file: &BTreeMap<&str, Vec<i64>>,
    options: &LoadOptions,
) -> Result<String> {
    let wanted = |name: &&String| !options.leaves_out(name);
    let most = net.keys().filter(wanted).count() / 2;
    let mut found: HashMap<&str, usize> = HashMap::new();
    for &name in file.keys() {
        let dots = name.match_indices('.').map(|(at, _)| at + 1);
        for start in dots.chain([0]) {
            let (prefix, rest) = name.split_at(start);
            if net.contains_key(rest) && !options.leaves_out(rest) {
                *found.entry(prefix).or_default() += 1;
            }
        }
    }
    if found.get("").is_some_and(|&count| count > most) {
        return Ok(String::new());
    }
    found.retain(|_, count| *count > most);
    let count = found.values().copied().max();
    let mut best: Vec<&str> = found
        .into_iter()
        .filter(|&(_, c)| Some(c) == count)
        .map(|(prefix, _)| prefix)
        .collect();
    best.sort_unstable();
    match best[..] {
        [] => Ok(String::new()),
        [one] => Ok(one.to_owned()),
        // MoCo's query and momentum encoders, a student and its teacher: which one is meant is not to be guessed.
        _ => Err(Error::argument(
            "LoadOptions::prefix",
            format!("one of {best:?}, as the file has the net's names under each"),
            "none",
        )),
    }
}
