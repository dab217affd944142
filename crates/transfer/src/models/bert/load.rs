//! The net's weights from a Hugging Face folder and into one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;
use tch::{Device, Tensor};

use super::names::{is_beside, of_today};
use super::{Bert, BertConfig, LoraConfig};
use crate::checkpoint::{Checkpoint, LoadOptions, LoadReport, StateDict, load_into, write};
use crate::files::write_json;
use crate::{Error, Result};

/// What a folder may have its weights in, in the order of preference.
const FILES: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];

impl Bert {
    /// The net of a Hugging Face folder (`config.json`, and `model.safetensors` or `pytorch_model.bin`): what
    /// [`locate_text_encoder`](crate::hub::locate_text_encoder) finds by name. A pickle is parsed, never executed.
    ///
    /// # Errors
    ///
    /// A file is missing or cannot be read, describes another sort of net, or the weights do not fit the description.
    pub fn open(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let weights = weights_in(folder)?;
        let mut net = Self::undrawn(BertConfig::open(folder)?, device)?;
        net.load(weights)?;
        Ok(net)
    }

    /// Loads a file of weights: safetensors, or either format of `torch.save`. Whatever stands before the names is found out (`bert.`), those of
    /// old (`LayerNorm.gamma`) are known; heads and the pooler are read past, and are [left out](LoadReport::left_out) of the net.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no weights file; or a variable of the net is not in it, has another shape there, or the file has a layer that the
    /// net lacks.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<LoadReport> {
        let path = path.as_ref();
        let mut beside = BTreeSet::new();
        let mut tensors = StateDict::new();
        for (name, tensor) in Checkpoint::open(path)?.read()? {
            match is_beside(&name) {
                true => drop(beside.insert(name)),
                false => drop(tensors.insert(of_today(&name), tensor)),
            }
        }
        let mut report = load_into(self.var_store(), &tensors, path, &LoadOptions::new())?;
        report.left_out.extend(beside);
        Ok(report)
    }

    /// The variables by name. They are the net's own, not copies.
    #[must_use]
    pub fn state(&self) -> StateDict {
        self.var_store().variables().into_iter().collect()
    }

    /// Writes what LoRA has learned as PEFT does (`adapter_config.json`, `adapter_model.safetensors`), for
    /// `PeftModel.from_pretrained` to read. The folder is made. `base` is what the configuration calls the net below.
    ///
    /// # Errors
    ///
    /// The net has no LoRA, or the folder cannot be written to.
    pub fn save_lora(&self, folder: impl AsRef<Path>, base: &str) -> Result<()> {
        let folder = folder.as_ref();
        let Some(lora) = self.lora() else {
            return Err(Error::argument("LoRA", "what Bert::add_lora adds", "none"));
        };
        let named = |(name, of): (String, Tensor)| (format!("base_model.model.{name}"), of);
        let learned = self
            .state()
            .into_iter()
            .filter(|(name, _)| name.contains(".lora_"));
        let learned: StateDict = learned.map(named).collect();
        let config = json!({
            "peft_type": "LORA", "task_type": "FEATURE_EXTRACTION", "base_model_name_or_path": base,
            "r": lora.rank, "lora_alpha": lora.alpha, "lora_dropout": lora.dropout, "bias": "none",
            "target_modules": lora.targets, "inference_mode": true, "fan_in_fan_out": false,
        });
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        write(folder.join("adapter_model.safetensors"), &learned)?;
        write_json(&folder.join("adapter_config.json"), &config)
    }

    /// Takes up what [`save_lora`](Self::save_lora) or PEFT wrote; [adds](Self::add_lora) the matrices where there are none.
    ///
    /// # Errors
    ///
    /// A file cannot be read or asks for what is not here; or the net has matrices of another rank, scale or place.
    pub fn load_lora(&mut self, folder: impl AsRef<Path>) -> Result<LoadReport> {
        let folder = folder.as_ref();
        let read = LoraConfig::open(folder)?;
        match self.lora() {
            None => self.add_lora(&read)?,
            Some(own) if (own.rank, own.alpha) == (read.rank, read.alpha) => {}
            Some(own) => {
                let expected = format!("rank {} and alpha {}, as the net has", own.rank, own.alpha);
                let found = format!("rank {} and alpha {}", read.rank, read.alpha);
                return Err(Error::argument("LoRA of the folder", expected, found));
            }
        }
        let path = folder.join("adapter_model.safetensors");
        let tensors = Checkpoint::open(&path)?.read()?;
        let mut variables = self.state();
        variables.retain(|name, _| name.contains(".lora_"));
        crate::checkpoint::load_state(variables, &tensors, &path, &LoadOptions::new())
    }

    /// Writes `config.json` and `model.safetensors` as Hugging Face's libraries read them. The folder is made.
    ///
    /// # Errors
    ///
    /// There are LoRA's matrices beside its weights ([`merge_lora`](Self::merge_lora) first, or [`save_lora`](Self::save_lora)), or the folder cannot be
    /// written to.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<()> {
        self.save_with(folder.as_ref(), StateDict::new(), &[])
    }

    /// The same, with variables and the classes of a head.
    pub(in crate::models) fn save_with(
        &self,
        folder: &Path,
        head: StateDict,
        classes: &[String],
    ) -> Result<()> {
        if self.lora().is_some() {
            let expected = "none: Bert::merge_lora makes them part of the net, Bert::save_lora writes them alone";
            return Err(Error::argument(
                "LoRA",
                expected,
                "matrices beside the weights",
            ));
        }
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        let tensors: StateDict = self.state().into_iter().chain(head).collect();
        write(folder.join(FILES[0]), &tensors)?;
        let mut config = self.config.to_json();
        for (number, class) in classes.iter().enumerate() {
            config["id2label"][number.to_string()] = json!(class);
            config["label2id"][class] = json!(number);
        }
        write_json(&folder.join("config.json"), &config)
    }
}

/// The weights of a folder.
pub(in crate::models) fn weights_in(folder: &Path) -> Result<PathBuf> {
    let files = FILES.map(|file| folder.join(file));
    let found = files.iter().find(|file| file.exists());
    found.cloned().ok_or_else(|| Error::Dataset {
        path: folder.into(),
        reason: format!(
            "expected a Hugging Face folder with config.json, tokenizer.json and {}, found no weights",
            FILES.join(" or ")
        ),
    })
}
