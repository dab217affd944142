//! Which device to compute on, and where randomness starts.

use tch::{Cuda, Device};

use crate::{Error, Result};

/// The first CUDA device if libtorch sees one, otherwise the CPU.
#[must_use]
pub fn best_device() -> Device {
    Device::cuda_if_available()
}

/// The device of that name: `"auto"` ([`best_device`]), `"cpu"`, `"cuda"` or `"cuda:N"`.
///
/// # Errors
///
/// A name that is none of these, or a CUDA device that libtorch does not see.
pub fn device(name: &str) -> Result<Device> {
    let cuda = |index: usize| {
        let count = usize::try_from(Cuda::device_count()).unwrap_or(0);
        if index < count {
            return Ok(Device::Cuda(index));
        }
        let found = format!("{name:?}, where libtorch sees {count} CUDA devices");
        Err(Error::argument(
            "device",
            "\"cpu\", or a CUDA device that exists",
            found,
        ))
    };
    match name {
        "auto" => Ok(best_device()),
        "cpu" => Ok(Device::Cpu),
        "cuda" => cuda(0),
        _ => match name
            .strip_prefix("cuda:")
            .and_then(|index| index.parse().ok())
        {
            Some(index) => cuda(index),
            None => Err(Error::argument(
                "device",
                "\"auto\", \"cpu\", \"cuda\" or \"cuda:N\"",
                format!("{name:?}"),
            )),
        },
    }
}

/// Seeds libtorch's generators (new weights, dropout). What this crate draws itself (pictures, splits, the
/// order of batches) takes its seed as an argument and does not depend on this.
pub fn set_seed(seed: u64) {
    tch::manual_seed(seed.cast_signed());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood() {
        assert_eq!(device("cpu").unwrap(), Device::Cpu);
        let message = device("gpu").unwrap_err().to_string();
        assert!(
            message.contains("\"gpu\"") && message.contains("cuda:N"),
            "{message}"
        );
    }
}
