//! Files that are there whole or not at all.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::{Error, Result};

/// Writes a file beside its place and renames it: whoever looks sees the old one, or none, until the new one is
/// complete. Who may read it is decided as for any new file (the umask).
pub(crate) fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone unless told otherwise; this one is to stay.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder
        .tempfile_in(folder)
        .map_err(Error::io("write", path))?;
    let mut writer = BufWriter::new(file.as_file());
    fill(&mut writer)?;
    writer.flush().map_err(Error::io("write", path))?;
    drop(writer);
    file.as_file()
        .sync_all()
        .map_err(Error::io("write", path))?;
    file.persist(path)
        .map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

/// The same for bytes that are at hand.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(path, |writer| {
        writer.write_all(bytes).map_err(Error::io("write", path))
    })
}

/// The same for JSON, for people to read.
pub(crate) fn write_json(path: &Path, value: &serde_json::Value) -> Result<()> {
    write_bytes(path, format!("{value:#}\n").as_bytes())
}

/// Reads a file of JSON.
pub(crate) fn read_json(path: &Path) -> Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    serde_json::from_str(&text).map_err(|error| Error::Dataset {
        path: path.into(),
        reason: format!("expected JSON: {error}"),
    })
}
