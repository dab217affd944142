//! The names that a pickle may use, and what each stands for here.

use super::super::element::{self, Element};

/// A name of Python's that is on the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Global {
    /// `dict` and its like.
    Dict,
    /// `list`, `tuple`, `torch.Size`: called with one sequence.
    Sequence(&'static str),
    /// One of `torch._utils._rebuild_…`.
    Rebuild(Rebuild),
    /// What rebuilds a tensor of a sort that is not read here.
    OtherTensor(&'static str),
    /// A class of storages.
    Storage(Element),
    /// A `torch.dtype`.
    DType(Element),
    /// Held as an inert object when called.
    Inert(&'static str),
}

/// What PyTorch's pickles call to make tensors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Rebuild {
    /// `(storage, offset, shape, strides)`
    Tensor,
    /// … and `(requires_grad, hooks[, metadata])`
    TensorV2,
    /// … and `(requires_grad, hooks, dtype[, metadata])`
    TensorV3,
    /// `(tensor, requires_grad, hooks[, state])`
    Parameter,
    /// `(function, type, args, state)`
    FromType,
}

/// Classes and functions without which a training checkpoint cannot be parsed, and that say nothing of tensors.
const INERT: [(&[&str], &[&str]); 9] = [
    (
        &["builtins", "__builtin__"],
        &[
            "set",
            "frozenset",
            "complex",
            "slice",
            "bytearray",
            "bytes",
            "range",
            "int",
            "float",
            "bool",
            "str",
            "object",
        ],
    ),
    (&["argparse"], &["Namespace"]),
    (&["types"], &["SimpleNamespace"]),
    (
        &["pathlib", "pathlib._local"],
        &[
            "Path",
            "PosixPath",
            "WindowsPath",
            "PurePath",
            "PurePosixPath",
            "PureWindowsPath",
        ],
    ),
    (&["datetime"], &["datetime", "date", "time", "timedelta"]),
    (&["_codecs"], &["encode"]),
    (
        &["torch"],
        &[
            "device",
            "Tensor",
            "per_tensor_affine",
            "per_channel_affine",
            "per_channel_affine_float_qparams",
            "contiguous_format",
            "channels_last",
            "preserve_format",
        ],
    ),
    (&["torch.nn.parameter"], &["Parameter", "Buffer"]),
    (
        &[
            "numpy",
            "numpy.core.multiarray",
            "numpy._core.multiarray",
            "numpy.core.numeric",
            "numpy._core.numeric",
        ],
        &["scalar", "dtype", "ndarray", "_reconstruct", "_frombuffer"],
    ),
];

/// What `module.name` stands for, if it is on the list.
pub(super) fn find(module: &str, name: &str) -> Option<Global> {
    let known = match (module, name) {
        ("collections", "OrderedDict" | "defaultdict" | "Counter") => Global::Dict,
        ("builtins" | "__builtin__", "dict") => Global::Dict,
        ("builtins" | "__builtin__", "list") => Global::Sequence("list"),
        ("builtins" | "__builtin__", "tuple") => Global::Sequence("tuple"),
        ("torch", "Size") => Global::Sequence("tuple"),
        ("torch._utils", "_rebuild_tensor") => Global::Rebuild(Rebuild::Tensor),
        ("torch._utils", "_rebuild_tensor_v2") => Global::Rebuild(Rebuild::TensorV2),
        ("torch._utils", "_rebuild_tensor_v3") => Global::Rebuild(Rebuild::TensorV3),
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
            Global::Rebuild(Rebuild::Parameter)
        }
        ("torch._tensor" | "torch._utils", "_rebuild_from_type_v2") => {
            Global::Rebuild(Rebuild::FromType)
        }
        ("torch._utils", "_rebuild_qtensor") => Global::OtherTensor("quantized"),
        ("torch._utils", "_rebuild_sparse_tensor") => Global::OtherTensor("sparse"),
        ("torch._utils", "_rebuild_sparse_csr_tensor") => Global::OtherTensor("sparse"),
        ("torch._utils", "_rebuild_nested_tensor") => Global::OtherTensor("nested"),
        ("torch._utils", "_rebuild_meta_tensor_no_storage") => Global::OtherTensor("meta"),
        ("torch._utils", "_rebuild_device_tensor_from_numpy") => Global::OtherTensor("device"),
        ("torch.storage", "UntypedStorage" | "_UntypedStorage") => Global::Storage(element::BYTES),
        ("torch", "UntypedStorage") => Global::Storage(element::BYTES),
        ("torch" | "torch.cuda", class) if class.ends_with("Storage") => {
            Global::Storage(element::of_storage(class)?)
        }
        ("torch.serialization", "_get_layout") => Global::Inert("_get_layout"),
        ("torch", dtype) if element::of_dtype(dtype).is_some() => {
            Global::DType(element::of_dtype(dtype)?)
        }
        _ => {
            let rows = INERT
                .iter()
                .filter(|(modules, _)| modules.contains(&module));
            let mut names = rows.flat_map(|(_, names)| names.iter());
            Global::Inert(names.find(|known| **known == name)?)
        }
    };
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_run_something_is_not_on_the_list() {
        for (module, name) in [
            ("os", "system"),
            ("posix", "system"),
            ("builtins", "eval"),
            ("builtins", "exec"),
            ("builtins", "getattr"),
            ("builtins", "__import__"),
            ("__builtin__", "apply"),
            ("subprocess", "Popen"),
            ("torch", "load"),
            ("torch.storage", "_load_from_bytes"),
            ("torch", "NoSuchStorage"),
            ("torchvision.models.resnet", "ResNet"),
            ("", ""),
        ] {
            assert_eq!(find(module, name), None, "{module}.{name}");
        }
        assert_eq!(find("torch", "float"), find("torch", "float32"));
        assert_eq!(find("numpy", "dtype"), Some(Global::Inert("dtype")));
    }
}
