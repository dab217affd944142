//! What every site is asked before readers see it: that each page is there, that each link and anchor leads somewhere, that nothing
//! is loaded from elsewhere, that the search knows every heading, and that no path of this machine is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::notebooks::check::{machine_path, without_base64};

use super::html::{self, Tag};
use super::links;

const SEARCH_INDEX: &str = "search-index.js";

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// What is wrong, each with its file.
    pub(super) faults: Vec<String>,
    /// How many links within the site were followed.
    pub(super) links: usize,
    /// How many sections the search knows.
    pub(super) sections: usize,
}

/// What of a page others refer to.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) ids: BTreeSet<String>,
    headings: Vec<String>,
}

/// Checks the site in `dir`, which should have these pages.
pub(super) fn all(dir: &Path, wanted: &[String]) -> Result<Checked> {
    let mut checked = Checked::default();
    let mut texts = BTreeMap::new();
    read_texts(dir, dir, &mut texts)?;
    for page in wanted {
        if !texts.contains_key(page) {
            checked.faults.push(format!("{page}: is not there"));
        }
    }
    let tags: BTreeMap<&str, Vec<Tag>> = texts
        .iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(name, text)| (name.as_str(), html::tags(text)))
        .collect();
    let mut pages = BTreeMap::new();
    for (name, tags) in &tags {
        pages.insert(*name, page(name, tags, &mut checked.faults));
    }
    for (name, tags) in &tags {
        for tag in tags {
            links::follow(dir, &pages, name, tag, &mut checked);
        }
    }
    for (name, text) in &texts {
        contents(name, text, &mut checked.faults);
    }
    let index = texts.get(SEARCH_INDEX).map_or("", String::as_str);
    searched(index, &pages, &mut checked);
    Ok(checked)
}

