//! A rich output as the relay sends it, and as Jupyter takes it.

use serde_json::{Map, Value};

/// One block of the cells' protocol; see [`relay`](crate::relay).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) mime: String,
    pub(crate) id: Option<String>,
    pub(crate) is_update: bool,
    /// Whether it is the text of the cell's value.
    pub(crate) is_result: bool,
    pub(crate) content: String,
}

impl Block {
    /// Reads a frame: a line of type and attributes, then the content.
    pub(crate) fn parse(frame: &[u8]) -> Self {
        let frame = String::from_utf8_lossy(frame);
        let (head, content) = frame.split_once('\n').unwrap_or((&frame, ""));
        let mut words = head.split_whitespace();
        let mut block = Self {
            mime: words.next().unwrap_or("text/plain").to_owned(),
            id: None,
            is_update: false,
            is_result: false,
            content: content.strip_suffix('\n').unwrap_or(content).to_owned(),
        };
        for word in words {
            match word {
                "update" => block.is_update = true,
                "result" => block.is_result = true,
                _ => block.id = word.strip_prefix("id=").map(str::to_owned).or(block.id),
            }
        }
        block
    }

    /// The value of a cell whose last expression has none to speak of.
    pub(crate) fn is_unit(&self) -> bool {
        self.is_result && self.content == "()"
    }
}

/// One output in one or several forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bundle {
    pub(crate) data: Map<String, Value>,
    pub(crate) id: Option<String>,
    pub(crate) is_update: bool,
}

impl Bundle {
    /// Takes the block in as another form of the same output; gives it back where it is another output.
    pub(crate) fn add(&mut self, block: Block) -> Result<(), Block> {
        let same = block.id == self.id && block.is_update == self.is_update;
        if !same || block.is_result || self.data.contains_key(&block.mime) {
            return Err(block);
        }
        let (mime, value) = form(block.mime, block.content);
        self.data.insert(mime, value);
        Ok(())
    }
}

impl From<Block> for Bundle {
    fn from(block: Block) -> Self {
        let (mime, value) = form(block.mime, block.content);
        Self {
            data: Map::from_iter([(mime, value)]),
            id: block.id,
            is_update: block.is_update,
        }
    }
}

/// A content of a JSON type is sent as what it says, all others as text.
pub(crate) fn form(mime: String, content: String) -> (String, Value) {
    let is_json = mime.ends_with("json");
    let parsed = is_json
        .then(|| serde_json::from_str(&content).ok())
        .flatten();
    (mime, parsed.unwrap_or(Value::String(content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_head_has_type_and_attributes() {
        let block = Block::parse(b"text/html id=a update\n<b>\n\n</b>\n");
        assert_eq!(
            (block.mime.as_str(), block.id.as_deref()),
            ("text/html", Some("a"))
        );
        assert!(block.is_update && !block.is_result);
        assert_eq!(block.content, "<b>\n\n</b>");
        assert!(Block::parse(b"text/plain result\n()\n").is_unit());
    }

    #[test]
    fn forms_of_one_output_come_together() {
        let mut bundle = Bundle::from(Block::parse(b"text/html\n<b>1</b>\n"));
        bundle.add(Block::parse(b"text/plain\n1\n")).unwrap();
        bundle
            .add(Block::parse(b"application/json\n{\"a\": 1}\n"))
            .unwrap();
        assert_eq!(bundle.data["application/json"], json!({"a": 1}));
        assert_eq!(bundle.data["text/plain"], "1");
        // A second figure, the cell's value, and an output of another name are outputs of their own.
        for other in [
            "text/html\n<i>\n",
            "text/latex result\n1\n",
            "text/latex id=a\n1\n",
        ] {
            assert!(
                bundle.add(Block::parse(other.as_bytes())).is_err(),
                "{other}"
            );
        }
    }
}
