//! Which files there will be, and what is wrong with which.

use std::path::{Path, PathBuf};

use super::content::{Again, Content, Shot};
use super::{Flaw, PlantedFlaw};
use crate::Result;
use crate::data::rng::Rng;
use crate::data::synth::SpeciesSet;

/// The species of the folder: such as the shipped net tells apart in 19 of 20 cases, so that a label that it contradicts is
/// more often wrong than hard.
const SPECIES: [&str; 8] = [
    "ash", "birch", "fig", "ginkgo", "holly", "maple", "oak", "plantain",
];
/// The one with few pictures.
const RARE: &str = "holly";
/// How many sound photographs of each species, to learn from and to be judged by.
const TRAIN: [u64; 2] = [44, 12];
const VAL: [u64; 2] = [16, 6];
/// How many without a label.
const NEW: u64 = 22;
/// The side of a photograph in pixels: as if from several cameras.
const SIDES: [u32; 4] = [80, 96, 112, 128];

const ODD_NAMES: [&str; 6] = [
    "Blatt (Kopie 2), groß.jpg",
    "l'été – \"feuille\".jpg",
    "50 % off; leaf #7.JPG",
    " leading space.jpeg",
    "葉と影.jpg",
    "no.dots.but.many.jpg",
];

/// A file in the making.
#[derive(Debug, Clone)]
pub(super) struct PlannedFile {
    pub(super) path: PathBuf,
    pub(super) content: Content,
    flaw: Option<Flaw>,
    original: Option<PathBuf>,
    truth: Option<String>,
}

impl PlannedFile {
    fn sound(path: PathBuf, content: Content) -> Self {
        Self {
            path,
            content,
            flaw: None,
            original: None,
            truth: None,
        }
    }

    fn flawed(path: PathBuf, content: Content, flaw: Flaw) -> Self {
        Self {
            flaw: Some(flaw),
            ..Self::sound(path, content)
        }
    }

    /// What is recorded of it, if it is in that folder.
    pub(super) fn flaws(&self, folder: &Path) -> Option<PlantedFlaw> {
        self.flaw.map(|flaw| PlantedFlaw {
            flaw,
            path: folder.join(match flaw {
                Flaw::RareClass => self.path.parent().unwrap_or(&self.path),
                _ => &self.path,
            }),
            original: self.original.as_ref().map(|original| folder.join(original)),
            truth: self.truth.clone(),
        })
    }
}

/// The photographs of one part, in an order that says nothing.
struct Part {
    name: &'static str,
    shots: Vec<(usize, Shot)>,
    /// How many of them are used.
    used: usize,
    /// How many files have been named.
    named: usize,
}

impl Part {
    fn new(name: &'static str, counts: [u64; 2], first: u64, rng: &mut Rng) -> Self {
        let novel = SpeciesSet::Novel.species();
        let mut shots = Vec::new();
        for (class, name) in SPECIES.iter().enumerate() {
            let species = novel
                .iter()
                .position(|species| species.name() == *name)
                .unwrap_or_default();
            let count = counts[usize::from(*name == RARE)];
            shots.extend((first..first + count).map(|number| {
                let size = SIDES[rng.below(SIDES.len())];
                (
                    class,
                    Shot {
                        species,
                        number,
                        size,
                    },
                )
            }));
        }
        rng.shuffle(&mut shots);
        Self {
            name,
            shots,
            used: 0,
            named: 0,
        }
    }

    /// The next photograph that is not of the rare class, which is to keep what it has.
    fn take(&mut self) -> (usize, Shot) {
        let rest = &self.shots[self.used..];
        let step = rest
            .iter()
            .position(|(class, _)| SPECIES[*class] != RARE)
            .unwrap_or_default();
        self.shots.swap(self.used, self.used + step);
        self.used += 1;
        self.shots[self.used - 1].clone()
    }

    fn folder(&self, class: usize) -> PathBuf {
        Path::new(self.name).join(SPECIES[class])
    }

    /// A name like a camera's.
    fn path(&mut self, class: usize, extension: &str) -> PathBuf {
        self.named += 1;
        self.folder(class)
            .join(format!("IMG_{:04}.{extension}", self.named))
    }
}

/// All files of a seed.
pub(super) fn plan(seed: u64) -> Result<Vec<PlannedFile>> {
    let mut rng = Rng::new(seed, &[0x00F1_A3ED]);
    let mut train = Part::new("train", TRAIN, 0, &mut rng);
    let mut val = Part::new("val", VAL, 1000, &mut rng);
    let mut files = Vec::new();
    copies(&mut files, &mut train, &mut val);
    wrong_labels(&mut files, &mut train, 18, &mut rng);
    wrong_labels(&mut files, &mut val, 5, &mut rng);
    unreadable(&mut files, &mut train);
    unusual(&mut files, &mut train);
    for part in [&mut train, &mut val] {
        while part.used < part.shots.len() {
            let (class, shot) = part.shots[part.used].clone();
            part.used += 1;
            let path = part.path(class, "jpg");
            let mut file = PlannedFile::sound(path, Content::Photo(shot));
            // The first one stands for its class.
            let rare = SPECIES[class] == RARE && part.name == "train";
            let known = |file: &PlannedFile| file.flaw == Some(Flaw::RareClass);
            if rare && !files.iter().any(known) {
                file.flaw = Some(Flaw::RareClass);
            }
            files.push(file);
        }
    }
    unlabelled(&mut files, &mut rng);
    Ok(files)
}

