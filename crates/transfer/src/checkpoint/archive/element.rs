//! The types of numbers, by the names that PyTorch's pickles give them.

/// A type of numbers that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DType {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

/// A type of numbers: its name, its size, and whether it is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// The dtype's name in `torch`.
    pub(crate) name: &'static str,
    /// Bytes.
    pub(crate) size: u64,
    /// `None` for what is not read here.
    pub(crate) dtype: Option<DType>,
}

const fn read(name: &'static str, size: u64, dtype: DType) -> Element {
    let dtype = Some(dtype);
    Element { name, size, dtype }
}

const fn other(name: &'static str, size: u64) -> Element {
    let dtype = None;
    Element { name, size, dtype }
}

/// Bare bytes: what an `UntypedStorage` holds.
pub(super) const BYTES: Element = read("uint8", 1, DType::U8);

/// Storage class (empty: there is none, such tensors lie in an `UntypedStorage`), aliases of the dtype, element.
const ELEMENTS: [(&str, &[&str], Element); 30] = [
    ("DoubleStorage", &["double"], read("float64", 8, DType::F64)),
    ("FloatStorage", &["float"], read("float32", 4, DType::F32)),
    ("HalfStorage", &["half"], read("float16", 2, DType::F16)),
    ("BFloat16Storage", &[], read("bfloat16", 2, DType::BF16)),
    ("LongStorage", &["long"], read("int64", 8, DType::I64)),
    ("IntStorage", &["int"], read("int32", 4, DType::I32)),
    ("ShortStorage", &["short"], read("int16", 2, DType::I16)),
    ("CharStorage", &[], read("int8", 1, DType::I8)),
    ("ByteStorage", &[], BYTES),
    ("BoolStorage", &[], read("bool", 1, DType::Bool)),
    ("ComplexFloatStorage", &["cfloat"], other("complex64", 8)),
    (
        "ComplexDoubleStorage",
        &["cdouble"],
        other("complex128", 16),
    ),
    ("", &["chalf"], other("complex32", 4)),
    ("QInt8Storage", &[], other("qint8", 1)),
    ("QUInt8Storage", &[], other("quint8", 1)),
    ("QInt32Storage", &[], other("qint32", 4)),
    ("QUInt4x2Storage", &[], other("quint4x2", 1)),
    ("QUInt2x4Storage", &[], other("quint2x4", 1)),
    ("", &[], other("float8_e4m3fn", 1)),
    ("", &[], other("float8_e5m2", 1)),
    ("", &[], other("float8_e4m3fnuz", 1)),
    ("", &[], other("float8_e5m2fnuz", 1)),
    ("", &[], other("float8_e8m0fnu", 1)),
    ("", &[], other("float4_e2m1fn_x2", 1)),
    ("", &[], other("uint16", 2)),
    ("", &[], other("uint32", 4)),
    ("", &[], other("uint64", 8)),
    ("", &[], other("bits8", 1)),
    ("", &[], other("bits16", 2)),
    ("", &[], other("int4", 1)),
];

/// What a storage of that class holds.
pub(super) fn of_storage(class: &str) -> Option<Element> {
    let found = ELEMENTS.iter().find(|(storage, ..)| *storage == class);
    found.filter(|_| !class.is_empty()).map(|found| found.2)
}

/// The dtype `torch.<name>`.
pub(super) fn of_dtype(name: &str) -> Option<Element> {
    ELEMENTS
        .iter()
        .find(|(_, aliases, element)| element.name == name || aliases.contains(&name))
        .map(|found| found.2)
}
