//! What the process has used, as the system tells it: on Linux from `/proc`, elsewhere nothing; a GPU's memory as the
//! driver's own tool tells it, since libtorch's C++ interface to its allocator is not wrapped.

use std::fs;
use std::process::Command;

use tch::Device;

use crate::machine::status;

/// The most memory that this process has had resident so far, or since a [`MemoryMeter`](crate::MemoryMeter) was started
/// last, in bytes.
pub(super) fn peak_memory() -> Option<u64> {
    status("VmHWM:")
}

/// The processor time of this process so far, on all cores, in seconds.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    let after_name = &stat[stat.rfind(')')? + 1..];
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    let (user, system) = (ticks()?, ticks()?);
    // Linux shows user space hundredths of a second whatever its own clock is.
    Some((user + system) / 100.0)
}

/// The memory in use on a GPU of NVIDIA's at this moment, by all processes, in bytes.
pub(super) fn gpu_memory(device: Device) -> Option<u64> {
    let Device::Cuda(index) = device else {
        return None;
    };
    let output = Command::new("nvidia-smi")
        .arg(format!("--id={index}"))
        .args(["--query-gpu=memory.used", "--format=csv,noheader,nounits"])
        .output()
        .ok()?;
    from_mebibytes(&String::from_utf8_lossy(&output.stdout))
}

fn from_mebibytes(text: &str) -> Option<u64> {
    let mebibytes: u64 = text.trim().parse().ok()?;
    mebibytes.checked_mul(1 << 20)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_gpus_memory_is_read_where_there_is_one() {
        assert_eq!(from_mebibytes("1234\n"), Some(1234 << 20));
        for text in [
            "",
            "[N/A]\n",
            "No devices were found\n",
            "18446744073709551615",
        ] {
            assert_eq!(from_mebibytes(text), None, "{text:?}");
        }
        assert_eq!(gpu_memory(Device::Cpu), None);
    }

    #[test]
    fn linux_tells() {
        assert!(peak_memory().is_some_and(|bytes| bytes > 1 << 20));
        assert!(cpu_seconds().is_some_and(|seconds| (0.0..1e6).contains(&seconds)));
    }
}
