//! The little argument parsing that is needed: flags, `--name value`, and words.

use std::collections::VecDeque;

use anyhow::{Result, bail};

/// What is left of the command line; every question takes out what it answers.
#[derive(Debug)]
pub(crate) struct Args(VecDeque<String>);

impl Args {
    /// The arguments after the program's name.
    pub(crate) fn new(arguments: Vec<String>) -> Self {
        Self(arguments.into())
    }

    /// The first argument, whatever it is: a command's name.
    pub(crate) fn word(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Whether `--name` is given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Whether help is asked for.
    pub(crate) fn help(&mut self) -> bool {
        self.flag("--help") | self.flag("-h")
    }

    /// The values of every `--name value` and `--name=value`, in order.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut rest = VecDeque::new();
        while let Some(argument) = self.0.pop_front() {
            if argument == name {
                match self.0.pop_front() {
                    Some(value) => found.push(value),
                    None => bail!("{name} wants a value after it"),
                }
            } else if let Some(value) = argument
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
            {
                found.push(value.to_owned());
            } else {
                rest.push_back(argument);
            }
        }
        self.0 = rest;
        Ok(found)
    }

    /// The value of `--name`, the last one if it is given several times.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        Ok(self.values(name)?.pop())
    }

    /// The words that are left; an option that nobody asked for is an error.
    pub(crate) fn words(self) -> Result<Vec<String>> {
        if let Some(unknown) = self.0.iter().find(|argument| argument.starts_with('-')) {
            bail!("unknown option {unknown}; `--help` lists those there are");
        }
        Ok(self.0.into())
    }

    /// All that is left, for another program.
    pub(crate) fn all(self) -> Vec<String> {
        self.0.into()
    }

    /// Like [`Args::words`] for commands that take none.
    pub(crate) fn none_left(self) -> Result<()> {
        match self.words()?.first() {
            Some(word) => bail!("unexpected argument `{word}`; `--help` says what is understood"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(text: &str) -> Args {
        Args::new(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_may_stand_anywhere() {
        let mut given = args("01 --set a=1 --port=99 02 --verbose --set b=x=y");
        assert!(given.flag("--verbose"));
        assert!(!given.flag("--verbose"));
        assert_eq!(given.values("--set").unwrap(), ["a=1", "b=x=y"]);
        assert_eq!(given.value("--port").unwrap().as_deref(), Some("99"));
        assert_eq!(given.words().unwrap(), ["01", "02"]);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        assert!(
            args("--prot 1")
                .words()
                .unwrap_err()
                .to_string()
                .contains("--prot")
        );
        assert!(args("word").none_left().is_err());
        assert!(args("--set").values("--set").is_err());
    }
}
