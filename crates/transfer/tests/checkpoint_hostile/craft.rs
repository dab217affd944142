//! Archives and pickles, byte by byte.

/// One record of a zip archive, as its directory describes it.
pub(crate) struct Record<'a> {
    pub(crate) name: &'a str,
    pub(crate) method: u16,
    pub(crate) bytes: Vec<u8>,
    pub(crate) size: u64,
}

pub(crate) fn stored<'a>(name: &'a str, bytes: &[u8]) -> Record<'a> {
    Record {
        name,
        method: 0,
        bytes: bytes.to_vec(),
        size: bytes.len() as u64,
    }
}

/// A zip archive without checksums; with `zip64`, every number is in the wide fields.
pub(crate) fn zip(records: &[Record], zip64: bool) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for record in records {
        let header = file.len() as u64;
        file.extend(b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        file.extend((record.name.len() as u16).to_le_bytes());
        file.extend(4u16.to_le_bytes());
        file.extend(record.name.as_bytes());
        file.extend(b"FB\0\0");
        file.extend(&record.bytes);
        let numbers = [record.size, record.bytes.len() as u64, header];
        let short = numbers.map(|number| if zip64 { u32::MAX } else { number as u32 });
        directory.extend(b"PK\x01\x02\0\0\0\0\0\0");
        directory.extend(record.method.to_le_bytes());
        directory.extend([0; 8]);
        directory.extend(short[1].to_le_bytes());
        directory.extend(short[0].to_le_bytes());
        directory.extend((record.name.len() as u16).to_le_bytes());
        directory.extend((if zip64 { 28u16 } else { 0 }).to_le_bytes());
        directory.extend([0; 10]);
        directory.extend(short[2].to_le_bytes());
        directory.extend(record.name.as_bytes());
        if zip64 {
            directory.extend([1, 0, 24, 0]);
            directory.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
    }
    let (start, size) = (file.len() as u64, directory.len() as u64);
    let count = records.len() as u64;
    file.extend(directory);
    if zip64 {
        let end = file.len() as u64;
        file.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        file.extend(
            [count, count, size, start]
                .iter()
                .flat_map(|n| n.to_le_bytes()),
        );
        file.extend(b"PK\x06\x07\0\0\0\0");
        file.extend(end.to_le_bytes());
        file.extend([1, 0, 0, 0]);
    }
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(
        [count as u16, count as u16]
            .iter()
            .flat_map(|n| n.to_le_bytes()),
    );
    let wide = |number: u64| if zip64 { u32::MAX } else { number as u32 };
    file.extend(wide(size).to_le_bytes());
    file.extend(wide(start).to_le_bytes());
    file.extend([0, 0]);
    file
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    [
        &b"X"[..],
        &(text.len() as u32).to_le_bytes(),
        text.as_bytes(),
    ]
    .concat()
}

pub(crate) fn long(number: u64) -> Vec<u8> {
    [&b"\x8a\x09"[..], &number.to_le_bytes(), b"\0"].concat()
}

/// A float tensor of one dimension: a storage of `numel`, `offset`, `size`, `stride` (as pickled integers).
pub(crate) fn tensor(numel: &[u8], offset: &[u8], size: &[u8], stride: &[u8]) -> Vec<u8> {
    let storage = [
        &b"("[..],
        &text("storage"),
        b"ctorch\nFloatStorage\n",
        &text("0"),
        &text("cpu"),
        numel,
        b"tQ",
    ];
    let head = b"ctorch._utils\n_rebuild_tensor_v2\n(";
    [
        &head[..],
        &storage.concat(),
        offset,
        size,
        b"\x85",
        stride,
        b"\x85\x89}tR",
    ]
    .concat()
}

pub(crate) fn pickle(body: &[u8]) -> Vec<u8> {
    [&b"\x80\x02"[..], body, b"."].concat()
}

pub(crate) fn archive(body: &[u8]) -> Vec<u8> {
    let records = [
        stored("a/data.pkl", &pickle(body)),
        stored("a/data/0", &[0; 16]),
    ];
    zip(&records, false)
}

pub(crate) fn dict_of(tensor: &[u8]) -> Vec<u8> {
    [&b"}"[..], &text("w"), tensor, b"s"].concat()
}
