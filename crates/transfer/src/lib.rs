//! Transfer learning in Rust: what the notebooks of this repository stand on.
//!
//! Everything is a plain [`tch`](https://docs.rs/tch) tensor or module underneath; this crate adds what a lesson would otherwise
//! have to write again: reading pretrained weights, opening a folder of pictures, training on stored
//! features, and charts. A whole experiment, from a folder of pictures to a chart of what went wrong:
//!
//! ```no_run
//! use transfer::prelude::*;
//!
//! # fn main() -> transfer::Result<()> {
//! // 1. Pictures: one folder per class; 30 % of each class are kept to judge by.
//! let splits: Splits = ImageFolder::open_splits("flowers", 0.3, 0)?;
//! let shape = Transform::imagenet(224);
//! let loader = |part: &Arc<dyn Dataset>| DataLoader::new(part.clone(), shape.clone(), 32);
//! let (train, test) = (loader(&splits.train), loader(&splits.test));
//!
//! // 2. A net that was trained on ImageNet: weights by name, fetched once and checked.
//! let mut net = models::build_undrawn("resnet50", 1000, device("auto")?)?;
//! net.load(Hub::new()?.fetch(&hub::ResNet50Weights::ImageNet1kV2)?, &LoadOptions::new())?;
//!
//! // 3. The quickest transfer: a linear classifier on what the net sees in each picture.
//! let (seen, unseen): (Features, Features) =
//!     (features_of(&*net, &train)?, features_of(&*net, &test)?);
//! let head: LinearHead = LinearHead::fit(&seen, &HeadConfig::default())?;
//! let found: Tensor = head.predict(&unseen.xs);
//! println!("linear head {:.1} %", 100.0 * accuracy(&found, &unseen.labels));
//!
//! // 4. The thorough one: a new head, then the whole net.
//! net.replace_head(splits.train.classes().len() as i64);
//! let mut learner = Learner::new(net, train.shuffled(0))
//!     .validate_on(test.clone())
//!     .callback(ProgressBar::new())
//!     .callback(LiveChart::new("Fine-tuning"));
//! let history: History = learner.fine_tune(5)?;
//!
//! // 5. How good it is, and what it takes for what.
//! let judged: Evaluation = learner.evaluate(&test)?;
//! let said = &judged.predictions;
//! let classes: &[String] = splits.test.classes();
//! let matrix = ConfusionMatrix::new(&said.predictions, &said.labels, classes);
//!
//! // 6. Out of the cell, and into a file.
//! let chart: Figure = confusion_chart("Fine-tuned", &matrix)?;
//! chart.save("confusion.png")?;
//! show_all(&[&history_chart("Training", &history)?, &ClassReport::of(&matrix), &chart])
//! # ;
//! # Ok(())
//! # }
//! ```
//!
//! # The tour
//!
//! The modules in the order in which data flows through them. Each page begins with what it is for and an example.
//!
//! | module | what it holds |
//! |---|---|
//! | [`data`] | pictures and labels or boxes: class folders and other sources, splits, transforms, the loader, and a world that it draws itself |
//! | [`text`] | texts and labels from tables; tokens, padded batches, pooling, bags of words |
//! | [`hub`] | weights and data sets by name: in this crate, in the cache or fetched, always checked |
//! | [`checkpoint`] | a state dict from bytes, and the report of what fitted |
//! | [`models`] | ResNets and VGGs with torchvision's names, so that torchvision's weights drop in; smaller nets; detectors on them; BERT and its relatives under Hugging Face's names |
//! | [`train`] | features, kept on disk if wanted, and the linear head on them; the Learner and what it is made of; adaptation to another domain, several tasks at once and detectors, from beginning to end |
//! | [`adapt`] | methods of domain adaptation, tensors in and a loss out; choosing among them without labels |
//! | [`multitask`] | several tasks of one picture: tasks and their heads, how a net is shared, what each task counts in a step |
//! | [`detection`] | finding objects: boxes, where a detector looks for them, what it learns from, which of its answers count |
//! | [`metrics`] | accuracy, average precision, confusion, calibration, worst predictions; means over seeds and how sure they are |
//! | [`project`] | many dimensions as two: PCA, t-SNE |
//! | [`viz`] | charts, grids of pictures, tables: the only way out of a notebook cell |
//!
//! [`prelude`] is the one import of a notebook. [`Machine`] tells what there is to compute with, [`MemoryMeter`] what
//! a piece of work took of it, [`Study`] keeps the results of many runs; [`device()`] and
//! [`set_seed`] say where it runs and where randomness starts. Whatever can fail returns one [`Error`], whose message
//! says what was expected, what was found, and what to do. Shapes are written `[N, C, H, W]`: pictures, channels, rows, columns.

pub mod data;
pub mod text;

pub mod checkpoint;
pub mod hub;
pub mod models;

pub mod metrics;
pub mod project;
pub mod train;

pub mod adapt;
pub mod detection;
pub mod multitask;

pub mod viz;

mod csv;
mod device;
mod error;
mod files;
mod kernel;
mod machine;
mod names;
pub mod prelude;
mod study;

pub use device::{best_device, device, set_seed};
pub use error::{Error, Result};
pub use kernel::check_interrupt;
pub use machine::{Machine, MemoryMeter};
pub use study::Study;
