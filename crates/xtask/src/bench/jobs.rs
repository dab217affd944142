//! What is measured: the requests that both sides understand.

use serde_json::{Value, json};

use super::same::Tolerance;
use super::table::Unit;

/// Two levels of 255 and what rounding adds, after the division by the deviation of ImageNet's green.
const TWO_LEVELS: f64 = 2.01 / 255.0 / 0.224;
/// At most so many pictures of a folder make a pass.
const PICTURES: u64 = 256;

/// One piece of work in one place.
#[derive(Debug)]
pub(super) struct Job {
    /// What it is, in the table.
    pub(super) name: &'static str,
    /// cpu or cuda.
    device: String,
    threads: u64,
    /// The request that opens it.
    pub(super) request: Value,
    /// How far the results may be apart.
    pub(super) tolerance: Tolerance,
    /// What its time is shown as.
    pub(super) unit: Unit,
}

impl Job {
    /// Where it runs, in the table.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.device, self.threads)
    }
}

/// All jobs, on each device with each number of threads; what a GPU has no part in, on the CPU alone, and what the
/// number of the CPU's threads decides little about, with one of them on a GPU.
pub(super) fn all(devices: &[String], threads: &[u64]) -> Vec<Job> {
    let (millis, within) = (Unit::Milliseconds, Tolerance::Relative(2e-3));
    let forward = |net: &str, size: u64, batch: u64| {
        let task = "forward";
        json!({ "task": task, "net": net, "size": size, "batch": batch })
    };
    let train = |optimizer: &str| {
        let mut request = forward("resnet18", 64, 32);
        request["task"] = "train".into();
        request["optimizer"] = optimizer.into();
        request["bfloat16"] = false.into();
        request
    };
    let bfloat16 = || {
        let mut request = train("sgd");
        request["bfloat16"] = true.into();
        request
    };
    let kinds = [
        (
            "pipeline: files to 224 x 224",
            json!({ "task": "pipeline", "most": PICTURES, "batch": 32 }),
            Tolerance::Mostly(TWO_LEVELS),
            Unit::PerSecond,
        ),
        (
            "forward: resnet18, 8 x 224",
            forward("resnet18", 224, 8),
            within,
            millis,
        ),
        (
            "forward: resnet50, 8 x 224",
            forward("resnet50", 224, 8),
            within,
            millis,
        ),
        (
            "forward: resnet18, 32 x 64",
            forward("resnet18", 64, 32),
            within,
            millis,
        ),
        (
            "train step: resnet18, 32 x 64, SGD",
            train("sgd"),
            within,
            millis,
        ),
        (
            "train step: resnet18, 32 x 64, AdamW",
            train("adamw"),
            within,
            millis,
        ),
        (
            "train step: resnet18, 32 x 64, SGD, bfloat16",
            bfloat16(),
            Tolerance::Relative(5e-2),
            millis,
        ),
        (
            "encode: MiniLM-L6, 32 texts of 8 to 32 tokens",
            json!({ "task": "encode" }),
            within,
            millis,
        ),
        (
            "train step: MiniLM-L6, 32 texts, AdamW",
            json!({ "task": "train text" }),
            within,
            millis,
        ),
        (
            "head: epoch of 5,000 x 512 by 64",
            json!({ "task": "probe" }),
            within,
            millis,
        ),
        (
            "head: 100 steps of 5,000 x 512",
            json!({ "task": "head" }),
            within,
            millis,
        ),
        (
            "load: resnet50 of torch.save",
            json!({ "task": "load" }),
            Tolerance::Relative(1e-9),
            millis,
        ),
    ];
    let mut jobs = Vec::new();
    for device in devices {
        let cpu = device == "cpu";
        for (name, request, tolerance, unit) in &kinds {
            if !cpu && *unit == Unit::PerSecond {
                continue;
            }
            for &threads in if cpu { threads } else { &threads[..1] } {
                let mut request = request.clone();
                request["do"] = "open".into();
                request["device"] = device.as_str().into();
                request["threads"] = threads.into();
                jobs.push(Job {
                    name,
                    device: device.clone(),
                    threads,
                    request,
                    tolerance: *tolerance,
                    unit: *unit,
                });
            }
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_says_where_and_what() {
        let jobs = all(&["cpu".to_owned(), "cuda".to_owned()], &[1, 4]);
        let on = |device: &str| jobs.iter().filter(|job| job.device == device).count();
        assert_eq!((on("cpu"), on("cuda")), (24, 11));
        for job in &jobs {
            assert_eq!(job.request["do"], "open");
            assert_eq!(
                job.place(),
                format!(
                    "{} {}",
                    job.request["device"].as_str().unwrap(),
                    job.request["threads"]
                )
            );
            assert!(job.request["task"].is_string(), "{job:?}");
        }
    }

    #[test]
    fn both_halves_know_every_task() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for half in ["python/bench.py", "../transfer/examples/bench/main.rs"] {
            let text = std::fs::read_to_string(folder.join(half)).unwrap();
            for job in all(&["cpu".to_owned()], &[1]) {
                let task = job.request["task"].to_string();
                assert!(text.contains(&task), "{half} has no {task}");
            }
        }
    }
}
