//! What the command line says.

use std::path::PathBuf;

use clap::{arg, command, value_parser};
use transfer::data::BoxSource;
use transfer::models::ARCHITECTURES;

use crate::start::Start;

pub(crate) struct Arguments {
    pub(crate) data: Option<PathBuf>,
    pub(crate) format: BoxSource,
    pub(crate) arch: String,
    pub(crate) weights: String,
    pub(crate) starts: Vec<Start>,
    pub(crate) retinanet: bool,
    pub(crate) epochs: usize,
    pub(crate) seeds: u64,
    pub(crate) size: [u32; 2],
    pub(crate) no_up: bool,
    pub(crate) batch: usize,
    pub(crate) lr: f64,
    pub(crate) device: String,
    pub(crate) out: PathBuf,
    pub(crate) predict: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse() -> Self {
        let path = || value_parser!(PathBuf);
        let count = || value_parser!(u64).range(1..);
        let mut given = command!()
            .name("detect")
            .about("Trains a detector on pictures with boxes, from one start or several, or looks for objects with one")
            .args([
                arg!(--data <FOLDER> "Pictures with boxes; its parts train, val and test, where it has them")
                    .required_unless_present("predict").value_parser(path()),
                arg!(--format <NAME> "What its files are").default_value("voc").value_parser(["voc", "coco", "yolo"]),
                arg!(--arch <NAME> "The backbone").default_value("resnet18").value_parser(ARCHITECTURES),
                arg!(--weights <FILE> "The backbone's: a file, or a name such as ResNet18_Weights.IMAGENET1K_V1")
                    .default_value("ResNet18_Weights.DRAWN_V1"),
                arg!(--starts <NAME> "What it starts from: one or several, with commas between them")
                    .default_value("pretrained").value_delimiter(',').value_parser(Start::ALL.map(Start::name)),
                arg!(--detector <KIND> "How boxes are said").default_value("fcos").value_parser(["fcos", "retinanet"]),
                arg!(--epochs <N> "Passes over the pictures").default_value("12").value_parser(count()),
                arg!(--seeds <N> "How many times each start is run").default_value("3").value_parser(count()),
                arg!(--size <ROWSxCOLUMNS> "The frame that pictures are fitted into, in multiples of 32")
                    .default_value("256x320").value_parser(size),
                arg!(--"no-up" "Pictures that have no up and down are turned over in training, too"),
                arg!(--batch <N> "Pictures in a step").default_value("8").value_parser(count()),
                arg!(--lr <RATE> "The new layers' highest learning rate; a pretrained backbone has from a tenth of it on, layer by layer")
                    .default_value("0.002").value_parser(value_parser!(f64)),
                arg!(--device <NAME> "auto, cpu, cuda or cuda:N").default_value("auto"),
                arg!(--out <FOLDER> "Where results and models go, or the model is that looks").required(true).value_parser(path()),
                arg!(--predict <IMAGES> "Draws what the model in --out finds in a picture or a folder of pictures")
                    .value_parser(path()),
            ])
            .get_matches();
        let named = "it is required or has a default";
        let chosen: Vec<String> = given.remove_many("starts").expect(named).collect();
        let mut text = |name: &str| given.remove_one::<String>(name).expect(named);
        let (format, detector) = (text("format"), text("detector"));
        let (arch, weights, device) = (text("arch"), text("weights"), text("device"));
        let mut number = |name: &str| given.remove_one::<u64>(name).expect(named);
        Self {
            epochs: number("epochs") as usize,
            seeds: number("seeds"),
            batch: number("batch") as usize,
            format: format.parse().expect(named),
            retinanet: detector == "retinanet",
            starts: Start::ALL
                .into_iter()
                .filter(|start| chosen.iter().any(|name| name == start.name()))
                .collect(),
            arch,
            weights,
            device,
            data: given.remove_one("data"),
            size: given.remove_one("size").expect(named),
            no_up: given.get_flag("no-up"),
            lr: given.remove_one("lr").expect(named),
            out: given.remove_one("out").expect(named),
            predict: given.remove_one("predict"),
        }
    }
}

/// `256x320`, rows and columns.
fn size(text: &str) -> Result<[u32; 2], String> {
    let sides = text.split_once('x').and_then(|(rows, columns)| {
        Some([rows.parse::<u32>().ok()?, columns.parse::<u32>().ok()?])
    });
    let fits = |side: u32| (64..=2048).contains(&side) && side.is_multiple_of(32);
    sides
        .filter(|sides| sides.iter().all(|side| fits(*side)))
        .ok_or_else(|| {
            "expected rows and columns such as 256x320, multiples of 32 from 64 to 2048".into()
        })
}
