//! Where the links of a page lead.

use std::collections::BTreeMap;
use std::path::Path;

use super::check::{Checked, Page};
use super::html::Tag;

/// Follows what a tag refers to. Only a link for the reader to click may lead out of the site.
pub(super) fn follow(
    dir: &Path,
    pages: &BTreeMap<&str, Page>,
    name: &str,
    tag: &Tag,
    checked: &mut Checked,
) {
    for attribute in ["href", "src", "srcset", "poster", "data", "action"] {
        let Some(target) = tag.get(attribute) else {
            continue;
        };
        let scheme = target
            .split_once(':')
            .map(|(scheme, _)| scheme)
            .filter(|scheme| scheme.chars().all(|c| c.is_ascii_alphanumeric()));
        let elsewhere = scheme.is_some() || target.starts_with("//");
        if elsewhere {
            let allowed = match tag.name {
                "a" => matches!(scheme, Some("http" | "https" | "mailto")),
                _ => scheme == Some("data"),
            };
            if !allowed {
                checked.faults.push(format!(
                    "{name}: <{} {attribute}> wants {target} from elsewhere",
                    tag.name
                ));
            }
            continue;
        }
        checked.links += 1;
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let path = decoded(path);
        let path = if path.is_empty() { name } else { &path };
        let anchor = decoded(fragment);
        let fault = match pages.get(path) {
            Some(page) if fragment.is_empty() || page.ids.contains(&anchor) => continue,
            Some(_) => format!("{path} has no anchor {anchor}"),
            None if !path.starts_with('/') && dir.join(path).is_file() => continue,
            None => format!("{path} is not there"),
        };
        checked
            .faults
            .push(format!("{name}: links to {target}, but {fault}"));
    }
}

/// A link's text without `%20` and the like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn links_are_decoded() {
        assert_eq!(decoded("6-%C2%B7-T%27s%2"), "6-·-T's%2");
    }
}
