//! Charts are well-formed, say what they are to say, and can be saved; whatever they are given.

mod bars;
mod confusion;
mod curves;
mod detection;
mod diagrams;
mod drawing;
mod files;
mod measures;
mod pareto;
mod pictures;
mod scatter;

use transfer::viz::Figure;

/// An SVG without what a browser, or a reader in either theme, stumbles over.
fn sound(figure: &Figure) -> &str {
    let svg = figure.svg();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("viewBox=\"0 0 "));
    for word in ["#000000", "#ffffff", "NaN", "inf", "\"-0\""] {
        assert!(!svg.contains(word), "{word} in {svg}");
    }
    for element in svg
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with("</svg>"))
    {
        let closed = element.ends_with("/>")
            || (element.starts_with("<text ") && element.ends_with("</text>"));
        assert!(element.starts_with('<') && closed, "{element}");
    }
    assert!(!figure.alt().is_empty());
    svg
}

fn count(figure: &Figure, element: &str) -> usize {
    sound(figure).matches(&format!("<{element} ")).count()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn numbered(count: usize) -> Vec<String> {
    (0..count)
        .map(|class| format!("a class with a <long> name & number {class}"))
        .collect()
}
