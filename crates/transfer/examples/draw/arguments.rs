//! What the command line says.

use std::path::PathBuf;

use clap::{ArgMatches, Command, arg, command, value_parser};
use transfer::data::synth::{Domain, SceneFormat, SpeciesSet};

/// How leaves are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LeafFormat {
    /// A folder per species.
    Folders,
    /// Pictures, maps of their parts, and a table of targets.
    Table,
    /// One picture of all, beside the maps of their parts.
    Sheet,
}

/// What is drawn, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Leaves(LeafFormat),
    /// With as many scenes to validate on; without a format, as one picture of all.
    Scenes(Option<SceneFormat>, usize),
}

pub(crate) struct Arguments {
    pub(crate) what: What,
    pub(crate) out: PathBuf,
    pub(crate) species: SpeciesSet,
    /// Of leaves; scenes are photographs.
    pub(crate) domain: Domain,
    pub(crate) count: usize,
    pub(crate) size: u32,
    pub(crate) seed: u64,
}

/// Has been given, or has a default.
const GIVEN: &str = "it is required or has a default";

impl Arguments {
    pub(crate) fn parse() -> Self {
        let leaves = Command::new("leaves")
            .about("Pictures of one leaf each")
            .args([
                arg!(--format <NAME> "folders: one per species; table: pictures, maps of parts, targets; sheet: one picture")
                    .default_value("folders").value_parser(["folders", "table", "sheet"]),
                arg!(--count <N> "Pictures of each species").default_value("20").value_parser(value_parser!(u64).range(1..)),
                arg!(--domain <NAME> "How they look: as photographs, as drawings in ink, or pressed")
                    .default_value("photo").value_parser(Domain::ALL.map(Domain::name)),
                arg!(--size <PIXELS> "The side of a picture").default_value("96").value_parser(value_parser!(u32).range(8..=2048)),
            ])
            .args(common());
        let scenes = Command::new("scenes")
            .about("Pictures of several leaves, with boxes and masks")
            .args([
                arg!(--format <NAME> "voc, coco or yolo: files of these layouts; sheet: one picture with the boxes drawn in")
                    .default_value("coco").value_parser(["voc", "coco", "yolo", "sheet"]),
                arg!(--count <N> "Scenes to learn from").default_value("100").value_parser(value_parser!(u64).range(1..)),
                arg!(--"val-count" <N> "Scenes to validate on, of the seed after it").default_value("20")
                    .value_parser(value_parser!(u64).range(1..)),
                arg!(--size <PIXELS> "The side of a picture").default_value("256").value_parser(value_parser!(u32).range(64..=2048)),
            ])
            .args(common());
        let mut given = command!()
            .name("draw")
            .about("Draws leaves, or scenes of them, and writes them as files")
            .subcommand_required(true)
            .subcommands([leaves, scenes])
            .get_matches();
        let (name, mut given) = given.remove_subcommand().expect(GIVEN);
        let number = |given: &ArgMatches, name| *given.get_one::<u64>(name).expect(GIVEN);
        let format: String = given.remove_one("format").expect(GIVEN);
        let what = match (name.as_str(), format.as_str()) {
            ("leaves", "folders") => What::Leaves(LeafFormat::Folders),
            ("leaves", "table") => What::Leaves(LeafFormat::Table),
            ("leaves", _) => What::Leaves(LeafFormat::Sheet),
            (_, format) => {
                let format = match format {
                    "voc" => Some(SceneFormat::Voc),
                    "coco" => Some(SceneFormat::Coco),
                    "yolo" => Some(SceneFormat::Yolo),
                    _ => None,
                };
                What::Scenes(format, number(&given, "val-count") as usize)
            }
        };
        // Scenes have no such argument.
        let domain: Option<String> = given.try_remove_one("domain").unwrap_or_default();
        let domain = domain.unwrap_or_default();
        let species: String = given.remove_one("species").expect(GIVEN);
        Self {
            what,
            count: number(&given, "count") as usize,
            seed: number(&given, "seed"),
            size: given.remove_one("size").expect(GIVEN),
            out: given.remove_one("out").expect(GIVEN),
            domain: Domain::ALL
                .into_iter()
                .find(|one| one.name() == domain)
                .unwrap_or_default(),
            species: match species.as_str() {
                "base" => SpeciesSet::Base,
                "novel" => SpeciesSet::Novel,
                _ => SpeciesSet::All,
            },
        }
    }
}

/// What both take.
fn common() -> [clap::Arg; 3] {
    [
        arg!(--out <PATH> "The folder to write, empty or not there yet; for a sheet, the file")
            .required(true)
            .value_parser(value_parser!(PathBuf)),
        arg!(--species <SET> "base, novel or all")
            .default_value("novel")
            .value_parser(["base", "novel", "all"]),
        arg!(--seed <N> "Another seed, other pictures")
            .default_value("0")
            .value_parser(value_parser!(u64)),
    ]
}
