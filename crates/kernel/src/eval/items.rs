//! Keeps variables from being read as what they are not.
//!
//! evcxr compiles each cell with all items so far and hands variables on as they are in memory. When a cell defines a
//! type anew with other fields, the compiler gives it the same identity, and old values would be read as new ones. So
//! the kernel watches the items that decide how values look, and drops the variables of a type that changes.

use ra_ap_syntax::ast::{self, HasName};
use ra_ap_syntax::{AstNode, Edition, SourceFile, SyntaxKind, SyntaxNode};
use std::collections::{BTreeSet, HashMap};

/// The items of the cells so far that decide how values look in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Items(HashMap<String, Vec<String>>);

impl Items {
    /// The variables (given with their types) whose values would not be what their type says after `code`.
    pub(crate) fn outdated<'a>(
        &self,
        code: &str,
        variables: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> (BTreeSet<String>, Vec<&'a str>) {
        let mut changed: BTreeSet<String> = BTreeSet::new();
        for (name, tokens) in items(code) {
            if self.0.get(&name).is_some_and(|known| *known != tokens) {
                changed.insert(name);
            }
        }
        // What is made of what has changed has changed too.
        loop {
            let more: Vec<String> = self
                .0
                .iter()
                .filter(|(name, tokens)| {
                    !changed.contains(*name) && tokens.iter().any(|t| changed.contains(t))
                })
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            changed.extend(more);
        }
        let mentions = |text: &str| words(text).any(|word| changed.contains(word));
        let mut outdated: Vec<&str> = variables
            .filter(|(_, kind)| mentions(kind))
            .map(|(name, _)| name)
            .collect();
        outdated.sort_unstable();
        (changed, outdated)
    }

    /// Takes in the items of a cell that was compiled.
    pub(crate) fn learn(&mut self, code: &str) {
        self.0.extend(items(code));
    }
}

/// The words of a type's text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// The items of a cell by name, as tokens.
fn items(code: &str) -> HashMap<String, Vec<String>> {
    let mut items: HashMap<String, Vec<String>> = HashMap::new();
    for node in statements(code) {
        if let Some(name) = ast::Item::cast(node.clone())
            .as_ref()
            .and_then(shaping_name)
        {
            items.entry(name).or_default().extend(tokens(&node));
        }
    }
    items
}

/// The statements and items of a cell, without evcxr's commands.
fn statements(code: &str) -> Vec<SyntaxNode> {
    let is_command = |line: &&str| line.trim_start().starts_with(':') || line.starts_with('!');
    let rust: Vec<&str> = code.lines().filter(|line| !is_command(line)).collect();
    let file = SourceFile::parse(
        &format!("fn f(){{{}\n}}", rust.join("\n")),
        Edition::Edition2024,
    );
    let body = file.syntax_node().children().find_map(ast::Fn::cast);
    let list = body
        .and_then(|body| body.body())
        .and_then(|body| body.stmt_list());
    list.map(|list| list.syntax().children().collect())
        .unwrap_or_default()
}

/// The name of an item that a value's form in memory can follow from. Functions and their bodies don't matter: a value
/// keeps no more of them than an address, which stays.
fn shaping_name(item: &ast::Item) -> Option<String> {
    let name = match item {
        ast::Item::Struct(item) => item.name(),
        ast::Item::Enum(item) => item.name(),
        ast::Item::Union(item) => item.name(),
        ast::Item::Trait(item) => item.name(),
        ast::Item::TypeAlias(item) => item.name(),
        ast::Item::Const(item) => item.name(),
        ast::Item::MacroRules(item) => item.name(),
        ast::Item::Module(item) => item.name(),
        ast::Item::Fn(item) => item.const_token().and(item.name()),
        _ => None,
    };
    name.map(|name| name.text().to_string())
}

/// The tokens of a node, without white space, comments and documentation.
fn tokens(node: &SyntaxNode) -> Vec<String> {
    node.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT))
        .map(|token| token.text().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: [(&str, &str); 4] = [
        ("a", "Point"),
        ("b", "Vec<Option<Path>>"),
        ("c", "i32"),
        ("d", "Box<dyn Shape>"),
    ];

    fn items() -> Items {
        let mut items = Items::default();
        items
            .learn(":dep x = \"1\"\nconst N: usize = 2;\nstruct Point { x: [f32; N] }\nlet c = 1;");
        items.learn(
            "struct Path(Vec<Point>);\ntrait Shape { fn area(&self) -> f32; }\nfn f() -> i32 { 1 }",
        );
        items
    }

    fn outdated(code: &str) -> Vec<&'static str> {
        items().outdated(code, VARIABLES.into_iter()).1
    }

    #[test]
    fn a_changed_type_takes_along_what_is_made_of_it() {
        assert_eq!(outdated("struct Point { x: [f64; N] }"), ["a", "b"]);
        assert_eq!(outdated("const N: usize = 3;"), ["a", "b"]);
        assert_eq!(
            outdated("trait Shape { fn edge(&self) -> f32; fn area(&self) -> f32; }"),
            ["d"]
        );
    }

    #[test]
    fn the_same_again_and_what_runs_change_nothing() {
        let same = "/// A point.\nstruct Point {\n    // two\n    x: [f32; N]\n}\nlet e = 2;";
        assert!(outdated(same).is_empty());
        assert!(outdated("fn f() -> i32 { 2 }\nimpl Point { fn new() {} }").is_empty());
        assert!(outdated("struct Other;").is_empty());
    }
}
