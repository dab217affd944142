//! Widths and outlines of letters: charts are laid out by the former and rasterised with the latter, so that a
//! chart can be saved as PNG with no font engine among the dependencies. The table is DejaVu Sans' (see
//! `LICENSE_DEJAVU`), written by `make_table.py`: Latin, Greek, Cyrillic and some signs.

use std::cmp::Ordering;

const TABLE: &str = include_str!("glyphs.txt");

/// One stroke of an outline, in pixels, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Segment {
    Move(f32, f32),
    Line(f32, f32),
    Quad(f32, f32, f32, f32),
    Close,
}

/// The line of a letter: its advance and its outline. Letters that the table lacks are boxes: narrow ones, wide ones
/// for the scripts of East Asia and for emoji.
fn glyph(letter: char) -> (f64, &'static str) {
    let line = line_of(letter).or_else(|| line_of('\0')).unwrap_or("600");
    let (advance, outline) = line.split_once(' ').unwrap_or((line, ""));
    if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
    {
        return (1000.0, outline);
    }
    (advance.parse().unwrap_or(600.0), outline)
}

/// What the table says of a letter, after its code. The lines are in the order of the codes.
fn line_of(letter: char) -> Option<&'static str> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let middle = (low + high) / 2;
        // The line that the middle is in; the table has no byte that is not ASCII.
        let begin = TABLE[..middle].rfind('\n').map_or(0, |end| end + 1);
        let (line, after) = TABLE[begin..]
            .split_once('\n')
            .unwrap_or((&TABLE[begin..], ""));
        let (code, rest) = line.split_once(' ').unwrap_or((line, ""));
        match u32::from_str_radix(code, 16)
            .unwrap_or(0)
            .cmp(&u32::from(letter))
        {
            Ordering::Equal => return Some(rest),
            Ordering::Less => low = TABLE.len() - after.len(),
            Ordering::Greater => high = begin,
        }
    }
    None
}

/// How wide the text is at that size, in pixels. A browser's own font is rarely wider.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| glyph(letter).0).sum::<f64>() * size / 1000.0
}

/// The text, or its beginning and "…", so that it is at most `most` pixels wide.
pub(super) fn fitted(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let begin = beginning(text.chars(), size, most - width("…", size));
    begin.into_iter().chain(['…']).collect()
}

/// Names that stand side by side, each at most `most` pixels wide. Those that are too long lose their ends, or their
/// middles where they would then look alike.
pub(super) fn fitted_names(names: &[&str], size: f64, most: f64) -> Vec<String> {
    let cut: Vec<String> = names.iter().map(|name| fitted(name, size, most)).collect();
    let middle = |(index, cut_name): (usize, &String)| {
        let name = names[index];
        let alike =
            |(other, other_name): (usize, &&str)| cut[other] == *cut_name && *other_name != name;
        if cut_name == name || !names.iter().enumerate().any(alike) {
            return cut_name.clone();
        }
        let room = (most - width("…", size)) / 2.0;
        let begin = beginning(name.chars(), size, room);
        let mut end = beginning(name.chars().rev(), size, room);
        end.reverse();
        begin.into_iter().chain(['…']).chain(end).collect()
    };
    cut.iter().enumerate().map(middle).collect()
}

/// As many of the letters as there is room for.
fn beginning(letters: impl Iterator<Item = char>, size: f64, mut room: f64) -> Vec<char> {
    let fits = |letter: &char| {
        room -= glyph(*letter).0 * size / 1000.0;
        room >= 0.0
    };
    letters.take_while(fits).collect()
}

/// The text in lines of at most `most` pixels, broken at spaces, and at most so many; what does not fit ends in "…".
pub(super) fn wrapped(text: &str, size: f64, most: f64, lines: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut full = 0;
    for word in text.split(' ') {
        if let Some(line) = found.last_mut() {
            let longer = format!("{line} {word}");
            if width(&longer, size) <= most || full + 1 >= lines {
                *line = longer;
                continue;
            }
            full += 1;
        }
        found.push(word.to_owned());
    }
    found.iter().map(|line| fitted(line, size, most)).collect()
}

