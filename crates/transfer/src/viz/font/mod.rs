//! Widths and outlines of letters: charts are laid out by the former and rasterised with the latter, so that a
//! chart can be saved as PNG with no font engine among the dependencies. The table is DejaVu Sans' (see
//! `LICENSE_DEJAVU`), written by `make_table.py`: Latin, Greek and some signs.

const TABLE: &str = include_str!("glyphs.txt");

/// One stroke of an outline, in pixels, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Segment {
    Move(f32, f32),
    Line(f32, f32),
    Quad(f32, f32, f32, f32),
    Close,
}

/// The line of a letter: its advance and its outline. Letters that the table lacks are boxes.
fn glyph(letter: char) -> (f64, &'static str) {
    let code = format!("{:x} ", u32::from(letter));
    let line = TABLE
        .lines()
        .find_map(|line| line.strip_prefix(code.as_str()))
        .or_else(|| {
            TABLE
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("0 "))
        })
        .unwrap_or("600");
    let (advance, outline) = line.split_once(' ').unwrap_or((line, ""));
    (advance.parse().unwrap_or(600.0), outline)
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
    let mut room = most - width("…", size);
    let begin = text.chars().take_while(|&letter| {
        room -= glyph(letter).0 * size / 1000.0;
        room >= 0.0
    });
    begin.chain(['…']).collect()
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
        assert_eq!(
            width("漢", 10.0),
            6.0,
            "a letter that the table lacks is a box"
        );
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
}
