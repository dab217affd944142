//! Object detection by transfer, on the command line: pictures with boxes, a pretrained backbone, and a small FCOS or RetinaNet on it.
//!
//! ```sh
//! cargo run --release -p transfer --example detect -- --data BCCD --format voc --starts pretrained,frozen,scratch --no-up --out out
//! cargo run --release -p transfer --example detect -- --out out --predict photographs
//! ```
//!
//! Every start gets the same pictures, epochs and seeds. Of each run the epoch counts that is best on the pictures for validation (COCO's average
//! precision); what the table has is of the pictures for testing, which are looked at once. The folder that `--out` names then has `results.csv`, and of the
//! first start and seed the model, what it needs to be used (`detector.txt`), and pictures of what it finds. What is in `results.csv` already is not computed
//! again.
//!
//! What came out on BCCD (205 pictures of blood cells to learn from, 87 to choose by, 72 to be judged by; three seeds, 12 epochs, all else as it is by default
//! with `--no-up`; test pictures):
//!
//! | start | AP at 0.5, % | AP, % | AP at 0.75, % |
//! |---|---|---|---|
//! | pretrained | 86.0 ± 0.8 | 53.3 ± 0.3 | 61.0 ± 1.2 |
//! | frozen | 70.4 ± 2.6 | 39.4 ± 0.4 | 42.2 ± 1.6 |
//! | scratch | 83.6 ± 0.3 | 50.7 ± 0.3 | 57.7 ± 1.9 |
//! | torchvision's FCOS: the same graph, pretrained, the same budget | 86.4 ± 0.4 | 52.0 ± 0.9 | |
//!
//! Cells under a microscope are far from the drawn pictures that the backbone has seen: fine-tuned it is two to three points better than one from scratch,
//! frozen it is much worse.

mod arguments;
mod predict;
mod report;
mod settings;
mod start;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use arguments::Arguments;
use settings::Settings;
use start::Start;
use transfer::data::{BoxSplits, Transform};
use transfer::hub::{self, Located};
use transfer::models::{self, Detector, WeightFiles};
use transfer::prelude::{BoxLoader, Device, LoadOptions};
use transfer::train::{
    DetectionEpoch, DetectionHistory, DetectionLearner, JudgedDetector, LearningRate,
};
use transfer::{Result, Study};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.predict {
        Some(pictures) => predict::run(&arguments, pictures),
        None => run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let data = arguments.data.as_deref().unwrap_or(".".as_ref());
    let parts = BoxSplits::open(data, arguments.format, 0)?;
    let classes = parts.train.classes();
    println!(
        "{} pictures to learn from, {} to choose by, {} to be judged by",
        parts.train.len(),
        parts.valid.len(),
        parts.test.len()
    );
    for (class, count) in classes.iter().zip(parts.train.counts()) {
        println!("  {class}: {count} boxes to learn from");
    }
    report::bad_boxes(&parts);
    report::make_folder(&arguments.out)?;
    let weights = hub::locate(&arguments.weights)?;
    let device = transfer::device(&arguments.device)?;
    let settings = Settings::of(arguments);
    let about = about(arguments, &settings, data);
    let keys: Vec<&str> = about.iter().map(|(name, _)| *name).collect();
    let keys = [&keys[..], &["start", "seed"]].concat();
    let mut study = Study::open(arguments.out.join("results.csv"), &keys, &report::COLUMNS)?;
    for (place, &start) in arguments.starts.iter().enumerate() {
        for seed in 0..arguments.seeds {
            let mut values: Vec<&dyn Display> = Vec::new();
            values.extend(about.iter().map(|(_, value)| value as &dyn Display));
            values.extend([&start as &dyn Display, &seed]);
            let mut made = None;
            let found = study.run(&values, || {
                println!("\n{start}, seed {seed}");
                let net = detector(arguments, start, &weights, classes.len(), seed, device)?;
                let (net, run) = train(arguments, start, &parts, net, seed)?;
                let values = run.values;
                made = Some((net, run));
                Ok::<_, transfer::Error>(values)
            })?;
            println!("{start}, seed {seed}: {}", report::line(&found));
            if let Some((net, run)) = made.filter(|_| place == 0 && seed == 0) {
                settings.write(&arguments.out, classes)?;
                report::save(&arguments.out, &net, &parts.test, &run)?;
            }
        }
    }
    println!("\n{}", report::table(&study, &about, &arguments.starts)?);
    println!("written to {:?}", arguments.out);
    Ok(())
}

/// What every run of this command has in common, by name.
fn about(arguments: &Arguments, settings: &Settings, data: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("data", data.display().to_string()),
        ("detector", settings.kind_name().into()),
        ("arch", settings.arch.clone()),
        ("weights", arguments.weights.clone()),
        ("size", settings.size_name()),
        ("no_up", arguments.no_up.to_string()),
        ("epochs", arguments.epochs.to_string()),
        ("batch", arguments.batch.to_string()),
        ("lr", arguments.lr.to_string()),
    ]
}

/// A detector before its training.
fn detector(
    arguments: &Arguments,
    start: Start,
    weights: &Located,
    classes: usize,
    seed: u64,
    device: Device,
) -> Result<Detector> {
    let mut body = models::build(&arguments.arch, 1, device, seed)?;
    if start != Start::Scratch {
        let head = body.head_name();
        body.load(&weights.path, &LoadOptions::new().without(head))?;
    }
    let longest = arguments.size[0].max(arguments.size[1]);
    let mut net = Detector::new(Settings::of(arguments).config(classes), body, longest, seed)?;
    if start == Start::Frozen {
        net.freeze_body()?;
    }
    Ok(net)
}

/// What a run came to.
struct Run {
    judged: JudgedDetector,
    history: DetectionHistory,
    values: [f64; report::COLUMNS.len()],
}

fn train(
    arguments: &Arguments,
    start: Start,
    parts: &BoxSplits,
    net: Detector,
    seed: u64,
) -> Result<(Detector, Run)> {
    let [rows, columns] = arguments.size;
    let (still, mut changed) = (
        Transform::detection(rows, columns),
        Transform::detection_train(rows, columns),
    );
    if arguments.no_up {
        changed = changed.random_vertical_flip(0.5);
    }
    let batch = arguments.batch;
    let train = BoxLoader::new(parts.train.clone(), changed, batch)?.shuffled(seed);
    let valid = BoxLoader::new(parts.valid.clone(), still.clone(), batch)?;
    let mut learner = DetectionLearner::new(net, train)
        .validate_on(valid)
        .seed(seed)
        .on_epoch(|epoch: &DetectionEpoch, _| {
            let [ap, ap50] = epoch.valid.unwrap_or([f64::NAN; 2]);
            println!(
                "epoch {}: loss {:.3}, validation AP {:.1} %, AP at 0.5 {:.1} %, {:.1} s",
                epoch.epoch,
                epoch.loss,
                100.0 * ap,
                100.0 * ap50,
                epoch.seconds
            );
        });
    let lr = match start {
        Start::Pretrained => LearningRate::Between(arguments.lr / 10.0, arguments.lr),
        Start::Frozen | Start::Scratch => LearningRate::from(arguments.lr),
    };
    let history = learner.fit_one_cycle(arguments.epochs, lr)?;
    let test = BoxLoader::new(parts.test.clone(), still, batch)?;
    let judged = learner.evaluate(&test)?;
    let coco = judged.eval.coco();
    let values = [
        coco.ap50,
        coco.ap,
        coco.ap75,
        history.best.unwrap_or_default() as f64,
        history.seconds(),
    ];
    let run = Run {
        judged,
        history,
        values,
    };
    Ok((learner.into_net(), run))
}
