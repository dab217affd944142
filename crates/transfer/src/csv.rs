//! Reading tables of text: RFC 4180 with any of three separators, and what spreadsheets add to it. A field for writing one.

use std::borrow::Cow;

/// A row: the line on which it begins (from 1), and its fields.
pub(crate) type Row = (usize, Vec<String>);

/// Splits a table into rows. Fields may be quoted, and then hold separators, line breaks and doubled quotes; a byte order
/// mark and blank lines are passed over. Without `quotes`, a quote is a letter like any other. The error is the line of a
/// quote that is never closed, or closed in the middle of a field.
pub(crate) fn parse(text: &str, separator: char, quotes: bool) -> Result<Vec<Row>, usize> {
    let mut characters = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .chars()
        .peekable();
    let (mut rows, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut start, mut was_quoted) = (1, 1, false);
    while let Some(character) = characters.next() {
        match character {
            '"' if quotes && field.is_empty() && !was_quoted => {
                was_quoted = true;
                let opened = line;
                loop {
                    match characters.next() {
                        Some('"') if characters.next_if_eq(&'"').is_some() => field.push('"'),
                        Some('"') => match characters.peek() {
                            None | Some('\n' | '\r') => break,
                            Some(next) if *next == separator => break,
                            Some(_) => return Err(opened),
                        },
                        Some(inside) => {
                            line += usize::from(inside == '\n');
                            field.push(inside);
                        }
                        None => return Err(opened),
                    }
                }
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                end_of_row(&mut rows, start, &mut fields, &mut field, was_quoted);
                was_quoted = false;
                line += 1;
                start = line;
            }
            _ if character == separator => {
                fields.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            _ => field.push(character),
        }
    }
    end_of_row(&mut rows, start, &mut fields, &mut field, was_quoted);
    Ok(rows)
}

fn end_of_row(
    rows: &mut Vec<Row>,
    start: usize,
    fields: &mut Vec<String>,
    field: &mut String,
    was_quoted: bool,
) {
    if fields.is_empty() && field.trim().is_empty() && !was_quoted {
        field.clear();
        return;
    }
    fields.push(std::mem::take(field));
    rows.push((start, std::mem::take(fields)));
}

/// The separator of a table: a tab, where its first line has one outside quotes, and otherwise of comma and semicolon that which it has more of.
pub(crate) fn separator(text: &str) -> char {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |separator: char| {
        let mut quoted = false;
        let outside = |&character: &char| {
            quoted ^= character == '"';
            !quoted && character == separator
        };
        first.chars().filter(outside).count()
    };
    // A tab is hardly ever part of a text.
    if count('\t') > 0 {
        return '\t';
    }
    if count(';') > count(',') { ';' } else { ',' }
}

/// A field as it stands in a table that is separated by commas: quoted where it would not be read as what it is.
pub(crate) fn quoted(field: &str) -> Cow<'_, str> {
    let special = |letter: char| matches!(letter, ',' | ';' | '\t' | '"' | '\n' | '\r');
    match field.contains(special) || field.trim() != field {
        true => Cow::Owned(format!("\"{}\"", field.replace('"', "\"\""))),
        false => Cow::Borrowed(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str, separator: char) -> Vec<Vec<String>> {
        let rows = parse(text, separator, true).unwrap();
        rows.into_iter().map(|(_, fields)| fields).collect()
    }

    #[test]
    fn quotes_hold_separators_breaks_and_quotes() {
        let text = "\u{feff}a,\"b,\"\"c\"\"\r\nd\",\r\n\r\n,e\n\"\"\n";
        assert_eq!(
            fields(text, ','),
            [vec!["a", "b,\"c\"\r\nd", ""], vec!["", "e"], vec![""]]
        );
        let lines: Vec<usize> = parse(text, ',', true)
            .unwrap()
            .iter()
            .map(|row| row.0)
            .collect();
        assert_eq!(lines, [1, 4, 5]);
        assert_eq!(fields("a\tb c", '\t'), [["a", "b c"]]);
    }

    #[test]
    fn what_was_quoted_is_read_as_it_was() {
        let texts = [
            "plain",
            "a,b",
            "\"so\" it goes",
            " space",
            "two\nlines\r",
            "semi;colon",
            "",
        ];
        let line: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
        assert_eq!(fields(&line.join(","), ','), [texts]);
        assert!(matches!(quoted("größer als ß.jpg"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_open_quote_is_an_error_with_its_line() {
        assert_eq!(parse("a,b\nc,\"d\ne\n", ',', true), Err(2));
    }

    #[test]
    fn two_fields_that_begin_with_a_quote_are_not_one() {
        assert_eq!(parse("\"A\t1\n\"B\t0\n", '\t', true), Err(1));
    }

    #[test]
    fn a_quote_can_be_a_letter() {
        let rows = parse("\"so\" it goes\t1\n", '\t', false).unwrap();
        assert_eq!(rows[0].1, ["\"so\" it goes", "1"]);
    }

    #[test]
    fn the_separator_is_found() {
        assert_eq!(separator("path,label\n"), ',');
        assert_eq!(separator("\n\"a;b,c\";label\n"), ';');
        assert_eq!(separator("path\tlabel\tage, if known\n"), '\t');
        assert_eq!(separator("Well, yes, fine\t1\n"), '\t');
    }
}
