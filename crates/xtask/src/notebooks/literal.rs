//! The value of a parameter's declaration: a literal, or what is wrapped around one, and another in its place.

/// The expression with another value in it, or `None` where the value doesn't go with it.
pub(crate) fn replaced(old: &str, kind: &str, value: &str) -> Option<String> {
    let old = old.trim_end();
    let inner = kind
        .strip_prefix("Option<")
        .and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner {
        if value == "None" {
            return Some("None".to_owned());
        }
        if old == "None" {
            let form = match inner {
                "String" => "String::from(\"\")",
                "PathBuf" | "std::path::PathBuf" => "std::path::PathBuf::from(\"\")",
                "bool" => "false",
                _ if inner.contains("str") => "\"\"",
                _ if inner.starts_with('f') => "0.0",
                _ => "0",
            };
            return Some(format!("Some({})", replaced(form, inner, value)?));
        }
    }
    if let Some(bare) = old
        .strip_prefix("Some(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return Some(format!(
            "Some({})",
            replaced(bare, inner.unwrap_or(""), value)?
        ));
    }
    if let Some((start, end)) = list(old) {
        let items = value.trim().trim_start_matches('[').trim_end_matches(']');
        return Some(format!("{}{items}{}", &old[..start], &old[end..]));
    }
    if let Some((start, end)) = string(old) {
        let raw = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        return Some(format!("{}\"{raw}\"{}", &old[..start], &old[end..]));
    }
    if old == "true" || old == "false" {
        return (value == "true" || value == "false").then(|| value.to_owned());
    }
    number(old, kind, value)
}

/// The span of an expression's only string literal, quotes (and a raw string's marks) included.
fn string(text: &str) -> Option<(usize, usize)> {
    let open = text.find('"')?;
    let hashes = text[..open].len() - text[..open].trim_end_matches('#').len();
    let raw = text[..open - hashes].ends_with('r');
    let end = if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        open + 1 + text[open + 1..].find(&close)? + close.len()
    } else {
        let mut escaped = false;
        let (close, _) = text[open + 1..].char_indices().find(|(_, character)| {
            let ends = *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            ends
        })?;
        open + 1 + close + 1
    };
    let start = if raw { open - hashes - 1 } else { open };
    (!text[end..].contains('"')).then_some((start, end))
}

/// The span between the brackets of a list's expression.
fn list(text: &str) -> Option<(usize, usize)> {
    let opens = ["[", "vec![", "&["]
        .iter()
        .find(|prefix| text.starts_with(*prefix))?;
    text.ends_with(']').then(|| (opens.len(), text.len() - 1))
}

/// Another number for a number, with its suffix, as a float where it was one.
fn number(old: &str, kind: &str, value: &str) -> Option<String> {
    let suffix = [
        "f64", "f32", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8", "usize", "isize",
    ]
    .into_iter()
    .find(|suffix| old.ends_with(suffix))
    .unwrap_or("");
    let digits = old[..old.len() - suffix.len()]
        .trim_end_matches('_')
        .replace('_', "");
    digits.parse::<f64>().ok()?;
    let float =
        digits.contains(['.', 'e', 'E']) || suffix.starts_with('f') || kind.starts_with('f');
    let plain = value.replace('_', "");
    if float {
        let parsed = plain
            .parse::<f64>()
            .ok()
            .filter(|parsed| parsed.is_finite())?;
        let bare = parsed.fract() == 0.0 && !plain.contains(['.', 'e', 'E']);
        return Some(if bare {
            format!("{plain}.0{suffix}")
        } else {
            format!("{plain}{suffix}")
        });
    }
    let parsed = plain.parse::<i128>().ok()?;
    let unsigned = suffix.starts_with('u') || kind.starts_with('u');
    (parsed >= 0 || !unsigned).then(|| format!("{plain}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_decides_where_the_old_value_does_not() {
        assert_eq!(
            replaced("None", "Option<f32>", "1").as_deref(),
            Some("Some(1.0)")
        );
        assert_eq!(replaced("None", "Option<usize>", "-1").as_deref(), None);
        assert_eq!(replaced("1", "u8", "-1"), None);
        assert_eq!(replaced("f(\"a\", \"b\")", "", "c"), None);
    }
}
