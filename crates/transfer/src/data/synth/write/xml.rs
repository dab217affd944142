//! XML of the simplest kind: elements with text or with elements in them.

/// An element.
#[derive(Debug)]
pub(super) enum Xml {
    /// With text.
    Text(&'static str, String),
    /// With elements.
    Parent(&'static str, Vec<Xml>),
}

impl Xml {
    /// An element with text.
    pub(super) fn text(name: &'static str, text: impl ToString) -> Self {
        Self::Text(name, text.to_string())
    }

    /// The document: the element and all in it, a line each, indented by tabs as VOC's files are.
    pub(super) fn document(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, depth: usize, out: &mut String) {
        let indent = "\t".repeat(depth);
        match self {
            Self::Text(name, text) => {
                out.push_str(&format!("{indent}<{name}>{}</{name}>\n", escaped(text)));
            }
            Self::Parent(name, elements) => {
                out.push_str(&format!("{indent}<{name}>\n"));
                elements
                    .iter()
                    .for_each(|element| element.write(depth + 1, out));
                out.push_str(&format!("{indent}</{name}>\n"));
            }
        }
    }
}

/// Text in which nothing is taken for a mark, and nothing is that XML has no place for.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(letter),
            // No XML 1.0 document has other control characters, escaped or not.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_text_is_escaped() {
        let name = Xml::text("name", "<a> & b\u{1}");
        let document = Xml::Parent("object", vec![name, Xml::text("x", 3)]).document();
        let expected =
            "<object>\n\t<name>&lt;a&gt; &amp; b\u{fffd}</name>\n\t<x>3</x>\n</object>\n";
        assert_eq!(document, expected);
    }
}
