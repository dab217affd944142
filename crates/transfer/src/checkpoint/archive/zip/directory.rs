//! The central directory.

use std::collections::HashMap;

use super::super::limits::{DIRECTORY_BYTES, UNPACKED_FREE, UNPACKED_RATIO};
use super::super::{Flaw, Result, Source};
use super::{Record, number};

const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";
const END_BYTES: usize = 22;
const END64_BYTES: usize = 56;
const LOCATOR64_BYTES: usize = 20;
const ENTRY_BYTES: usize = 46;
/// What a 32-bit field says when the number is in the zip64 field.
const IN_ZIP64: u64 = 0xffff_ffff;

/// All records of an archive, by name.
pub(in super::super) struct Directory {
    records: HashMap<Box<str>, Record>,
    first: Box<str>,
}

impl Directory {
    /// Reads the directory of an archive.
    pub(in super::super) fn read(source: &Source) -> Result<Directory> {
        let end = End::read(source)?;
        let mut bytes = vec![0; end.size as usize];
        source.fill(end.offset, &mut bytes)?;
        let mut found = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() && found.len() as u64 != end.entries {
            let (name, record, length) = entry(rest)?;
            found.push((name, record));
            rest = &rest[length..];
        }
        if found.len() as u64 != end.entries || !rest.is_empty() {
            return Flaw::damaged("its zip directory has another length than it says");
        }
        let Some(first) = found.first().map(|(name, _)| name.clone()) else {
            return Flaw::damaged("its zip directory is empty");
        };
        let packed = check_places(&mut found, end.offset)?;
        let unpacked = found
            .iter()
            .try_fold(0u64, |sum, (_, record)| sum.checked_add(record.size));
        let most = packed.saturating_mul(UNPACKED_RATIO) + UNPACKED_FREE;
        if unpacked.is_none_or(|unpacked| unpacked > most) {
            return Flaw::limit(format!(
                "its {packed} packed bytes would unpack to more than {most}"
            ));
        }
        let mut records = HashMap::with_capacity(found.len());
        for (name, record) in found {
            if records.contains_key(&name) {
                return Flaw::damaged(format!("two of its zip records are named {name:?}"));
            }
            records.insert(name, record);
        }
        Ok(Directory { records, first })
    }

    /// The name of the first record.
    pub(in super::super) fn first(&self) -> &str {
        &self.first
    }

    /// The names of all records, in no order.
    pub(in super::super) fn names(&self) -> impl Iterator<Item = &str> {
        self.records.keys().map(|name| &**name)
    }

    /// Whether there is a record of that name.
    pub(in super::super) fn contains(&self, name: &str) -> bool {
        self.records.contains_key(name)
    }

    /// The record of that name.
    pub(in super::super) fn get(&self, name: &str) -> Result<&Record> {
        self.records
            .get(name)
            .ok_or_else(|| Flaw::Damaged(format!("it has no zip record {name:?}")))
    }
}

/// Orders the records by their places, has each end where the next begins, and adds up their packed bytes. With
/// that, no byte of the file belongs to two records.
fn check_places(found: &mut [(Box<str>, Record)], directory: u64) -> Result<u64> {
    found.sort_by_key(|(_, record)| record.header);
    let mut end = directory;
    let mut packed = 0;
    for (name, record) in found.iter_mut().rev() {
        record.bound = end;
        let least = record.header.checked_add(Record::HEADER_BYTES);
        let least = least.and_then(|start| start.checked_add(record.packed));
        if least.is_none_or(|least| least > end) {
            return Flaw::damaged(format!("its zip record {name:?} overlaps what follows it"));
        }
        end = record.header;
        packed += record.packed;
    }
    Ok(packed)
}

/// Where the directory is.
struct End {
    entries: u64,
    size: u64,
    offset: u64,
}