/// A photograph as it is, and the same or nearly the same once more.
fn copies(files: &mut Vec<PlannedFile>, train: &mut Part, val: &mut Part) {
    const AGAIN: [Again; 4] = [Again::Coarse, Again::Smaller, Again::Brighter, Again::Cut];
    let flaws = [
        (Flaw::ExactCopy, 5),
        (Flaw::NearCopy, 8),
        (Flaw::Leak, 4),
        (Flaw::NearLeak, 4),
        (Flaw::Conflict, 3),
    ];
    for (flaw, count) in flaws {
        for number in 0..count {
            let (class, shot) = train.take();
            let original = train.path(class, "jpg");
            let content = match flaw {
                Flaw::NearCopy | Flaw::NearLeak => {
                    Content::Again(shot.clone(), AGAIN[number % AGAIN.len()])
                }
                _ => Content::Photo(shot.clone()),
            };
            let path = match flaw {
                Flaw::Leak | Flaw::NearLeak => val.path(class, "jpg"),
                Flaw::Conflict => train.path(another(class, number), "jpg"),
                _ => train.path(class, "jpg"),
            };
            let mut copy = PlannedFile::flawed(path, content, flaw);
            copy.original = Some(original.clone());
            if flaw == Flaw::Conflict {
                copy.truth = Some(SPECIES[class].into());
            }
            files.extend([PlannedFile::sound(original, Content::Photo(shot)), copy]);
        }
    }
}

/// Photographs in the folder of another species.
fn wrong_labels(files: &mut Vec<PlannedFile>, part: &mut Part, count: usize, rng: &mut Rng) {
    for _ in 0..count {
        let (class, shot) = part.take();
        let path = part.path(another(class, rng.below(6)), "jpg");
        let mut file = PlannedFile::flawed(path, Content::Photo(shot), Flaw::WrongLabel);
        file.truth = Some(SPECIES[class].into());
        files.push(file);
    }
}

/// Some other class than this one and the rare one, which few wrong pictures would swamp.
fn another(class: usize, number: usize) -> usize {
    let others = (0..SPECIES.len()).filter(|&other| other != class && SPECIES[other] != RARE);
    let others: Vec<usize> = others.collect();
    others[number % others.len()]
}

fn unreadable(files: &mut Vec<PlannedFile>, train: &mut Part) {
    let page = "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n";
    let (first, half) = train.take();
    files.push(PlannedFile::flawed(
        train.path(first, "jpg"),
        Content::HalfJpeg(half),
        Flaw::Truncated,
    ));
    let (second, half) = train.take();
    files.push(PlannedFile::flawed(
        train.path(second, "png"),
        Content::HalfPng(half),
        Flaw::Truncated,
    ));
    let texts = [
        ("jpg", "", Flaw::Empty),
        ("jpg", page, Flaw::NotAPicture),
        (
            "txt",
            "Taken on Sunday, behind the mill.\n",
            Flaw::OtherFile,
        ),
        ("xmp", "<x:xmpmeta/>\n", Flaw::OtherFile),
    ];
    for (number, (extension, text, flaw)) in texts.into_iter().enumerate() {
        let path = train.path(another(first, number), extension);
        files.push(PlannedFile::flawed(path, Content::Text(text), flaw));
    }
}

/// Pictures that are right and look wrong.
fn unusual(files: &mut Vec<PlannedFile>, train: &mut Part) {
    for (flaw, size) in [
        (Flaw::Tiny, Some(12)),
        (Flaw::Large, Some(1200)),
        (Flaw::Grayscale, None),
        (Flaw::Grayscale, None),
    ] {
        let (class, mut shot) = train.take();
        shot.size = size.unwrap_or(shot.size);
        let content = match flaw {
            Flaw::Grayscale => Content::Grey(shot),
            _ => Content::Photo(shot),
        };
        files.push(PlannedFile::flawed(train.path(class, "jpg"), content, flaw));
    }
    for name in ODD_NAMES {
        let (class, shot) = train.take();
        let path = train.folder(class).join(name);
        files.push(PlannedFile::flawed(
            path,
            Content::Photo(shot),
            Flaw::OddName,
        ));
    }
}

/// Photographs in one folder, of which nothing is said. One cannot be read, one has an odd name.
fn unlabelled(files: &mut Vec<PlannedFile>, rng: &mut Rng) {
    let part = Part::new("new", [NEW.div_ceil(7), 1], 2000, rng);
    for number in 0..NEW as usize {
        let (_, shot) = part.shots[number].clone();
        let name = match number {
            3 => "\"neu\", später.jpg".to_owned(),
            _ => format!("{number:02}.jpg"),
        };
        let content = match number {
            5 => Content::HalfJpeg(shot),
            _ => Content::Photo(shot),
        };
        files.push(PlannedFile::sound(Path::new(part.name).join(name), content));
    }
}
