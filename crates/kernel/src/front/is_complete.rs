//! Whether code can be executed as it is, or a console should ask for more lines: what rust-analyzer's parser says.

use ra_ap_parser::{Edition, LexedStr, SyntaxKind};
use ra_ap_syntax::SourceFile;
use serde_json::{Value, json};

/// The code is parsed as the body of a function.
const BEFORE: &str = "fn f(){";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Complete,
    Incomplete { depth: usize },
    Invalid,
}

/// The content of an `is_complete_reply`.
pub(super) fn content(code: &str) -> Value {
    match state(code) {
        State::Complete => json!({"status": "complete"}),
        State::Incomplete { depth } => {
            json!({"status": "incomplete", "indent": "    ".repeat(depth)})
        }
        State::Invalid => json!({"status": "invalid"}),
    }
}

fn state(code: &str) -> State {
    // Lines for evcxr and for the shell are whole by themselves; `?name` is a question.
    let is_rust = |line: &&str| !line.trim_start().starts_with([':', '!', '?']);
    let code = code.lines().filter(is_rust).collect::<Vec<_>>().join("\n");
    let lexed = LexedStr::new(Edition::Edition2024, &code);
    let mut open = Vec::new();
    for index in 0..lexed.len() {
        let closes = match lexed.kind(index) {
            SyntaxKind::L_PAREN | SyntaxKind::L_BRACK | SyntaxKind::L_CURLY => {
                open.push(lexed.kind(index));
                continue;
            }
            SyntaxKind::R_PAREN => SyntaxKind::L_PAREN,
            SyntaxKind::R_BRACK => SyntaxKind::L_BRACK,
            SyntaxKind::R_CURLY => SyntaxKind::L_CURLY,
            _ => continue,
        };
        if open.pop() != Some(closes) {
            return State::Invalid;
        }
    }
    if let Some((index, _)) = lexed.errors().next() {
        // Only what has no end reaches to the end: a string, a comment. Other tokens are wrong as they are.
        let is_open = index + 1 == lexed.len()
            && matches!(
                lexed.kind(index),
                SyntaxKind::STRING
                    | SyntaxKind::BYTE_STRING
                    | SyntaxKind::C_STRING
                    | SyntaxKind::COMMENT
            );
        return match is_open {
            true => State::Incomplete { depth: 0 },
            false => State::Invalid,
        };
    }
    if !open.is_empty() {
        return State::Incomplete { depth: open.len() };
    }
    let file = SourceFile::parse(&format!("{BEFORE}{code}\n}}"), Edition::Edition2024);
    let end = BEFORE.len() + code.trim_end().len();
    match file
        .errors()
        .iter()
        .map(|error| usize::from(error.range().start()))
        .min()
    {
        None => State::Complete,
        Some(at) if at >= end => State::Incomplete { depth: 0 },
        Some(_) => State::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_code_is_complete() {
        for code in [
            "",
            "1 + 1",
            "let x = 1;",
            "fn f() -> i32 { 1 }",
            ":dep rand = \"0.9\"",
            "!ls (",
            "?Vec",
            ":opt 2\nlet a = [1, 2];",
            "// a comment",
            "for i in 0..3 { }",
            "let s = \"a { b\";",
            "use a::b;",
        ] {
            assert_eq!(state(code), State::Complete, "{code}");
        }
    }

    #[test]
    fn unfinished_code_asks_for_more() {
        for (code, depth) in [
            ("fn f() {", 1),
            ("let x =", 0),
            ("1 +", 0),
            ("let v = vec![(1,", 2),
            ("\"abc", 0),
            ("/* abc", 0),
            ("let x = 1", 0),
            ("if a == b", 0),
            ("r#\"abc\"", 0),
        ] {
            assert_eq!(state(code), State::Incomplete { depth }, "{code}");
        }
    }

    #[test]
    fn wrong_code_stays_wrong() {
        for code in [")", "fn 1() {}", "let = 3;", "(]", "let x = ;", "}"] {
            assert_eq!(state(code), State::Invalid, "{code}");
        }
    }
}
