//! Object detection by transfer, on the command line: pictures with boxes, a pretrained backbone, and a small FCOS or RetinaNet on it.
//!
//! ```sh
//! cargo run --release -p transfer --example detect -- --data BCCD --format voc --starts pretrained,frozen,scratch --no-up --out out
//! cargo run --release -p transfer --example detect -- --out out --predict photographs
//! ```
//!
//! Every start gets the same pictures, epochs and seeds. Of each run the epoch counts that is best on the pictures for validation (COCO's average
//! precision); what the table has is of the pictures for testing, which are looked at once. The folder that `--out` names then has `results.csv`, and of the
//! first start and seed the model, its classes and pictures of what it finds. What is in `results.csv` already is not computed again.

mod arguments;
mod predict;
mod report;
mod start;

use std::process::ExitCode;

use arguments::Arguments;
use start::Start;
use transfer::data::{BoxSplits, Transform};
use transfer::hub::{self, Located};
use transfer::models::{self, Detector, DetectorConfig, WeightFiles};
use transfer::prelude::{BoxLoader, Device, LoadOptions};
use transfer::train::{DetectionEpoch, DetectionLearner, JudgedDetector, LearningRate};
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
    report::bad_boxes(&parts.bad);
    report::make_folder(&arguments.out)?;
    let weights = hub::locate(&arguments.weights)?;
    let device = transfer::device(&arguments.device)?;
    let keys = ["start", "detector", "epochs", "size", "lr", "seed"];
    let mut study = Study::open(arguments.out.join("results.csv"), &keys, &report::COLUMNS)?;
    let [rows, columns] = arguments.size;
    let (kind, size) = (kind_of(arguments), format!("{rows}x{columns}"));
    for (place, &start) in arguments.starts.iter().enumerate() {
        for seed in 0..arguments.seeds {
            let (epochs, lr) = (arguments.epochs, arguments.lr);
            let values = study.run(&[&start, &kind, &epochs, &size, &lr, &seed], || {
                println!("\n{start}, seed {seed}");
                let net = detector(arguments, start, &weights, classes.len(), seed, device)?;
                let (net, found) = train(arguments, start, &parts, net, seed)?;
                if place == 0 && seed == 0 {
                    report::save(&arguments.out, &net, &parts.test, &found)?;
                }
                Ok::<_, transfer::Error>(found.values)
            })?;
            println!("{start}, seed {seed}: {}", report::line(&values));
        }
    }
    println!("\n{}", report::table(&study, &arguments.starts)?);
    println!("written to {:?}", arguments.out);
    Ok(())
}

fn kind_of(arguments: &Arguments) -> &'static str {
    match arguments.retinanet {
        true => "retinanet",
        false => "fcos",
    }
}

/// The small variant of either kind.
fn described(arguments: &Arguments, classes: usize) -> DetectorConfig {
    match arguments.retinanet {
        true => DetectorConfig::retinanet(classes as i64).small(),
        false => DetectorConfig::fcos(classes as i64).small(),
    }
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
    let mut net = Detector::new(described(arguments, classes), body, longest, seed)?;
    if start == Start::Frozen {
        net.freeze_body()?;
    }
    Ok(net)
}

/// What a run came to.
struct Run {
    judged: JudgedDetector,
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
    Ok((learner.into_net(), Run { judged, values }))
}
