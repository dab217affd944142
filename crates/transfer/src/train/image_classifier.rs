//! A net with all that its use needs: the names of its classes, how pictures are shown to it, how sure it may be.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tch::Device;
use xxhash_rust::xxh3::xxh3_128;

use super::{Predictions, predict};
use crate::data::{DataLoader, Dataset, Preprocessing};
use crate::files::{read_json, write_json};
use crate::models::{Backbone, WeightFiles, build_undrawn};
use crate::{Error, Result, checkpoint::LoadOptions};

const CONFIG: &str = "config.json";

/// A classifier that can leave the notebook. [`save`](Self::save) writes it to a folder that needs nothing else, for this
/// crate and for Python: weights under torchvision's names, and a `config.json` with the rest.
///
/// ```
/// use transfer::prelude::*;
///
/// # fn main() -> transfer::Result<()> {
/// # let place = tempfile::tempdir().unwrap();
/// # let folder = place.path().join("leaves");
/// let pictures: Arc<dyn Dataset> = Arc::new(Leaves::new(SpeciesSet::Novel, 1, 32, 0));
/// let classifier = ImageClassifier {
///     net: models::build("resnet20_cifar", 12, Device::Cpu, 0)?,
///     arch: "resnet20_cifar".into(),
///     classes: pictures.classes().to_vec(),
///     preprocessing: Preprocessing::square(32),
///     temperature: 1.0,
/// };
/// classifier.save(&folder)?;
/// let again = ImageClassifier::open(&folder, Device::Cpu)?;
/// assert_eq!(again.predict(&pictures, 8)?.logits, classifier.predict(&pictures, 8)?.logits);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ImageClassifier {
    /// The net, whose head has an output for each class.
    pub net: Box<dyn Backbone>,
    /// Its architecture, one of [`ARCHITECTURES`](crate::models::ARCHITECTURES).
    pub arch: String,
    /// The names of the classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// How pictures are shown to it.
    pub preprocessing: Preprocessing,
    /// What its logits are divided by before the softmax ([`fit_temperature`](crate::metrics::fit_temperature)); 1 changes
    /// nothing.
    pub temperature: f64,
}

impl ImageClassifier {
    /// What it says of pictures, in batches of so many, with the logits divided by the temperature.
    ///
    /// # Errors
    ///
    /// As [`predict`].
    pub fn predict(&self, pictures: &Arc<dyn Dataset>, batch_size: usize) -> Result<Predictions> {
        let loader = DataLoader::new(pictures.clone(), self.preprocessing.transform(), batch_size);
        let mut said = predict(&*self.net, &loader)?;
        said.logits /= self.temperature;
        Ok(said)
    }

