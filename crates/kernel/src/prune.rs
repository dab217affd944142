//! Tells rust-analyzer only of packages that a cell can name.
//!
//! rust-analyzer reads the sources of every package that `cargo metadata` lists, hundreds of them, most
//! of which no cell ever names. What a cell can name follows from the crates: its own dependencies, what
//! a crate by path (`transfer`) re-exports, which is among that crate's direct dependencies, and behind a
//! façade (`polars`) the crates of the same repository that it is made of (`polars-core`). Of the standard
//! library, which rust-analyzer reads in the same way, the three crates with its public types are left.

use serde_json::Value;
use std::collections::{HashMap, HashSet, VecDeque};

/// The standard library's crates that a cell can name.
const LIBRARY: [&str; 3] = ["core", "alloc", "std"];

/// What is left of the answer of `cargo metadata` for the cells' crate; `None` if it does not look as
/// expected, in which case the whole answer is the better one.
pub(crate) fn prune(json: &[u8]) -> Option<Vec<u8>> {
    let metadata: Value = serde_json::from_slice(json).ok()?;
    let keep = kept(&metadata)?;
    retain(metadata, &keep)
}

/// The same for the answer for the standard library's own workspace.
pub(crate) fn prune_library(json: &[u8]) -> Option<Vec<u8>> {
    let metadata: Value = serde_json::from_slice(json).ok()?;
    let is_kept = |package: &&Value| {
        package["name"]
            .as_str()
            .is_some_and(|name| LIBRARY.contains(&name))
    };
    let kept = metadata["packages"].as_array()?.iter().filter(is_kept);
    let keep = kept
        .filter_map(|package| package["id"].as_str().map(str::to_owned))
        .collect();
    retain(metadata, &keep)
}

fn retain(mut metadata: Value, keep: &HashSet<String>) -> Option<Vec<u8>> {
    let is_kept = |value: &Value| value.as_str().is_some_and(|id| keep.contains(id));
    metadata["packages"]
        .as_array_mut()?
        .retain(|package| is_kept(&package["id"]));
    for members in ["workspace_members", "workspace_default_members"] {
        if let Some(ids) = metadata[members].as_array_mut() {
            ids.retain(is_kept);
        }
    }
    // Without `resolve`, it was called with `--no-deps`.
    if let Some(nodes) = metadata
        .pointer_mut("/resolve/nodes")
        .and_then(Value::as_array_mut)
    {
        nodes.retain(|node| is_kept(&node["id"]));
        for node in nodes {
            node["dependencies"].as_array_mut()?.retain(is_kept);
            node["deps"]
                .as_array_mut()?
                .retain(|dep| is_kept(&dep["pkg"]));
        }
    }
    serde_json::to_vec(&metadata).ok()
}

/// The ids of the packages to keep.
fn kept(metadata: &Value) -> Option<HashSet<String>> {
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let dependencies: HashMap<&str, Vec<&str>> = metadata["resolve"]["nodes"]
        .as_array()?
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, normal_dependencies(node)?)))
        .collect();
    let by_path = |id: &str| packages.get(id).is_some_and(|p| p["source"].is_null());
    let same_repository = |a: &str, b: &str| {
        let repository = |id: &str| packages.get(id).and_then(|p| p["repository"].as_str());
        repository(a).is_some_and(|url| repository(b) == Some(url))
    };

    let mut keep = HashSet::new();
    let mut queue: VecDeque<&str> = metadata["workspace_members"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    while let Some(id) = queue.pop_front() {
        if !keep.insert(id.to_owned()) {
            continue;
        }
        for dependency in dependencies.get(id)? {
            if by_path(id) || same_repository(id, dependency) {
                queue.push_back(dependency);
            }
        }
    }
    Some(keep)
}

/// The dependencies of a node that are neither for its tests nor for its build script.
fn normal_dependencies(node: &Value) -> Option<Vec<&str>> {
    let is_normal = |dep: &&Value| {
        dep["dep_kinds"]
            .as_array()
            .is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
    };
    Some(
        node["deps"]
            .as_array()?
            .iter()
            .filter(is_normal)
            .filter_map(|dep| dep["pkg"].as_str())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(id: &str, repository: Option<&str>) -> Value {
        let source = repository.map(|_| "registry");
        json!({"id": id, "name": id, "source": source, "repository": repository})
    }

    fn node(id: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let deps: Vec<Value> = dependencies
            .iter()
            .map(|(pkg, kind)| json!({"name": pkg, "pkg": pkg, "dep_kinds": [{"kind": kind}]}))
            .collect();
        let ids: Vec<&str> = dependencies.iter().map(|(pkg, _)| *pkg).collect();
        json!({"id": id, "dependencies": ids, "deps": deps})
    }

    #[test]
    fn what_a_cell_can_name_is_kept() {
        let metadata = json!({
            "workspace_members": ["ctx"],
            "packages": [
                package("ctx", None), package("library", None),
                package("facade", Some("repo/f")), package("facade-core", Some("repo/f")),
                package("deep", Some("repo/d")), package("for-tests", Some("repo/t")),
                package("for-build", Some("repo/f")),
            ],
            "resolve": {"root": "ctx", "nodes": [
                node("ctx", &[("library", None)]),
                node("library", &[("facade", None), ("for-tests", Some("dev"))]),
                node("facade", &[("facade-core", None), ("deep", None), ("for-build", Some("build"))]),
                node("facade-core", &[("deep", None)]),
                node("deep", &[]), node("for-tests", &[]), node("for-build", &[]),
            ]},
        });
        let pruned = prune(&serde_json::to_vec(&metadata).unwrap()).unwrap();
        let pruned: Value = serde_json::from_slice(&pruned).unwrap();
        let ids = |list: &Value| -> Vec<String> {
            let ids = list.as_array().unwrap().iter();
            ids.map(|p| p["id"].as_str().unwrap().to_owned()).collect()
        };
        let expected = ["ctx", "library", "facade", "facade-core"];
        assert_eq!(ids(&pruned["packages"]), expected);
        assert_eq!(ids(&pruned["resolve"]["nodes"]), expected);
        assert_eq!(
            pruned["resolve"]["nodes"][2]["dependencies"],
            json!(["facade-core"])
        );
        assert_eq!(pruned["resolve"]["nodes"][3]["deps"], json!([]));
    }

    #[test]
    fn of_the_standard_library_the_public_crates_are_kept() {
        let metadata = json!({
            "workspace_members": ["core", "coretests"],
            "packages": [package("core", None), package("coretests", None), package("libc", Some("r/l"))],
        });
        let pruned = prune_library(&serde_json::to_vec(&metadata).unwrap()).unwrap();
        let pruned: Value = serde_json::from_slice(&pruned).unwrap();
        assert_eq!(pruned["packages"], json!([package("core", None)]));
        assert_eq!(pruned["workspace_members"], json!(["core"]));
    }

    #[test]
    fn what_is_not_understood_is_left_whole() {
        assert!(prune(b"not json").is_none());
        assert!(prune(b"{\"packages\": []}").is_none());
    }
}
