//! An audit as a few lines of text.

use std::collections::BTreeMap;
use std::fmt;

use super::Audit;

/// How many unreadable files are named.
const SHOWN: usize = 8;

/// The parts, sizes and formats; then whatever should make one look: classes of very different sizes, what cannot be read,
/// what is there twice.
impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |part| {
            self.pictures
                .iter()
                .filter(|picture| picture.part == part)
                .count()
        };
        let parts: Vec<String> = (0..)
            .zip(&self.parts)
            .map(|(part, name)| format!("{name}: {}", count(part)))
            .collect();
        let classes = self.classes.len();
        write!(
            f,
            "{} pictures ({}), {classes} classes",
            self.pictures.len(),
            parts.join(", ")
        )?;
        self.sizes(f)?;
        for (part, name) in self.parts.iter().enumerate() {
            self.balance(f, part, name)?;
        }
        if self.ignored > 0 {
            write!(
                f,
                "\n{} files have no picture's name and were passed over",
                self.ignored
            )?;
        }
        if !self.unreadable.is_empty() {
            write!(f, "\n{} files cannot be read:", self.unreadable.len())?;
        }
        for skipped in self.unreadable.iter().take(SHOWN) {
            write!(f, "\n  {skipped}")?;
        }
        if self.unreadable.len() > SHOWN {
            write!(f, "\n  … and {} more", self.unreadable.len() - SHOWN)?;
        }
        if !self.duplicates.is_empty() {
            let (leaks, conflicts) = (
                self.leaks(&self.duplicates),
                self.conflicts(&self.duplicates),
            );
            let groups = self.duplicates.len();
            write!(
                f,
                "\n{groups} groups of files that are the same to the byte: {} in more than one part, {} with more than one label",
                leaks.len(),
                conflicts.len()
            )?;
        }
        Ok(())
    }
}

impl Audit {
    fn sizes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let smallest = self
            .headers()
            .min_by_key(|header| area(header.width, header.height));
        let largest = self
            .headers()
            .max_by_key(|header| area(header.width, header.height));
        let (Some(smallest), Some(largest)) = (smallest, largest) else {
            return Ok(());
        };
        let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
        for header in self.headers() {
            *formats.entry(&header.format).or_default() += 1;
        }
        let formats: Vec<String> = formats
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let grey = self.headers().filter(|header| header.grayscale).count();
        write!(
            f,
            "\nfrom {} x {} to {} x {} pixels; {}; {grey} without colours",
            smallest.width,
            smallest.height,
            largest.width,
            largest.height,
            formats.join(", ")
        )
    }

    fn balance(&self, f: &mut fmt::Formatter<'_>, part: usize, name: &str) -> fmt::Result {
        let counts = self.counts(part);
        let named = |extreme: Option<(usize, &usize)>| {
            extreme.map(|(class, count)| (&self.classes[class], *count))
        };
        let smallest = named(counts.iter().enumerate().min_by_key(|(_, count)| **count));
        let largest = named(
            counts
                .iter()
                .enumerate()
                .rev()
                .max_by_key(|(_, count)| **count),
        );
        match (smallest, largest) {
            (Some((small, least)), Some((large, most))) if least < most => {
                write!(
                    f,
                    "\n{name}: {least} of {small:?} to {most} of {large:?}, 1 to {:.1}",
                    self.imbalance(part)
                )
            }
            _ => Ok(()),
        }
    }
}