    /// Writes it into a folder, which is made: `config.json`, and beside it the weights as safetensors, in a file named
    /// after their hash. What was saved there before is replaced; whoever reads the folder meanwhile finds the old one or the
    /// new one, never one's weights with the other's classes.
    ///
    /// # Errors
    ///
    /// The head has not as many outputs as there are classes, the temperature is not a positive number, `arch` is none that
    /// can be opened again, or the folder cannot be written to.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        self.check()?;
        fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
        let config_path = folder.join(CONFIG);
        let before = match config_path.exists() {
            true => weights_name(&config_path, &read_json(&config_path)?).ok(),
            false => None,
        };
        let unnamed = folder.join(format!("unnamed-{}.safetensors", std::process::id()));
        self.net.save(&unnamed)?;
        let bytes = fs::read(&unnamed).map_err(Error::io("read", &unnamed))?;
        let name = format!("model-{:08x}.safetensors", (xxh3_128(&bytes) >> 96) as u32);
        let path = folder.join(&name);
        fs::rename(&unnamed, &path).map_err(Error::io("write", &path))?;
        write_json(&config_path, &self.config(&name))?;
        match before {
            // Another program may have removed it already.
            Some(before) if before != name => match fs::remove_file(folder.join(&before)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::io("delete", folder.join(before))(error))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// There is no such file, `config.json` lacks something or has a value of another kind, or the weights are no safetensors
    /// of this net.
    pub fn open(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let path = folder.as_ref().join(CONFIG);
        let config = read_json(&path)?;
        let lacks = |what: &str, expected: &str| Error::Dataset {
            path: path.clone(),
            reason: format!("expected {what:?}: {expected}. Save the classifier again"),
        };
        let arch = config["architecture"]
            .as_str()
            .ok_or_else(|| lacks("architecture", "a text"))?;
        let names = config["classes"].as_array().into_iter().flatten();
        let classes: Vec<String> = names
            .filter_map(|name| name.as_str().map(Into::into))
            .collect();
        let listed = config["classes"].as_array().map_or(0, Vec::len);
        if listed == 0 || listed != classes.len() {
            return Err(lacks("classes", "a list of texts"));
        }
        let preprocessing = &config["preprocessing"];
        let pixels = |name: &str| {
            let number = preprocessing[name]
                .as_u64()
                .and_then(|number| u32::try_from(number).ok());
            number
                .filter(|&number| number > 0)
                .ok_or_else(|| lacks(name, "a number of pixels"))
        };
        let colours = |name: &str| {
            let numbers = preprocessing[name].as_array().into_iter().flatten();
            let numbers: Vec<f32> = numbers
                .filter_map(|number| number.as_f64().map(|number| number as f32))
                .collect();
            <[f32; 3]>::try_from(numbers).map_err(|_| lacks(name, "three numbers"))
        };
        let mut classifier = Self {
            net: build_undrawn(arch, classes.len() as i64, device)?,
            arch: arch.to_owned(),
            classes,
            preprocessing: Preprocessing {
                resize: pixels("resize")?,
                crop: pixels("crop")?,
                mean: colours("mean")?,
                std: colours("std")?,
            },
            temperature: config["temperature"]
                .as_f64()
                .ok_or_else(|| lacks("temperature", "a number"))?,
        };
        let weights = folder.as_ref().join(weights_name(&path, &config)?);
        classifier.net.load(weights, &LoadOptions::new())?;
        classifier.check()?;
        Ok(classifier)
    }

    fn check(&self) -> Result<()> {
        if self.net.num_classes() != Some(self.classes.len() as i64) {
            let expected = format!("{:?}, as the head has outputs", self.net.num_classes());
            return Err(Error::argument(
                "names of classes",
                expected,
                self.classes.len(),
            ));
        }
        if !(self.temperature > 0.0 && self.temperature.is_finite()) {
            return Err(Error::argument(
                "temperature",
                "a positive number",
                self.temperature,
            ));
        }
        // Names and shapes of another architecture would only be found out when it is opened.
        let known = build_undrawn(&self.arch, self.classes.len() as i64, Device::Cpu)?;
        let shapes = |net: &dyn Backbone| -> Vec<(String, Vec<i64>)> {
            let variables = net.var_store().variables();
            let mut shapes: Vec<_> = variables
                .into_iter()
                .map(|(name, value)| (name, value.size()))
                .collect();
            shapes.sort();
            shapes
        };
        if shapes(&*known) != shapes(&*self.net) {
            let expected = format!(
                "that of the net, whose variables are not those of {:?}",
                self.arch
            );
            return Err(Error::argument("architecture", expected, &self.arch));
        }
        Ok(())
    }

    fn config(&self, weights: &str) -> Value {
        let Preprocessing {
            resize,
            crop,
            mean,
            std,
        } = self.preprocessing;
        // As f64, 0.485 would be 0.48500001430511475.
        let short = |numbers: [f32; 3]| -> Vec<Value> {
            let number =
                |number: f32| serde_json::from_str(&number.to_string()).unwrap_or(Value::Null);
            numbers.map(number).to_vec()
        };
        json!({
            "architecture": self.arch,
            "weights": weights,
            "classes": self.classes,
            "preprocessing": {
                "resize": resize,
                "crop": crop,
                "interpolation": "bilinear",
                "mean": short(mean),
                "std": short(std),
            },
            "temperature": self.temperature,
        })
    }
}

/// The file of the weights, which is beside the `config.json`.
fn weights_name(path: &Path, config: &Value) -> Result<String> {
    let name = config["weights"].as_str().filter(|name| {
        let mut parts = Path::new(name).components();
        matches!(
            (parts.next(), parts.next()),
            (Some(std::path::Component::Normal(_)), None)
        )
    });
    name.map(Into::into).ok_or_else(|| Error::Dataset {
        path: path.into(),
        reason: "expected \"weights\": the name of a file beside it. Save the classifier again"
            .into(),
    })
}
