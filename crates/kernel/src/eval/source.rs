//! Finds the user's line for a line of the code that evcxr generated.
//!
//! evcxr puts the user's statements and items into a file of its own, each line as it was. So the user's line is the one
//! with the same text; where several have it, the neighbours decide, and then the latest cell.

/// A cell as the user wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// The `n` of its `[n]`; `None` for one that is not counted.
    pub(crate) number: Option<usize>,
    pub(crate) code: String,
}

/// A place in a cell; lines and columns begin with 1, columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) number: Option<usize>,
    pub(crate) code: &'a str,
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// How many columns are marked.
    pub(crate) width: usize,
}

/// How far neighbouring lines are looked at.
const NEIGHBOURS: usize = 4;

/// The place in one of `cells` (the latest last) that line `line`, column `column` of `generated` came from.
pub(crate) fn locate<'a>(
    generated: &str,
    line: usize,
    column: usize,
    cells: &'a [Cell],
) -> Option<Place<'a>> {
    let generated: Vec<&str> = generated.lines().collect();
    let at = line.checked_sub(1)?;
    let text = generated.get(at)?.trim_end();
    if text.trim().is_empty() {
        return None;
    }
    let mut best: Option<(usize, Place<'a>)> = None;
    for cell in cells.iter().rev() {
        let lines: Vec<&str> = cell.code.lines().collect();
        for (index, candidate) in lines.iter().enumerate() {
            // A statement that does not begin its line comes without what is before it.
            let Some(offset) = candidate.find(text) else {
                continue;
            };
            let score = score(&generated, at, &lines, index);
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                let before = candidate[..offset].chars().count();
                let column = before + column.max(1);
                let place = Place {
                    number: cell.number,
                    code: &cell.code,
                    line: index + 1,
                    column,
                    width: word_width(candidate, column),
                };
                best = Some((score, place));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// How many of the lines around are the same, the line itself counting most.
fn score(generated: &[&str], at: usize, lines: &[&str], index: usize) -> usize {
    let same = |a: usize, b: usize| matches!((generated.get(a), lines.get(b)), (Some(a), Some(b)) if a.trim_end() == b.trim_end());
    let before = (1..=NEIGHBOURS.min(at).min(index)).take_while(|n| same(at - n, index - n));
    let after = (1..=NEIGHBOURS).take_while(|n| same(at + n, index + n));
    before.count() + after.count() + if same(at, index) { 2 * NEIGHBOURS } else { 0 }
}

/// The length of the word, or of the one sign, in a column.
pub(crate) fn word_width(line: &str, column: usize) -> usize {
    let rest = line.chars().skip(column - 1);
    let word = rest
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .count();
    word.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(codes: &[&str]) -> Vec<Cell> {
        let number = |n| Some(n + 1);
        let cell = |(n, code): (usize, &&str)| Cell {
            number: number(n),
            code: (*code).to_owned(),
        };
        codes.iter().enumerate().map(cell).collect()
    }

    #[test]
    fn statements_are_found_where_the_user_wrote_them() {
        let cells = cells(&["let a = 1; let b: u8 = v.parse().unwrap();\nlet c = 2;"]);
        let generated = "generated\nlet a = 1; \nlet b: u8 = v.parse().unwrap();\n\nlet c = 2;\n}";
        let place = locate(generated, 3, 23, &cells).unwrap();
        assert_eq!(
            (place.number, place.line, place.column, place.width),
            (Some(1), 1, 34, 6)
        );
        assert_eq!(locate(generated, 5, 5, &cells).unwrap().line, 2);
        assert_eq!(locate(generated, 1, 1, &cells), None);
        assert_eq!(locate(generated, 4, 1, &cells), None);
    }

    #[test]
    fn neighbours_tell_equal_lines_apart() {
        let cells = cells(&[
            "fn f(x: &[u8]) -> u8 {\n    x[1]\n}",
            "let a = 1;\n    x[1]\nlet b = 2;\n    x[1]\n",
        ]);
        let generated = "fn f(x: &[u8]) -> u8 {\n    x[1]\n}\nlet b = 2;\n    x[1]\n";
        let place = locate(generated, 2, 5, &cells).unwrap();
        assert_eq!((place.number, place.line), (Some(1), 2));
        let place = locate(generated, 5, 5, &cells).unwrap();
        assert_eq!((place.number, place.line), (Some(2), 4));
    }

    #[test]
    fn columns_count_characters() {
        let cells = cells(&["let größe = 1; panic!(\"é\")"]);
        let place = locate("panic!(\"é\")\n", 1, 1, &cells).unwrap();
        assert_eq!((place.column, place.width), (16, 5));
    }
}
