//! What the entries of a COCO file say.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::BoxFlaw;
use super::super::bad::Note;
use super::super::canvas::Stated;
use super::json::{Complaint, Element, short};

/// A kind of object.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) id: i64,
    pub(super) name: String,
}

pub(super) struct Picture {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) size: Option<Stated>,
}

pub(super) struct Annotation {
    /// Its own id, for messages.
    pub(super) id: String,
    pub(super) image: i64,
    pub(super) category: i64,
    /// `[left, top, width, height]`.
    pub(super) bounds: [f64; 4],
    pub(super) crowd: bool,
    pub(super) area: Option<f32>,
}

/// All categories by id. Without them nothing can be numbered: what is wrong in one is an error.
pub(super) fn categories(elements: &[Element]) -> Result<Vec<Category>, Complaint> {
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut categories = Vec::new();
    for element in elements {
        let refused = |reason: String| (element.line, reason);
        let value = parse(element, "category").map_err(|(_, reason)| refused(reason))?;
        let id = integer(&value, "id").map_err(|reason| refused(format!("category: {reason}")))?;
        let name =
            string(&value, "name").map_err(|reason| refused(format!("category {id}: {reason}")))?;
        if !ids.insert(id) || !names.insert(name.clone()) {
            let reason = format!(
                "expected each category's id and name once, found {id} or {name:?} a second time"
            );
            return Err(refused(reason));
        }
        categories.push(Category { id, name });
    }
    categories.sort_by_key(|category| category.id);
    Ok(categories)
}

impl Picture {
    pub(super) fn read(element: &Element) -> Result<Self, Note> {
        let value = parse(element, "image")?;
        let unreadable = |what: String, reason: String| {
            let reason = format!("{what}: {reason}");
            (BoxFlaw::Unreadable, reason)
        };
        let id =
            integer(&value, "id").map_err(|reason| unreadable(entry("image", &value), reason))?;
        let name = string(&value, "file_name")
            .map_err(|reason| unreadable(format!("image {id}"), reason))?;
        let (width, height) = (&value["width"], &value["height"]);
        let stated = !width.is_null() || !height.is_null();
        Ok(Self {
            id,
            name,
            size: stated.then(|| Stated {
                line: Some(element.line),
                text: format!("\"width\" {width} and \"height\" {height}"),
                size: pixels(width).zip(pixels(height)).map(<[u32; 2]>::from),
            }),
        })
    }
}

impl Annotation {
    pub(super) fn read(element: &Element) -> Result<Self, Note> {
        let value = parse(element, "annotation")?;
        let unreadable = |reason: String| {
            let reason = format!("{}: {reason}", entry("annotation", &value));
            (BoxFlaw::Unreadable, reason)
        };
        let bounds = &value["bbox"];
        let numbers: Option<Vec<f64>> = bounds
            .as_array()
            .and_then(|all| all.iter().map(Value::as_f64).collect());
        let bounds = numbers
            .and_then(|all| <[f64; 4]>::try_from(all).ok())
            .ok_or_else(|| {
                let found = short(&bounds.to_string());
                unreadable(format!("expected four numbers as \"bbox\", found {found}"))
            })?;
        let crowd = match &value["iscrowd"] {
            Value::Null => false,
            Value::Bool(crowd) => *crowd,
            number if number.as_f64() == Some(0.0) => false,
            number if number.as_f64() == Some(1.0) => true,
            other => {
                let found = short(&other.to_string());
                return Err(unreadable(format!(
                    "expected \"iscrowd\" 0 or 1, found {found}"
                )));
            }
        };
        let area = match &value["area"] {
            Value::Null => None,
            other => match other.as_f64() {
                Some(area) => Some(area as f32),
                None => {
                    let found = short(&other.to_string());
                    return Err(unreadable(format!(
                        "expected a number as \"area\", found {found}"
                    )));
                }
            },
        };
        Ok(Self {
            id: id_text(&value),
            image: integer(&value, "image_id").map_err(unreadable)?,
            category: integer(&value, "category_id").map_err(unreadable)?,
            bounds,
            crowd,
            area,
        })
    }
}

/// An entry as JSON. Python writes numbers that JSON has no word for; these are told apart, as they are no slip of the
/// pen.
fn parse(element: &Element, kind: &str) -> Result<Value, Note> {
    let error = match serde_json::from_str(element.text) {
        Ok(value @ Value::Object(_)) => return Ok(value),
        Ok(_) => {
            let reason = format!("{kind}: expected {{…}}, found {}", short(element.text));
            return Err((BoxFlaw::Unreadable, reason));
        }
        Err(error) => error,
    };
    let finite = without_words(element.text);
    match serde_json::from_str::<Value>(&finite) {
        Ok(value) if finite != element.text => {
            let reason = format!(
                "{}: expected finite numbers, found NaN or Infinity in {}",
                entry(kind, &value),
                short(element.text)
            );
            Err((BoxFlaw::NotFinite, reason))
        }
        _ => {
            let reason = format!(
                "{kind}: expected JSON, found {} ({error})",
                short(element.text)
            );
            Err((BoxFlaw::Unreadable, reason))
        }
    }
}

/// The text with `null` for the words that Python writes for what is no finite number, outside quotes.
fn without_words(text: &str) -> String {
    let mut quoted = false;
    let mut parts = Vec::new();
    for part in text.split('"') {
        parts.push(match quoted {
            true => part.to_owned(),
            false => part
                .replace("-Infinity", "null")
                .replace("Infinity", "null")
                .replace("NaN", "null"),
        });
        // An escaped quote does not close.
        let backslashes = part.chars().rev().take_while(|&one| one == '\\').count();
        quoted = !quoted || backslashes % 2 == 1;
    }
    parts.join("\"")
}

/// What a message calls an entry.
fn entry(kind: &str, value: &Value) -> String {
    format!("{kind} {}", id_text(value))
}

fn id_text(value: &Value) -> String {
    match &value["id"] {
        Value::Null => "without id".into(),
        Value::String(id) => short(id),
        id => short(&id.to_string()),
    }
}

fn integer(value: &Value, name: &str) -> Result<i64, String> {
    let found = &value[name];
    found.as_i64().ok_or_else(|| {
        let found = short(&found.to_string());
        format!("expected an integer as {name:?}, found {found}")
    })
}

fn string(value: &Value, name: &str) -> Result<String, String> {
    match &value[name] {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        found => {
            let found = short(&found.to_string());
            Err(format!("expected a text as {name:?}, found {found}"))
        }
    }
}

fn pixels(value: &Value) -> Option<u32> {
    let number = value.as_f64()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}
