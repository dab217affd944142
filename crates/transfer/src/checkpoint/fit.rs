//! Which tensor of a file belongs to which variable of a net.

use std::collections::{BTreeMap, HashMap};

use super::{LoadOptions, LoadReport, Mismatch};

/// The pairs (variable, tensor in the file) that fit, and the report.
pub(super) fn fit(
    net: &BTreeMap<String, Vec<i64>>,
    file: &BTreeMap<&str, Vec<i64>>,
    options: &LoadOptions,
) -> (Vec<(String, String)>, LoadReport) {
    let prefix = match &options.prefix {
        Some(prefix) => prefix.clone(),
        None => common_prefix(net, file, options),
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
            None if name.ends_with(".num_batches_tracked") => report.ignored.push(name),
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
    (pairs, report)
}

/// The leading part of the file's names under which most of the net's are found; empty if they are found as they are.
fn common_prefix(
    net: &BTreeMap<String, Vec<i64>>,
    file: &BTreeMap<&str, Vec<i64>>,
    options: &LoadOptions,
) -> String {
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
        return String::new();
    }
    // Of equals the shortest, then the first: a file of two such nets should not depend on a map's order.
    let best = found
        .into_iter()
        .min_by_key(|&(prefix, count)| (std::cmp::Reverse(count), prefix.len(), prefix));
    best.filter(|&(_, count)| count > most)
        .map_or(String::new(), |(prefix, _)| prefix.to_owned())
}