/// Reads all files that are text, by their names within the site.
fn read_texts(root: &Path, dir: &Path, texts: &mut BTreeMap<String, String>) -> Result<()> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            read_texts(root, &path, texts)?;
        } else if let Some("html" | "css" | "js" | "svg") = extension {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            texts.insert(name.to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}

/// A page's anchors and headings; what it lacks for those who hear it is a fault.
fn page(name: &str, tags: &[Tag], faults: &mut Vec<String>) -> Page {
    let mut page = Page::default();
    for tag in tags {
        if let Some(id) = tag.get("id") {
            if !page.ids.insert(id.to_owned()) {
                faults.push(format!("{name}: has the anchor {id} twice"));
            }
            if ["h1", "h2", "h3", "h4"].contains(&tag.name) {
                page.headings.push(id.to_owned());
            }
        }
        if tag.name == "img" && tag.get("alt").is_none() {
            faults.push(format!(
                "{name}: the picture {} has no alt",
                tag.get("src").unwrap_or("?")
            ));
        }
        if tag.name == "html" && tag.get("lang").is_none() {
            faults.push(format!("{name}: does not say its language"));
        }
    }
    page
}

/// What no file may hold: a path of this machine, and in scripts, styles and pictures an address.
fn contents(name: &str, text: &str, faults: &mut Vec<String>) {
    let text = without_base64(text);
    if let Some(path) = machine_path(&text) {
        faults.push(format!("{name}: names a path of one machine: {path}"));
    }
    let wants = match name.rsplit('.').next() {
        Some("css") => &["http:", "https:", "url(//", "@import"][..],
        // The search's index has the lessons' words, and addresses among them.
        Some("js") if name != SEARCH_INDEX => &["http:", "https:"],
        // A picture names its format by an address, which nobody fetches.
        Some("svg") => &["href=\"http", "href=\"//", "url(http", "url(//", "<script"],
        Some("html") => &["url(http", "url(//", "@import"],
        _ => return,
    };
    for want in wants {
        if text.contains(want) {
            faults.push(format!("{name}: has {want}, which loads from elsewhere"));
        }
    }
}

/// That the search and the lessons' headings agree.
fn searched(index: &str, pages: &BTreeMap<&str, Page>, checked: &mut Checked) {
    let json = index
        .strip_prefix("window.sections=")
        .and_then(|rest| rest.trim_end().strip_suffix(';'));
    let sections: Option<Vec<Value>> = json.and_then(|json| serde_json::from_str(json).ok());
    let Some(sections) = sections else {
        let fault = format!("{SEARCH_INDEX}: is not there, or not as site.js reads it");
        checked.faults.push(fault);
        return;
    };
    checked.sections = sections.len();
    let known: BTreeSet<(&str, &str)> = sections
        .iter()
        .filter_map(|section| Some((section["page"].as_str()?, section["id"].as_str()?)))
        .collect();
    for (page, id) in &known {
        if !pages.get(page).is_some_and(|page| page.ids.contains(*id)) {
            checked.faults.push(format!(
                "{SEARCH_INDEX}: leads to {page}#{id}, which is not there"
            ));
        }
    }
    for (name, page) in pages {
        for id in page.headings.iter().filter(|_| *name != "index.html") {
            if !known.contains(&(*name, id.as_str())) {
                checked
                    .faults
                    .push(format!("{SEARCH_INDEX}: does not know {name}#{id}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = "<html lang=\"en\"><head><link rel=\"stylesheet\" href=\"site.css\"></head><body>\
        <h2 id=\"What-it's-for\">x</h2><a href=\"index.html\">home</a> <a href=\"#What-it%27s-for\">here</a>\
        <a href=\"https://arxiv.org/home/x\">paper</a><img src=\"pictures/a.svg\" alt=\"a\"></body></html>";

    /// Checks a sound site in which one text of one file is another one.
    fn faults(file: &str, from: &str, to: &str) -> Vec<String> {
        let dir = std::env::temp_dir().join(format!(
            "xtask-site-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        fs::create_dir_all(dir.join("pictures")).unwrap();
        for (name, text) in [
            (
                "index.html",
                "<html lang=\"en\"><h1 id=\"top\">t</h1><a href=\"01.html#What-it%27s-for\">1</a><script src=\"site.js\"></script>",
            ),
            ("01.html", LESSON),
            ("site.css", "body { color: red }"),
            ("site.js", "let a = 1;"),
            (
                SEARCH_INDEX,
                "window.sections=[{\"page\":\"01.html\",\"id\":\"What-it's-for\",\"text\":\"see https://a.org\"}];\n",
            ),
            (
                "pictures/a.svg",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"data:image/png;base64,AA/root/BB\"/></svg>",
            ),
        ] {
            let text = if name == file {
                text.replace(from, to)
            } else {
                text.to_owned()
            };
            fs::write(dir.join(name), text).unwrap();
        }
        let wanted = ["index.html", "01.html"].map(str::to_owned);
        let checked = all(&dir, &wanted).unwrap();
        fs::remove_dir_all(dir).unwrap();
        assert_eq!(
            checked.sections,
            usize::from(file != SEARCH_INDEX || to.contains("page"))
        );
        checked.faults
    }

    #[test]
    fn a_sound_site_passes() {
        assert_eq!(faults("", "", ""), [""; 0]);
    }

    #[test]
    fn each_fault_is_found() {
        let index =
            "{\"page\":\"01.html\",\"id\":\"What-it's-for\",\"text\":\"see https://a.org\"}";
        for (file, from, to, expected) in [
            (
                "01.html",
                "\"index.html\"",
                "\"gone.html\"",
                "gone.html is not there",
            ),
            (
                "01.html",
                "\"index.html\"",
                "\"/index.html\"",
                "/index.html is not there",
            ),
            (
                "01.html",
                "href=\"#What-it%27s-for",
                "href=\"#gone",
                "has no anchor gone",
            ),
            (
                "index.html",
                "01.html#What-it%27s-for",
                "01.html#gone",
                "01.html has no anchor gone",
            ),
            (
                "01.html",
                "pictures/a.svg",
                "pictures/b.svg",
                "pictures/b.svg is not there",
            ),
            (
                "01.html",
                "pictures/a.svg",
                "https://a.org/b.svg",
                "from elsewhere",
            ),
            (
                "01.html",
                "\"site.css\"",
                "\"//a.org/site.css\"",
                "from elsewhere",
            ),
            (
                "index.html",
                "\"site.js\"",
                "\"https://a.org/site.js\"",
                "from elsewhere",
            ),
            (
                "01.html",
                "https://arxiv.org/home/x",
                "javascript:x()",
                "from elsewhere",
            ),
            ("01.html", " alt=\"a\"", "", "has no alt"),
            ("01.html", " lang=\"en\"", "", "language"),
            ("01.html", "<body>", "<body id=\"What-it's-for\">", "twice"),
            (
                "01.html",
                ">paper",
                ">/home/me/paper",
                "path of one machine: /home/me/paper",
            ),
            (
                "01.html",
                "<body>",
                "<body style=\"background:url(https://a.org/x)\">",
                "url(http",
            ),
            ("site.css", "red", "url(https://a.org/x)", "https:"),
            ("site.js", "1", "fetch('https://a.org')", "https:"),
            (
                "pictures/a.svg",
                "data:image",
                "https://a.org/",
                "href=\"http",
            ),
            (
                SEARCH_INDEX,
                "window.sections=",
                "",
                "is not there, or not as",
            ),
            (
                SEARCH_INDEX,
                index,
                "{\"page\":\"\"}",
                "does not know 01.html#What-it's-for",
            ),
            (
                SEARCH_INDEX,
                "\"text\"",
                "\"page\":\"02.html\",\"text\"",
                "leads to 02.html",
            ),
        ] {
            let found = faults(file, from, to);
            assert!(
                found.iter().any(|fault| fault.contains(expected)),
                "{file}, {to}: {found:?}"
            );
        }
    }

    #[test]
    fn a_page_that_is_missing_is_found() {
        let dir = std::env::temp_dir().join(format!("xtask-site-empty-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let found = all(&dir, &["02.html".to_owned()]).unwrap().faults;
        fs::remove_dir_all(dir).unwrap();
        assert!(
            found.iter().any(|fault| fault == "02.html: is not there"),
            "{found:?}"
        );
    }
}
