//! As much of HTML as a check of one's own pages needs: the tags with their attributes.

/// A tag that begins an element.
#[derive(Debug, PartialEq)]
pub(super) struct Tag<'a> {
    /// Its name, in small letters in our pages.
    pub(super) name: &'a str,
    attributes: Vec<(&'a str, String)>,
}

impl Tag<'_> {
    /// An attribute's value, with its entities resolved; empty for one without a value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(found, _)| *found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// All tags of a page that begin an element. What stands inside a script or a style is no tag.
pub(super) fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = &rest[1..];
            continue;
        }
        let (tag, after) = tag(&rest[1..]);
        rest = after;
        if ["script", "style"].contains(&tag.name) {
            let end = rest.find(&format!("</{}", tag.name));
            rest = end.map_or("", |end| &rest[end..]);
        }
        found.push(tag);
    }
    found
}

/// The tag that a text begins with, without its `<`, and what comes after it.
fn tag(text: &str) -> (Tag<'_>, &str) {
    let is_name = |c: char| !c.is_whitespace() && !"/>=\"'".contains(c);
    let (name, mut rest) = split_while(text, is_name);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let (name, after) = split_while(rest, is_name);
        if name.is_empty() {
            break;
        }
        let Some(value) = after.trim_start().strip_prefix('=') else {
            attributes.push((name, String::new()));
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| "\"'".contains(*c));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => split_while(value, |c| !c.is_whitespace() && c != '>'),
        };
        attributes.push((name, unescaped(value)));
        rest = after;
    }
    let rest = rest.split_once('>').map_or("", |(_, after)| after);
    (Tag { name, attributes }, rest)
}

fn split_while(text: &str, keep: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !keep(c)).unwrap_or(text.len()))
}

/// A value without the entities that our writers use.
fn unescaped(value: &str) -> String {
    [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(value.to_owned(), |text, (entity, sign)| {
        text.replace(entity, sign)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_attributes_are_read() {
        let page = "<!doctype html><!-- <a href=no> --><p id=one>1 < 2</p><a class='x' href=\"a?b&amp;c#d\" hidden>t</a>\
                    <script src=\"s.js\">\"<img src='no'>\"</script><img alt=\"a > b\" src='p.svg'/>";
        let found = tags(page);
        let names: Vec<&str> = found.iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["p", "a", "script", "img"]);
        assert_eq!(found[0].get("id"), Some("one"));
        assert_eq!(found[1].get("href"), Some("a?b&c#d"));
        assert_eq!(found[1].get("hidden"), Some(""));
        assert_eq!(found[1].get("id"), None);
        assert_eq!(found[3].get("alt"), Some("a > b"));
        assert_eq!(found[3].get("src"), Some("p.svg"));
    }

    #[test]
    fn a_page_that_breaks_off_ends_the_search() {
        for page in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"x",
            "<script>",
            "<!-- ",
        ] {
            assert!(tags(page).len() < 2, "{page}");
        }
    }
}