impl End {
    fn read(source: &Source) -> Result<End> {
        // The end record is last, but for a comment of at most 65535 bytes.
        let length = source.length();
        let tail = length.min((END_BYTES + LOCATOR64_BYTES + 0xffff) as u64);
        let mut bytes = vec![0; tail as usize];
        source.fill(length - tail, &mut bytes)?;
        let places = bytes.windows(END.len()).enumerate().rev();
        let at = places
            .filter(|(_, part)| *part == END)
            .map(|(at, _)| at)
            .find(|&at| {
                bytes.len() >= at + END_BYTES
                    && at + END_BYTES + number(&bytes, at + 20, 2) as usize == bytes.len()
            });
        let Some(at) = at else {
            return Flaw::damaged("its zip directory is missing: the file is cut short");
        };
        let mut end = End {
            entries: number(&bytes, at + 10, 2),
            size: number(&bytes, at + 12, 4),
            offset: number(&bytes, at + 16, 4),
        };
        let mut limit = length - tail + at as u64;
        let locator = at.checked_sub(LOCATOR64_BYTES);
        if let Some(locator) = locator.filter(|&locator| bytes[locator..].starts_with(LOCATOR64)) {
            limit = number(&bytes, locator + 8, 8);
            let mut record = [0; END64_BYTES];
            source.fill(limit, &mut record)?;
            if !record.starts_with(END64) {
                return Flaw::damaged("its zip64 directory is not where it should be");
            }
            end = End {
                entries: number(&record, 32, 8),
                size: number(&record, 40, 8),
                offset: number(&record, 48, 8),
            };
        }
        if end.size > DIRECTORY_BYTES {
            return Flaw::limit(format!(
                "its zip directory has {} bytes (at most {DIRECTORY_BYTES} are read)",
                end.size
            ));
        }
        match end.offset.checked_add(end.size) {
            Some(stop) if stop <= limit => Ok(end),
            _ => Flaw::damaged("its zip directory is not within the file"),
        }
    }
}

/// The first entry of `bytes`, and how many bytes it takes.
fn entry(bytes: &[u8]) -> Result<(Box<str>, Record, usize)> {
    let cut = || Flaw::Damaged("its zip directory is cut short".into());
    if bytes.len() < ENTRY_BYTES || !bytes.starts_with(ENTRY) {
        return Err(cut());
    }
    let field = |at, width| number(bytes, at, width);
    let name_end = ENTRY_BYTES + field(28, 2) as usize;
    let extra_end = name_end + field(30, 2) as usize;
    let length = extra_end + field(32, 2) as usize;
    if bytes.len() < length {
        return Err(cut());
    }
    let name = &bytes[ENTRY_BYTES..name_end];
    let Ok(name) = std::str::from_utf8(name) else {
        return Flaw::damaged(format!(
            "its zip record {:?} has a name that is not UTF-8",
            name.escape_ascii().to_string()
        ));
    };
    if field(8, 2) & 1 != 0 {
        return Err(Flaw::Unsupported(format!(
            "its zip record {name:?} is encrypted"
        )));
    }
    let mut zip64 = Zip64::of(&bytes[name_end..extra_end]);
    let record = Record {
        method: field(10, 2) as u16,
        checksum: field(16, 4) as u32,
        size: zip64.or(field(24, 4)).ok_or_else(cut)?,
        packed: zip64.or(field(20, 4)).ok_or_else(cut)?,
        header: zip64.or(field(42, 4)).ok_or_else(cut)?,
        bound: 0,
    };
    record.check(name)?;
    Ok((name.into(), record, length))
}

/// The numbers of a zip64 extra field, in their order.
struct Zip64<'a>(&'a [u8]);

impl Zip64<'_> {
    fn of(mut extra: &[u8]) -> Zip64<'_> {
        while extra.len() >= 4 {
            let (id, length) = (number(extra, 0, 2), number(extra, 2, 2) as usize);
            let Some(body) = extra.get(4..4 + length) else {
                break;
            };
            if id == 1 {
                return Zip64(body);
            }
            extra = &extra[4 + length..];
        }
        Zip64(&[])
    }

    /// `field`, or the next number here if that is what it says.
    fn or(&mut self, field: u64) -> Option<u64> {
        if field != IN_ZIP64 {
            return Some(field);
        }
        let (first, rest) = self.0.split_at_checked(8)?;
        self.0 = rest;
        Some(number(first, 0, 8))
    }
}
