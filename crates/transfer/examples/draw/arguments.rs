//! What the command line says.

use std::path::PathBuf;

use clap::{ArgMatches, Command, arg, command, value_parser};
use transfer::data::synth::{Domain, SceneFormat, SpeciesSet};

/// What both leaves and scenes need to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of {
    pub(crate) species: SpeciesSet,
    pub(crate) count: usize,
    pub(crate) size: u32,
    pub(crate) seed: u64,
}

/// What is drawn, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    /// In class folders, or with maps of their parts and a table of targets.
    Leaves(Of, Domain, bool),
    /// With so many scenes to validate on. Scenes are photographs.
    Scenes(Of, SceneFormat, usize),
    /// All contact sheets.
    Sheets,
}

pub(crate) struct Arguments {
    pub(crate) what: What,
    pub(crate) out: PathBuf,
}

/// Has been given, or has a default.
const GIVEN: &str = "it is required or has a default";

impl Arguments {
    pub(crate) fn parse() -> Self {
        let leaves = Command::new("leaves")
            .about("Pictures of one leaf each")
            .args([
                arg!(--format <NAME> "folders: one per species; table: pictures, maps of parts, targets")
                    .default_value("folders").value_parser(["folders", "table"]),
                arg!(--count <N> "Pictures of each species").default_value("20").value_parser(value_parser!(u64).range(1..)),
                arg!(--domain <NAME> "How they look: as photographs, as drawings in ink, or pressed")
                    .default_value("photo").value_parser(Domain::ALL.map(Domain::name)),
                arg!(--size <PIXELS> "The side of a picture").default_value("96").value_parser(value_parser!(u32).range(8..=2048)),
            ])
            .args(common());
        let scenes = Command::new("scenes")
            .about("Pictures of several leaves, with boxes and masks")
            .args([
                arg!(--format <NAME> "voc, coco or yolo: files of these layouts")
                    .default_value("coco")
                    .value_parser(["voc", "coco", "yolo"]),
                arg!(--count <N> "Scenes to learn from")
                    .default_value("100")
                    .value_parser(value_parser!(u64).range(1..)),
                arg!(--"val-count" <N> "Scenes to validate on, of the seed after it")
                    .default_value("20")
                    .value_parser(value_parser!(u64).range(1..)),
                arg!(--size <PIXELS> "The side of a picture")
                    .default_value("256")
                    .value_parser(value_parser!(u32).range(64..=2048)),
            ])
            .args(common());
        let sheets = Command::new("sheets")
            .about("Contact sheets of all that is drawn, as JPEG files")
            .arg(out("The folder to write them to, over what is there"));
        let mut given = command!()
            .name("draw")
            .about("Draws leaves, or scenes of them, and writes them as files")
            .subcommand_required(true)
            .subcommands([leaves, scenes, sheets])
            .get_matches();
        let (name, mut given) = given.remove_subcommand().expect(GIVEN);
        let what = match name.as_str() {
            "leaves" => {
                let domain = text(&mut given, "domain");
                let named = Domain::ALL.into_iter().find(|one| one.name() == domain);
                let as_table = text(&mut given, "format") == "table";
                What::Leaves(Of::given(&mut given), named.unwrap_or_default(), as_table)
            }
            "scenes" => {
                let format = match text(&mut given, "format").as_str() {
                    "voc" => SceneFormat::Voc,
                    "yolo" => SceneFormat::Yolo,
                    _ => SceneFormat::Coco,
                };
                let val = number(&given, "val-count") as usize;
                What::Scenes(Of::given(&mut given), format, val)
            }
            _ => What::Sheets,
        };
        Self {
            what,
            out: given.remove_one("out").expect(GIVEN),
        }
    }
}

impl Of {
    fn given(given: &mut ArgMatches) -> Self {
        Self {
            species: match text(given, "species").as_str() {
                "base" => SpeciesSet::Base,
                "novel" => SpeciesSet::Novel,
                _ => SpeciesSet::All,
            },
            count: number(given, "count") as usize,
            size: given.remove_one("size").expect(GIVEN),
            seed: number(given, "seed"),
        }
    }
}

fn text(given: &mut ArgMatches, name: &str) -> String {
    given.remove_one(name).expect(GIVEN)
}

fn number(given: &ArgMatches, name: &str) -> u64 {
    *given.get_one(name).expect(GIVEN)
}

fn out(help: &'static str) -> clap::Arg {
    arg!(--out <PATH>)
        .help(help)
        .required(true)
        .value_parser(value_parser!(PathBuf))
}

/// What both take.
fn common() -> [clap::Arg; 3] {
    [
        out("The folder to write, empty or not there yet"),
        arg!(--species <SET> "base, novel or all")
            .default_value("novel")
            .value_parser(["base", "novel", "all"]),
        arg!(--seed <N> "Another seed, other pictures")
            .default_value("0")
            .value_parser(value_parser!(u64)),
    ]
}
