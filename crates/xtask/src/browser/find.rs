//! A headless browser and its driver, as the distributions pack them.

use std::path::Path;

use crate::toolchain::{output, package_manager};

/// The names that Chromium and Chrome go by; the snap of Ubuntu is on the PATH as `chromium`.
const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/// The names of the driver; the second is the snap's.
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// A browser and a driver that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) browser: String,
    pub(super) driver: String,
    /// The browser's own words.
    pub(super) version: String,
}

/// Finds a pair, or says in one line what is missing and the command that installs it.
pub(super) fn pair() -> Result<Pair, String> {
    pair_of(version, package_manager())
}

/// Where a program is, and what it says of its version. It has to run: Ubuntu's `chromium-browser` may be a stub that
/// asks for the snap.
fn version(program: &str) -> Option<(String, String)> {
    let path = on_path(program)?;
    let said = output(&path, &["--version"])?;
    Some((path, said))
}

/// The full path of a program: chromedriver takes no other.
fn on_path(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| Path::is_file(file))
        .and_then(|file| file.to_str().map(str::to_owned))
}

fn pair_of(
    ask: impl Fn(&str) -> Option<(String, String)>,
    manager: Option<&str>,
) -> Result<Pair, String> {
    let found = |names: &[&str]| -> Vec<(String, String)> {
        names.iter().filter_map(|name| ask(name)).collect()
    };
    let (browsers, drivers) = (found(&BROWSERS), found(&DRIVERS));
    for (browser, version) in &browsers {
        // A driver drives the browser of its own major version.
        let fits = |(_, other): &&(String, String)| major(other) == major(version);
        if let Some((driver, _)) = drivers.iter().find(fits) {
            return Ok(Pair {
                browser: browser.clone(),
                driver: driver.clone(),
                version: version.clone(),
            });
        }
    }
    let install = install(manager);
    Err(match (browsers.first(), drivers.first()) {
        (None, None) => format!("no Chromium and no chromedriver; {install}"),
        (None, Some(_)) => format!("no Chromium; {install}"),
        (Some(_), None) => format!("no chromedriver; {install}"),
        (Some((_, browser)), Some((_, driver))) => {
            format!("{browser} and {driver} are not of one version; {install}")
        }
    })
}

/// The first number of a version: `Chromium 148.0.7778.167 built on …`, `ChromeDriver 148.0.7778.167 (…)`.
fn major(said: &str) -> Option<u32> {
    said.split_whitespace()
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

/// The command that installs both.
fn install(manager: Option<&str>) -> String {
    let command = match manager {
        // Ubuntu's packages of these names bring the snap, which has both.
        Some("apt") => {
            "sudo apt install chromium chromium-driver (Ubuntu: sudo snap install chromium)"
        }
        Some("dnf") => "sudo dnf install chromium chromedriver",
        Some("pacman") => "sudo pacman -S chromium",
        Some("apk") => "sudo apk add chromium chromium-chromedriver",
        Some("zypper") => "sudo zypper install chromium chromedriver",
        _ => "brew install --cask google-chrome chromedriver",
    };
    format!("mend: {command}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with these programs and what each says of its version.
    fn with(programs: &[(&str, &str)]) -> Result<Pair, String> {
        let ask = |name: &str| {
            let (name, said) = programs.iter().find(|(program, _)| *program == name)?;
            Some((format!("/bin/{name}"), (*said).to_owned()))
        };
        pair_of(ask, Some("apt"))
    }

    #[test]
    fn a_driver_goes_with_the_browser_of_its_version() {
        let chromium = ("chromium", "Chromium 151.0.1.2 built on Debian");
        let chrome = ("google-chrome", "Google Chrome 150.0.7871.114");
        let driver = (
            "chromedriver",
            "ChromeDriver 150.0.7871.115 (a5c-refs/x@{#1.2})",
        );
        let pair = with(&[chromium, chrome, driver]).unwrap();
        assert_eq!(
            (&*pair.browser, &*pair.driver),
            ("/bin/google-chrome", "/bin/chromedriver")
        );
        let snap = ("chromium.chromedriver", "ChromeDriver 151.0.9.9 (x)");
        let pair = with(&[chromium, driver, snap]).unwrap();
        assert_eq!(pair.driver, "/bin/chromium.chromedriver");
    }

    #[test]
    fn what_is_missing_is_named_with_its_mend() {
        let chromium = ("chromium", "Chromium 151.0.1.2");
        let driver = ("chromedriver", "ChromeDriver 150.0.1.2 (x)");
        for (programs, says) in [
            (&[][..], "no Chromium and no chromedriver;"),
            (&[chromium], "no chromedriver;"),
            (&[driver], "no Chromium;"),
            (
                &[chromium, driver],
                "Chromium 151.0.1.2 and ChromeDriver 150.0.1.2 (x) are not",
            ),
        ] {
            let text = with(programs).unwrap_err();
            assert!(text.starts_with(says), "{text}");
            assert!(
                text.contains("mend: sudo apt install chromium chromium-driver"),
                "{text}"
            );
            assert_eq!(text.lines().count(), 1);
        }
    }
}
