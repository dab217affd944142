//! Figures as files.

use transfer::viz::*;

#[test]
fn files_by_their_endings() {
    let chart = || bars("Accuracy", "%", 100.0, &[Bar::new("a", &[70.0, 80.0])]).unwrap();
    assert_eq!(chart(), chart(), "the same every time");
    let folder = tempfile::tempdir().unwrap();
    let saved = |name: &str| {
        chart().save(folder.path().join(name)).unwrap();
        std::fs::read(folder.path().join(name)).unwrap()
    };
    assert_eq!(saved("chart.svg"), chart().svg().as_bytes());
    let png = saved("chart.PNG");
    assert!(png.starts_with(b"\x89PNG") && png == saved("again.png"));
    let width = u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert_eq!(width, 2 * 680);
    let page = String::from_utf8(saved("chart.html")).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<img ") && !page.contains("http")
    );
    for name in ["chart.jpg", "chart", "missing/chart.svg"] {
        let error = chart().save(folder.path().join(name)).unwrap_err();
        assert!(error.to_string().contains("chart"), "{error}");
    }
    let html = show_all(&[&chart(), &chart()]);
    assert_eq!(html.to_html().matches("<img ").count(), 2);
    html.save(folder.path().join("all.html")).unwrap();
    assert!(html.save(folder.path().join("all.svg")).is_err());
}

#[test]
fn a_picture_file_has_the_letters_that_the_markup_has() {
    let folder = tempfile::tempdir().unwrap();
    let pixels = |title: &str| {
        let path = folder.path().join("chart.png");
        let chart = curves(title, "x", "y", &[]).unwrap();
        chart.save(&path).unwrap();
        (chart, std::fs::read(path).unwrap())
    };
    // Letters, not one box for each of them.
    assert_ne!(pixels("Ёж").1, pixels("Ёл").1);
    // What no font has a letter for is a space in both.
    let (tab, space) = (pixels("a\tb\nc"), pixels("a b c"));
    assert!(tab.0.svg() == space.0.svg() && tab.1 == space.1);
    assert!(tab.0.svg().contains(">a b c<"));
}