/// The outline of the text at that size, from `(0, 0)` on its base line to the right.
pub(super) fn outline(text: &str, size: f64) -> Vec<Segment> {
    let (mut found, mut x) = (Vec::new(), 0.0);
    let scale = size / 1000.0;
    for letter in text.chars() {
        let (advance, outline) = glyph(letter);
        let mut rest = outline;
        while let Some(kind) = rest.chars().next() {
            rest = &rest[kind.len_utf8()..];
            let end = rest
                .find(|letter: char| letter.is_ascii_uppercase())
                .unwrap_or(rest.len());
            let at: Vec<f64> = rest[..end]
                .split(' ')
                .filter_map(|number| number.parse().ok())
                .collect();
            rest = &rest[end..];
            let (px, py) = (
                |i: usize| (x + at[i] * scale) as f32,
                |i: usize| (-at[i] * scale) as f32,
            );
            match (kind, at.len()) {
                ('M', 2) => found.push(Segment::Move(px(0), py(1))),
                ('L', 2) => found.push(Segment::Line(px(0), py(1))),
                ('Q', 4) => found.push(Segment::Quad(px(0), py(1), px(2), py(3))),
                _ => found.push(Segment::Close),
            }
        }
        x += advance * scale;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_widths_and_outlines() {
        assert!(width("iiii", 10.0) < width("WWWW", 10.0));
        assert!((width("ab", 20.0) - 2.0 * width("ab", 10.0)).abs() < 1e-9);
        // Letters that the table lacks are boxes; an accent on its own stands over the letter before.
        assert_eq!((width("漢", 10.0), width("ก", 10.0)), (10.0, 6.0));
        assert_eq!(outline("漢", 10.0), outline("ก", 10.0));
        assert_eq!(width("e\u{301}", 10.0), width("e", 10.0));
        assert!(outline("e\u{301}", 10.0).len() > outline("e", 10.0).len());
        assert!(TABLE.is_ascii());
        // As in every line of the table, its first and last one too.
        for letter in ['\0', ' ', 'Я', 'ł', '✗', '\u{feff}'] {
            assert!(line_of(letter).is_some(), "{letter:?}");
        }
        assert!(outline(" ", 10.0).is_empty());
        // The letter I: one contour, as high as a capital letter is.
        let letter = outline("I", 1000.0);
        assert!(matches!(letter[0], Segment::Move(..)) && letter.last() == Some(&Segment::Close));
        assert_eq!(
            letter
                .iter()
                .filter(|segment| **segment == Segment::Close)
                .count(),
            1
        );
        assert!(
            letter
                .iter()
                .any(|segment| matches!(segment, Segment::Line(_, y) if *y < -700.0))
        );
        assert!(
            TABLE.lines().skip(1).all(|line| u32::from_str_radix(
                line.split(' ').next().unwrap(),
                16
            )
            .is_ok())
        );
    }

    #[test]
    fn long_text_is_cut_with_a_sign() {
        assert_eq!(fitted("short", 12.0, 200.0), "short");
        let cut = fitted(&"long ".repeat(20), 12.0, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 80.0 && cut.len() > 8);
        assert_eq!(fitted("anything", 12.0, 0.0), "…");
    }

    #[test]
    fn names_that_would_look_alike_lose_their_middles() {
        let long = [
            "a very long name, 1",
            "a very long name, 2",
            "another name of its own",
        ];
        let cut = fitted_names(&long, 12.0, 80.0);
        assert!(
            cut[0].ends_with('1') && cut[1].ends_with('2') && cut[2].ends_with('…'),
            "{cut:?}"
        );
        assert!(cut.iter().all(|name| width(name, 12.0) <= 80.0), "{cut:?}");
        assert_eq!(
            fitted_names(&["same", "same"], 12.0, 80.0),
            ["same", "same"]
        );
    }

    #[test]
    fn captions_are_broken_at_spaces() {
        let lines = wrapped("golden retriever → flat-coated retriever", 12.0, 108.0, 3);
        assert_eq!(lines, ["golden retriever", "→ flat-coated", "retriever"]);
        let cut = wrapped("golden retriever → flat-coated retriever", 12.0, 108.0, 2);
        assert!(
            cut.len() == 2 && cut[1].starts_with("→ flat") && cut[1].ends_with('…'),
            "{cut:?}"
        );
        assert_eq!(wrapped("short", 12.0, 120.0, 2), ["short"]);
        assert_eq!(wrapped("", 12.0, 120.0, 2), [""]);
    }
}
