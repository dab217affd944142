//! One of the two programs: started once, asked line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A running program that answers each line with a line. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Side {
    /// What it says it is, with versions.
    pub(super) name: String,
    /// Whether it sees a CUDA device.
    pub(super) cuda: bool,
    child: Child,
    /// `None` once it is told that there is nothing more.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Side {
    /// Starts it and reads its greeting. What it writes to standard error goes to the terminal.
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let requests = child.stdin.take();
        let answers = child.stdout.take().context("it has no standard output")?;
        let mut side = Self {
            name: program,
            cuda: false,
            child,
            requests,
            answers: BufReader::new(answers),
        };
        let greeting = side.answer()?;
        if let Some(name) = greeting["name"].as_str() {
            side.name = name.to_owned();
        }
        side.cuda = greeting["cuda"] == true;
        Ok(side)
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    ///
    /// It has ended, answers nonsense, or says that something went wrong.
    pub(super) fn ask(&mut self, request: &Value) -> Result<Value> {
        if let Some(requests) = &mut self.requests {
            // If it has ended, the missing answer says so.
            let _ = writeln!(requests, "{request}").and_then(|()| requests.flush());
        }
        let answer = self.answer()?;
        match answer["error"].as_str() {
            Some(error) => bail!("{}: {error}", self.name),
            None => Ok(answer),
        }
    }

    /// Asks for a time.
    pub(super) fn seconds(&mut self, request: &Value) -> Result<f64> {
        let answer = self.ask(request)?;
        let seconds = answer["seconds"].as_f64();
        seconds
            .filter(|seconds| *seconds > 0.0)
            .with_context(|| format!("{} gives no time: {answer}", self.name))
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            bail!("{} has ended ({})", self.name, self.child.wait()?);
        }
        serde_json::from_str(&line)
            .with_context(|| format!("{} answers `{}`", self.name, line.trim()))
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // Without requests it ends by itself, and PyTorch's worker processes with it; unless it is in the middle of
        // something, because the other one has failed.
        self.requests = None;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shell(script: &str) -> Result<Side> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Side::start(command)
    }

    #[test]
    fn answers_and_failures_come_back() {
        let script = r#"echo '{"name": "it", "cuda": true}'
            read line; echo "{\"got\": $line}"
            read line; echo '{"error": "no such task"}'
            read line; echo '{"seconds": 0.25}'
            read line; echo '{"seconds": 0}'
            read line; echo nonsense"#;
        let mut side = shell(script).unwrap();
        assert!(side.cuda && side.name == "it");
        assert_eq!(side.ask(&json!({"a": 1})).unwrap()["got"]["a"], 1);
        let error = side.ask(&json!({})).unwrap_err().to_string();
        assert_eq!(error, "it: no such task");
        assert_eq!(side.seconds(&json!({})).unwrap(), 0.25);
        let text = |result: Result<f64>| format!("{:#}", result.unwrap_err());
        assert!(text(side.seconds(&json!({}))).contains("no time"));
        assert!(text(side.seconds(&json!({}))).contains("`nonsense`"));
        assert!(text(side.seconds(&json!({}))).contains("it has ended"));
    }

    #[test]
    fn a_program_that_ends_at_once_is_an_error() {
        let error = shell("exit 3").unwrap_err().to_string();
        assert!(error.contains("ended") && error.contains('3'), "{error}");
    }
}
