//! Rows of text from comma-separated values, tab-separated values and JSON lines.

use serde_json::Value;

use super::TextOptions;
use crate::csv;
use crate::data::BadRow;

const TEXT_NAMES: [&str; 7] = [
    "text", "sentence", "message", "content", "review", "body", "question",
];
const LABEL_NAMES: [&str; 6] = [
    "label",
    "class",
    "target",
    "category",
    "intent",
    "sentiment",
];
/// How many classes an error names.
const SHOWN: usize = 12;
/// What texts without a label are called.
const UNLABELLED: &str = "unlabelled";

/// A usable row.
pub(super) struct Row {
    pub(super) text: String,
    pub(super) label: String,
}

/// The rows that can be used and those that cannot; the error says why none can be looked for.
pub(super) fn rows(
    content: &str,
    is_json: bool,
    options: &TextOptions,
) -> Result<(Vec<Row>, Vec<BadRow>), String> {
    if is_json {
        return json_lines(content, options);
    }
    let separator = options.separator.unwrap_or_else(|| csv::separator(content));
    let table = csv::parse(content, separator, options.quotes).map_err(|line| {
        format!(
            "the quote on line {line} is closed in the middle of a field or never. If quotes are letters like any other in this file, \
             TextOptions::without_quotes"
        )
    })?;
    let mut table = table.into_iter();
    let width = table.as_slice().first().map_or(0, |(_, row)| row.len());
    let header: Vec<String> = match options.header {
        true => table.next().map(|(_, row)| row).unwrap_or_default(),
        false => (1..=width).map(|number| number.to_string()).collect(),
    };
    let find = |wanted: Option<&str>, names: &[&str], place: &str| {
        let names = match (wanted, options.header) {
            (Some(name), _) => &[name][..],
            (None, true) => names,
            (None, false) => &[place][..],
        };
        column(&header, names)
    };
    let text = find(options.text.as_deref(), &TEXT_NAMES, "1")?;
    let label = match options.labelled {
        true => Some(find(options.label.as_deref(), &LABEL_NAMES, "2")?),
        false => None,
    };
    let only = match &options.only {
        Some((name, value)) => Some((find(Some(name), &[], "")?, value)),
        None => None,
    };
    let (mut rows, mut bad_rows) = (Vec::new(), Vec::new());
    for (line, mut fields) in table {
        if fields.len() != width {
            let found = fields.len();
            let reason = format!("expected {width} fields, as in the first line, found {found}");
            bad_rows.push(BadRow { line, reason });
            continue;
        }
        if only.is_some_and(|(at, value)| fields[at].trim() != value) {
            continue;
        }
        let label = label.map_or(UNLABELLED.into(), |at| std::mem::take(&mut fields[at]));
        match row(std::mem::take(&mut fields[text]), label, options) {
            Ok(row) => rows.push(row),
            Err(reason) => bad_rows.push(BadRow { line, reason }),
        }
    }
    Ok((rows, bad_rows))
}

/// Which of the columns has one of the names.
fn column(header: &[String], names: &[&str]) -> Result<usize, String> {
    let is_named =
        |field: &String| (names.iter()).any(|name| field.trim().eq_ignore_ascii_case(name));
    let found: Vec<usize> = (0..header.len())
        .filter(|&at| is_named(&header[at]))
        .collect();
    match found[..] {
        [at] => Ok(at),
        _ => Err(format!(
            "expected one column named {}, found {} in {header:?}. TextOptions::text_column and label_column name them, \
             without_header says that there is no header",
            names.join(" or "),
            found.len()
        )),
    }
}

/// A value as a message shows it.
fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

/// One JSON object a line, or a list of them; numbers and truth values may be labels.
fn json_lines(content: &str, options: &TextOptions) -> Result<(Vec<Row>, Vec<BadRow>), String> {
    let (mut rows, mut bad_rows) = (Vec::new(), Vec::new());
    let content = content.trim_start_matches('\u{feff}');
    let mut values: Vec<(usize, Result<Value, String>)> = Vec::new();
    // A list of objects is one value over any number of lines: its items are counted instead.
    if let Ok(Value::Array(all)) = serde_json::from_str(content) {
        values.extend((1..).zip(all.into_iter().map(Ok)));
    } else {
        for (line, content) in (1..)
            .zip(content.lines())
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let value = serde_json::from_str(content);
            let value =
                value.map_err(|error| format!("expected a JSON object on this line: {error}"));
            values.push((line, value));
        }
    }
    for (line, value) in values {
        match value.and_then(|value| json_row(value, options)) {
            Ok(row) => rows.extend(row),
            Err(reason) => bad_rows.push(BadRow { line, reason }),
        }
    }
    Ok((rows, bad_rows))
}

/// `None`: a row that [`TextOptions::only`] leaves out.
fn json_row(value: Value, options: &TextOptions) -> Result<Option<Row>, String> {
    let Value::Object(fields) = value else {
        return Err(format!(
            "expected a JSON object, found {}",
            shortened(&value)
        ));
    };
    let find = |wanted: Option<&str>, names: &[&str]| {
        let names = wanted.as_ref().map_or(names, std::slice::from_ref);
        let is_named = |key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
        let mut found = fields.iter().filter(|(key, _)| is_named(key));
        let (Some((key, value)), None) = (found.next(), found.next()) else {
            let keys: Vec<&String> = fields.keys().collect();
            return Err(format!(
                "expected one field {}, found {keys:?}",
                names.join(" or ")
            ));
        };
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
            other => Err(format!(
                "expected text as {key:?}, found {}",
                shortened(other)
            )),
        }
    };
    if let Some((name, wanted)) = &options.only
        && find(Some(name), &[])?.trim() != wanted
    {
        return Ok(None);
    }
    let text = find(options.text.as_deref(), &TEXT_NAMES)?;
    let label = match options.labelled {
        true => find(options.label.as_deref(), &LABEL_NAMES)?,
        false => UNLABELLED.into(),
    };
    row(text, label, options).map(Some)
}

fn row(text: String, label: String, options: &TextOptions) -> Result<Row, String> {
    let [text, label] = [&text, &label].map(|field| field.trim().to_owned());
    if text.is_empty() {
        return Err("expected a text, found an empty field".into());
    }
    if label.is_empty() {
        return Err("expected a label, found an empty field".into());
    }
    if let Some(classes) = &options.classes
        && !classes.contains(&label)
    {
        let shown: Vec<&String> = classes.iter().take(SHOWN).collect();
        let more = match classes.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return Err(format!(
            "expected a label among {shown:?}{more}, found {label:?}"
        ));
    }
    Ok(Row { text, label })
}
