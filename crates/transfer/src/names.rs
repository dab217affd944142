//! Names that somebody mistyped: which of the known ones they may have meant.

use crate::Error;

/// The error for a name that none of `names` is, with the nearest of them. `list` is where they all can be seen.
pub(crate) fn unknown(
    kind: &'static str,
    list: &'static str,
    name: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> Error {
    Error::UnknownName {
        kind,
        list,
        name: name.to_owned(),
        near: nearest(name, names, 4)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

/// The `most` names nearest to `wanted`, nearest first, each once.
fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(most).map(|(_, name)| name).collect()
}

/// How many letters have to be put in, taken out or changed to turn one word into the other (Levenshtein 1966).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, wanted) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *wanted);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("vgg16", "vgg16"), 0);
    }

    #[test]
    fn the_nearest_names_come_first_and_once() {
        let names = ["resnet18", "vgg16", "resnet50", "resnet18"];
        assert_eq!(nearest("ResNet8", names, 2), ["resnet18", "resnet50"]);
    }
}
