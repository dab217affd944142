//! Archives to folders. An archive is foreign input: it may name places outside its folder, and hold more than the
//! disk. Everything goes to a temporary folder first, and one that is refused leaves nothing behind.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::progress::{Meter, Stage};
use crate::{Error, Result};

/// The most files and folders of one archive.
const MOST_ENTRIES: u64 = 1 << 20;

/// Unpacks a `.tar.gz`, `.tgz` or `.zip` of at most `most` bytes, and gives its folder `inner` the name `target`.
pub(super) fn unpack(
    archive: &Path,
    inner: &str,
    most: u64,
    target: &Path,
    meter: &mut Meter,
) -> Result<()> {
    let parent = target.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new()
        .prefix(".unpack-")
        .tempdir_in(parent)
        .map_err(Error::io("write", parent))?;
    let mut sink = Sink {
        archive,
        root: temporary.path(),
        most,
        written: 0,
        entries: 0,
    };
    let file = File::open(archive).map_err(Error::io("read", archive))?;
    let size = file.metadata().map_err(Error::io("read", archive))?.len();
    meter.begin(Stage::Unpacking, 0, Some(size));
    let name = archive.to_string_lossy().to_lowercase();
    if name.ends_with(".zip") {
        sink.zip(file, size, meter)?;
    } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        sink.tar(file, meter)?;
    } else {
        return Err(sink.refused("expected a name that ends in .zip, .tar.gz or .tgz"));
    }
    let unpacked = temporary.path().join(inner);
    if !unpacked.is_dir() {
        return Err(sink.refused(format!("expected a folder {inner:?} in it, found none")));
    }
    fs::rename(&unpacked, target).map_err(Error::io("write", target))?;
    meter.finish();
    Ok(())
}

/// The temporary folder, and what it may hold.
struct Sink<'a> {
    archive: &'a Path,
    root: &'a Path,
    most: u64,
    written: u64,
    entries: u64,
}

impl Sink<'_> {
    fn refused(&self, reason: impl Into<String>) -> Error {
        Error::Archive {
            path: self.archive.to_owned(),
            reason: reason.into(),
        }
    }

    fn damaged(&self, error: impl std::fmt::Display) -> Error {
        self.refused(format!("it is damaged: {error}"))
    }

    fn zip(&mut self, file: File, size: u64, meter: &mut Meter) -> Result<()> {
        let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| self.damaged(e))?;
        let count = zip.len() as u64;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|e| self.damaged(e))?;
            let name = entry.name().map_err(|e| self.damaged(e))?.into_owned();
            if entry.is_symlink() {
                return Err(self.refused(format!("{name:?} is a link")));
            }
            let path = self.inside(Path::new(&name))?;
            if entry.is_dir() {
                fs::create_dir_all(&path).map_err(Error::io("write", &path))?;
            } else {
                self.write(&path, &mut entry)?;
            }
            meter.advance(size / count.max(1));
        }
        Ok(())
    }

    fn tar(&mut self, file: File, meter: &mut Meter) -> Result<()> {
        let counted = Counted { file, meter };
        let mut tar = tar::Archive::new(MultiGzDecoder::new(BufReader::new(counted)));
        for entry in tar.entries().map_err(|e| self.damaged(e))? {
            let mut entry = entry.map_err(|e| self.damaged(e))?;
            let name = entry.path().map_err(|e| self.damaged(e))?.into_owned();
            let kind = entry.header().entry_type();
            if kind == tar::EntryType::XGlobalHeader {
                continue;
            }
            let path = self.inside(&name)?;
            if kind.is_dir() {
                fs::create_dir_all(&path).map_err(Error::io("write", &path))?;
            } else if kind.is_file() || kind.is_contiguous() {
                self.write(&path, &mut entry)?;
            } else {
                return Err(self.refused(format!("{name:?} is neither a file nor a folder")));
            }
        }
        Ok(())
    }

    /// Where an entry goes: below the temporary folder, whatever its name says. Links are refused, so no folder on
    /// the way leads elsewhere.
    fn inside(&mut self, name: &Path) -> Result<PathBuf> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(self.refused(format!("it has more than {MOST_ENTRIES} entries")));
        }
        let mut path = self.root.to_owned();
        for component in name.components() {
            match component {
                Component::Normal(part) if !part.to_string_lossy().contains(['\\', '\0', ':']) => {
                    path.push(part);
                }
                Component::CurDir => {}
                _ => return Err(self.refused(format!("{name:?} leads out of its folder"))),
            }
        }
        Ok(path)
    }

    fn write(&mut self, path: &Path, content: &mut impl Read) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
        }
        // A name that comes twice is refused.
        let mut file = File::create_new(path).map_err(Error::io("write", path))?;
        let left = self.most - self.written;
        let mut content = content.take(left + 1);
        let mut buffer = vec![0; 1 << 16];
        let mut copied = 0;
        loop {
            let read = content.read(&mut buffer).map_err(|e| self.damaged(e))?;
            if read == 0 {
                break;
            }
            copied += read as u64;
            file.write_all(&buffer[..read])
                .map_err(Error::io("write", path))?;
        }
        if copied > left {
            return Err(self.refused(format!(
                "it holds more than {} bytes, the most that is expected of it",
                self.most
            )));
        }
        self.written += copied;
        Ok(())
    }
}

/// A file whose reading is progress.
struct Counted<'a> {
    file: File,
    meter: &'a mut Meter,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.meter.advance(read as u64);
        Ok(read)
    }
}
