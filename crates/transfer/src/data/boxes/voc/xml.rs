//! What a Pascal VOC file says.

use std::path::Path;

use roxmltree::{Document, Node};

use super::super::bad::Note;
use super::super::canvas::Stated;
use super::super::files::read_text;
use super::super::{BadBox, BoxFlaw};

/// The contents of a file.
pub(super) struct Annotation {
    pub(super) filename: Option<String>,
    pub(super) size: Option<Stated>,
    pub(super) objects: Vec<Object>,
}

pub(super) struct Object {
    pub(super) line: usize,
    pub(super) name: String,
    /// Its `[left, top, right, bottom]` and whether it is difficult, or what is wrong with it.
    pub(super) content: Result<([f64; 4], bool), Note>,
}

/// Reads a file.
pub(super) fn read(path: &Path, zero_based: bool) -> Result<Annotation, BadBox> {
    let unreadable = |line, reason: String| {
        let reason = format!("{reason} (its picture is left out too)");
        BadBox::new(path, line, (BoxFlaw::Unreadable, reason))
    };
    let text = read_text(path).map_err(|reason| unreadable(None, reason))?;
    let document = Document::parse(&text).map_err(|error| {
        let line = error.pos().row as usize;
        unreadable(Some(line), format!("expected XML, found: {error}"))
    })?;
    let root = document.root_element();
    let line = |node: &Node| document.text_pos_at(node.range().start).row as usize;
    if !root.has_tag_name("annotation") {
        let found = root.tag_name().name();
        let reason = format!("expected <annotation>, found <{found}>");
        return Err(unreadable(Some(line(&root)), reason));
    }
    let objects = root.children().filter(|node| node.has_tag_name("object"));
    let objects = objects.map(|node| {
        let name = text_of(&node, "name");
        let content = match name {
            "" => Err((
                BoxFlaw::Unreadable,
                "expected a <name> with the class, found none".into(),
            )),
            _ => content(&node, zero_based),
        };
        Object {
            line: line(&node),
            name: name.into(),
            content,
        }
    });
    let filename = Some(text_of(&root, "filename")).filter(|name| !name.is_empty());
    let size = child(&root, "size").map(|node| {
        let (width, height) = (text_of(&node, "width"), text_of(&node, "height"));
        Stated {
            line: Some(line(&node)),
            text: format!("<width> {width:?} and <height> {height:?}"),
            size: pixels(width).zip(pixels(height)).map(<[u32; 2]>::from),
        }
    });
    Ok(Annotation {
        filename: filename.map(str::to_owned),
        size,
        objects: objects.collect(),
    })
}

fn content(object: &Node, zero_based: bool) -> Result<([f64; 4], bool), Note> {
    let unreadable = |reason: String| Err((BoxFlaw::Unreadable, reason));
    let difficult = match text_of(object, "difficult") {
        "" | "0" | "false" | "False" => false,
        "1" | "true" | "True" => true,
        found => return unreadable(format!("expected <difficult> 0 or 1, found {found:?}")),
    };
    let Some(bounds) = child(object, "bndbox") else {
        return unreadable("expected a <bndbox>, found none".into());
    };
    let mut numbers = [0.0; 4];
    for (number, name) in numbers.iter_mut().zip(["xmin", "ymin", "xmax", "ymax"]) {
        let text = text_of(&bounds, name);
        match text.parse() {
            Ok(parsed) => *number = parsed,
            Err(_) => return unreadable(format!("expected a number as <{name}>, found {text:?}")),
        }
    }
    if !zero_based {
        // The first pixel is number 1, and its left edge is at 0; the last one is counted in.
        numbers[0] -= 1.0;
        numbers[1] -= 1.0;
    }
    Ok((numbers, difficult))
}

/// The first element of this name in an element; not what is deeper, as the boxes of a person's parts are.
fn child<'a, 'b>(node: &Node<'a, 'b>, name: &str) -> Option<Node<'a, 'b>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// Its text; empty where there is none.
fn text_of<'a>(node: &Node<'a, '_>, name: &str) -> &'a str {
    let text = child(node, name).and_then(|child| child.text());
    text.unwrap_or_default().trim()
}

/// A number of pixels, also as `640.0`.
fn pixels(text: &str) -> Option<u32> {
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}
