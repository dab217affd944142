//! What there is to compute with.

use std::fmt;
use std::fs;

use tch::{Cuda, Device};

use crate::best_device;

/// What a training can count on here; as text, a line for each.
///
/// ```
/// use transfer::Machine;
///
/// let machine: Machine = Machine::here();
/// assert!(machine.cores >= 1);
/// println!("{machine}");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Machine {
    /// The version of the libtorch that this crate was compiled for; `None`: its headers do not say.
    pub libtorch: Option<&'static str>,
    /// What [`best_device`] chooses.
    pub device: Device,
    /// How many CUDA devices libtorch sees.
    pub cuda_devices: usize,
    /// What the processor calls itself; Linux alone tells.
    pub processor: Option<String>,
    /// Processors that this process may use.
    pub cores: usize,
    /// Threads in which libtorch computes one operation.
    pub threads: usize,
    /// All memory, in bytes; Linux alone tells.
    pub memory: Option<u64>,
    /// Memory that programs can still have, in bytes; Linux alone tells.
    pub free_memory: Option<u64>,
}

impl Machine {
    /// The machine that this runs on, as it is now.
    #[must_use]
    pub fn here() -> Self {
        let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            libtorch: option_env!("TRANSFER_LIBTORCH"),
            device: best_device(),
            cuda_devices: usize::try_from(Cuda::device_count()).unwrap_or(0),
            processor: processor(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
            cores: std::thread::available_parallelism().map_or(1, |cores| cores.get()),
            threads: usize::try_from(tch::get_num_threads()).unwrap_or(1),
            memory: bytes(&info, "MemTotal:"),
            free_memory: bytes(&info, "MemAvailable:"),
        }
    }
}

/// The memory that a piece of work takes, such as a training.
///
/// ```
/// use transfer::MemoryMeter;
///
/// let meter: MemoryMeter = MemoryMeter::start();
/// // Work.
/// if let Some(bytes) = meter.peak() {
///     println!("{:.0} MB", bytes as f64 / 1e6);
/// }
/// ```
#[derive(Debug)]
pub struct MemoryMeter {
    before: Option<u64>,
}

impl MemoryMeter {
    /// Starts to measure. What was freed before goes back to the system, so that using it again counts, and the mark of
    /// the most that the process ever had is set to what it has now (for [`Epoch::peak_memory`](crate::train::Epoch),
    /// too).
    #[must_use]
    pub fn start() -> Self {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        {
            unsafe extern "C" {
                fn malloc_trim(pad: usize) -> i32;
            }
            // SAFETY: glibc's own function, which may be called at any time from any thread.
            let _released = unsafe { malloc_trim(0) };
        }
        // Where that is forbidden, the mark stays where it was, and the measurement would count what was before.
        let reset = fs::write("/proc/self/clear_refs", "5").is_ok();
        let before = reset.then(|| status("VmRSS:")).flatten();
        Self { before }
    }

    /// The most that the process has had resident since, beyond what it had at the start, in bytes; `None` where the
    /// system does not tell (Linux does). A GPU's memory does not count.
    #[must_use]
    pub fn peak(&self) -> Option<u64> {
        Some(status("VmHWM:")?.saturating_sub(self.before?))
    }
}

/// What the system says of this process' memory, in bytes.
pub(crate) fn status(name: &str) -> Option<u64> {
    bytes(&fs::read_to_string("/proc/self/status").ok()?, name)
}

/// The first one that `/proc/cpuinfo` names.
fn processor(info: &str) -> Option<String> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    let (_, name) = line.split_once(':')?;
    Some(name.trim().to_owned())
}

/// What a line of `/proc/meminfo`, or of a process' `status`, says in kilobytes.
fn bytes(info: &str, name: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        writeln!(f, "libtorch  {}", self.libtorch.unwrap_or("unknown"))?;
        writeln!(
            f,
            "device    {:?} ({} CUDA devices seen)",
            self.device, self.cuda_devices
        )?;
        write!(
            f,
            "threads   {} for an operation, on {} cores",
            self.threads, self.cores
        )?;
        if let Some(processor) = &self.processor {
            write!(f, " ({processor})")?;
        }
        if let (Some(all), Some(free)) = (self.memory, self.free_memory) {
            let (all, free) = (gigabytes(all), gigabytes(free));
            write!(f, "\nmemory    {all:.1} GB, {free:.1} GB of it free")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read() {
        let info = "MemTotal:       24577000 kB\nMemFree:  1 kB\nMemAvailable:   20000000 kB\n";
        assert_eq!(bytes(info, "MemTotal:"), Some(24_577_000 * 1024));
        assert_eq!(bytes(info, "MemAvailable:"), Some(20_000_000 * 1024));
        assert_eq!(bytes("", "MemTotal:"), None);
    }

    #[test]
    fn a_processor_is_named() {
        let info = "processor\t: 0\nmodel name\t: A Fast One @ 2.0GHz\nmodel name\t: another\n";
        assert_eq!(processor(info).as_deref(), Some("A Fast One @ 2.0GHz"));
        assert_eq!(processor("Processor: ARM\n"), None);
    }

    #[test]
    fn what_is_here_is_told() {
        let machine = Machine::here();
        assert!(machine.threads >= 1 && machine.libtorch.is_some_and(|it| it.starts_with("2.")));
        let text = machine.to_string();
        for part in ["libtorch  2.", "device", "threads"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
