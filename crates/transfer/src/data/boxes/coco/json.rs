//! The elements of a JSON file's lists, one by one, with their lines: COCO's files are half a gigabyte, most of it
//! outlines that are not needed, and what is wrong in one element should be known by its line and not spoil the others.

/// An element of a list: its text, and the line on which it begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Element<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
}

/// A line, and what was expected and found there.
pub(super) type Complaint = (usize, String);

/// The elements of the lists of these names in the object that the text is. An element's text is not looked into further
/// than its brackets and quotes go.
pub(super) fn arrays<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Result<[Vec<Element<'a>>; N], Complaint> {
    let mut scanner = Scanner {
        text,
        at: 0,
        line: 1,
    };
    let mut found: [Option<Vec<Element>>; N] = [const { None }; N];
    scanner.expect(b'{')?;
    while scanner.peek() != Some(b'}') {
        let (line, key) = (scanner.line, scanner.value()?);
        let key: String = serde_json::from_str(key).map_err(|_| {
            (
                line,
                format!("expected a name in quotes, found {}", short(key)),
            )
        })?;
        scanner.expect(b':')?;
        match names.iter().position(|name| *name == key) {
            Some(number) if found[number].is_some() => {
                return Err((line, format!("expected {key:?} once, found it again")));
            }
            Some(number) => found[number] = Some(scanner.array()?),
            None => {
                scanner.peek();
                scanner.value()?;
            }
        }
        if scanner.peek() != Some(b'}') {
            scanner.expect(b',')?;
        }
    }
    scanner.expect(b'}')?;
    if scanner.peek().is_some() {
        return Err(scanner.complaint("the end of the file"));
    }
    for (name, found) in names.iter().zip(&found) {
        if found.is_none() {
            let reason = format!(
                "expected a list {name:?} in the file, found none. Is it COCO's format for detection?"
            );
            return Err((1, reason));
        }
    }
    Ok(found.map(Option::unwrap_or_default))
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Scanner<'a> {
    /// The next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => self.line += 1,
                _ => return Some(byte),
            }
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Complaint> {
        if self.peek() != Some(byte) {
            return Err(self.complaint(&format!("{:?}", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    fn complaint(&self, expected: &str) -> Complaint {
        let found = match &self.text[self.at..] {
            "" => "the end of the file: is it complete?".into(),
            rest => short(rest),
        };
        (
            self.line,
            format!("expected JSON with {expected}, found {found}"),
        )
    }

    /// All elements of a list.
    fn array(&mut self) -> Result<Vec<Element<'a>>, Complaint> {
        self.expect(b'[')?;
        let mut elements = Vec::new();
        while self.peek() != Some(b']') {
            let line = self.line;
            let text = self.value()?;
            elements.push(Element { line, text });
            if self.peek() != Some(b']') {
                self.expect(b',')?;
            }
        }
        self.expect(b']')?;
        Ok(elements)
    }

    /// A value's text. What it begins with is not blank.
    fn value(&mut self) -> Result<&'a str, Complaint> {
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => self.string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                // What ends a number or a word belongs to what is around it.
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                    if self.at == start {
                        break;
                    }
                    return Ok(&self.text[start..self.at]);
                }
                b'\n' => self.line += 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                return Ok(&self.text[start..self.at]);
            }
        }
        Err(self.complaint("a value or its end"))
    }

    /// From a quote to the one that closes it.
    fn string(&mut self) -> Result<(), Complaint> {
        let opened = self.line;
        let bytes = self.text.as_bytes();
        loop {
            self.at += 1;
            match bytes.get(self.at) {
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.at += 1,
                Some(b'\n') => self.line += 1,
                Some(_) => {}
                None => return Err((opened, "expected a closing quote, found none".into())),
            }
        }
    }
}

/// The beginning of a text, on one line, for a message.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 60;
    let (begins, more) = match text.char_indices().nth(MOST) {
        Some((at, _)) => (&text[..at], " …"),
        None => (text, ""),
    };
    let words: Vec<&str> = begins.split_whitespace().collect();
    format!("{}{more}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_lines_and_all_else_is_passed_over() {
        let text = "{\"info\": {\"a\": [1, \"]}\\\"\"]},\r\n \"list\" : [ {\"b\": NaN},\n[2,\n3], 4 ,\"x\"],\n\"end\": null}\n";
        let [list] = arrays(text, ["list"]).unwrap();
        let found: Vec<(usize, &str)> = list.iter().map(|one| (one.line, one.text)).collect();
        let expected = [(2, "{\"b\": NaN}"), (3, "[2,\n3]"), (4, "4"), (4, "\"x\"")];
        assert_eq!(found, expected);
        assert_eq!(arrays("{\"list\":[]}", ["list"]), Ok([vec![]]));
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_begins_to_be_none() {
        for (text, line) in [
            ("", 1),
            ("[]", 1),
            ("{\n\"list\": [1,\n2", 3),
            ("{\n\"list\": [1}", 2),
            ("{\n\"list\": [{\n", 3),
            ("{\"list\":\n\"open", 2),
            ("{\"list\": []}\n\n{", 3),
            ("{\"list\": [],\n\"list\": []}", 2),
            ("{\"list\": [,]}", 1),
            ("{\"a\":}", 1),
            ("{\"a\": 1}", 1),
        ] {
            assert_eq!(arrays(text, ["list"]).unwrap_err().0, line, "{text}");
        }
    }
}
