//! Losses on the numbers of a table's columns: they reach the net, the validation, and the pictures one by one.

mod training;

use std::path::Path;
use std::sync::Arc;

use image::{Rgb, RgbImage};
use tch::{Device, Kind, Tensor};
use training::{alone, same, weights};
use transfer::data::{CsvManifest, CsvOptions, DataLoader, Dataset, Transform};
use transfer::models::{CifarResNet, CifarResNetConfig};
use transfer::train::{BatchLoss, FeatureStore, Learner, LossSum, TrainConfig};

/// Pictures whose red and green are the columns `red` and `green`, and `is_red` and `is_green` say which is above half.
fn table(folder: &Path, columns: &[&str]) -> CsvManifest {
    let mut text = String::from("path,red,green,is_red,is_green\n");
    for number in 0..24_u32 {
        let [red, green] = [number * 10, (number * 7 % 24) * 10].map(|value| value as u8);
        let name = format!("{number}.png");
        RgbImage::from_pixel(8, 8, Rgb([red, green, 90]))
            .save(folder.join(&name))
            .unwrap();
        let share = |value: u8| f32::from(value) / 255.0;
        let flag = |value: u8| u8::from(value > 115);
        text += &format!(
            "{name},{},{},{},{}\n",
            share(red),
            share(green),
            flag(red),
            flag(green)
        );
    }
    let path = folder.join("table.csv");
    std::fs::write(&path, text).unwrap();
    CsvManifest::open(&path, &CsvOptions::new().strict().target_columns(columns)).unwrap()
}

fn loader(folder: &Path, columns: &[&str]) -> DataLoader {
    let pictures: Arc<dyn Dataset> = Arc::new(table(folder, columns));
    DataLoader::new(pictures, Transform::square(8), 6).shuffled(1)
}

fn learner(loader: DataLoader, outputs: i64, loss: BatchLoss) -> Learner {
    let net = CifarResNet::new(CifarResNetConfig { blocks: 1 }, outputs, Device::Cpu, 0);
    Learner::new(Box::new(net), loader.clone())
        .validate_on(loader)
        .config(TrainConfig::new().lr(1e-2).batch_loss(loss))
}

#[test]
fn a_net_learns_the_columns_of_a_table() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let loader = loader(folder.path(), &["green", "red"]);
    let mut learner = learner(loader.clone(), 2, BatchLoss::mean_squares());
    let before = learner.evaluate(&loader).unwrap().loss;
    let history = learner.fit(12).unwrap();
    let found = learner.evaluate(&loader).unwrap();
    assert!(
        found.loss < 0.02 && found.loss < before / 4.0,
        "{before}, {}",
        found.loss
    );
    let last = &history.epochs[11];
    assert!((last.valid_loss.unwrap() - found.loss).abs() < 1e-6);
    // The loss is torch.nn.MSELoss of what is said and what is true, picture by picture and together.
    let said = &found.predictions;
    assert_eq!(said.targets.size(), [24, 2]);
    let mean = (&said.logits - &said.targets).square().mean(Kind::Double);
    assert!((mean.double_value(&[]) - found.loss).abs() < 1e-6);
    let of_each = found.losses.iter().sum::<f64>() / 24.0;
    assert!((of_each - found.loss).abs() < 1e-6);
    let second = said.indices[1] as f32;
    assert!((said.targets.double_value(&[1, 1]) - f64::from(second / 25.5)).abs() < 1e-6);
    // Nothing is classified.
    assert!(last.accuracy.is_nan() && last.valid_accuracy.is_none() && found.accuracy.is_nan());
    assert!(
        !last.to_string().contains("accuracy") && !last.to_string().contains("NaN"),
        "{last}"
    );
}

#[test]
fn several_yes_or_no_labels_are_learned_at_once() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let loader = loader(folder.path(), &["is_red", "is_green"]);
    let mut learner = learner(loader.clone(), 2, BatchLoss::binary_cross_entropy());
    learner.fit(15).unwrap();
    let said = learner.predict(&loader).unwrap();
    let right = said
        .logits
        .gt(0.0)
        .to_kind(Kind::Float)
        .eq_tensor(&said.targets);
    let share = right
        .to_kind(Kind::Float)
        .mean(Kind::Double)
        .double_value(&[]);
    assert!(share > 0.85, "{share}");
}

#[test]
fn a_head_on_stored_features_learns_the_columns_too() {
    let _turn = alone();
    let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let loader = loader(folder.path(), &["red"]);
    let mut store = FeatureStore::open(kept.path()).unwrap();
    let head = |store: Option<&mut FeatureStore>| {
        let mut learner = learner(loader.clone(), 1, BatchLoss::mean_squares());
        let history = learner.fit_head_on_features(4, store).unwrap();
        assert!(
            history.epochs[3].loss < history.epochs[0].loss,
            "{history:?}"
        );
        weights(learner.net())
    };
    let first = head(Some(&mut store));
    assert!(same(&first, &head(Some(&mut store))) && same(&first, &head(None)));
    assert_eq!((store.hits, store.computed), (3, 1));
}

#[test]
fn a_closure_sees_the_outputs_and_the_batch() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let loader = loader(folder.path(), &["red", "green"]);
    let ready = BatchLoss::mean_squares();
    let own = BatchLoss::new("own", |logits: &Tensor, batch| {
        let sum = (logits - &batch.targets).square().sum(Kind::Float);
        let weight = batch.targets.numel() as f64;
        Ok(LossSum { sum, weight })
    });
    let [one, other] = [ready.clone(), own.clone()].map(|loss| {
        let mut learner = learner(loader.clone(), 2, loss);
        learner.fit(2).unwrap();
        weights(learner.net())
    });
    for (name, tensor) in &one {
        assert!(tensor.allclose(&other[name], 1e-4, 1e-5, false), "{name}");
    }
    assert!(own == own.clone() && own != ready);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let _turn = alone();
    let folder = tempfile::tempdir().unwrap();
    let error = |columns: &[&str], outputs, loss| {
        let mut learner = learner(loader(folder.path(), columns), outputs, loss);
        learner.fit(1).unwrap_err().to_string()
    };
    let message = error(&["red"], 2, BatchLoss::mean_squares());
    assert!(
        message.contains("[6, 2]") && message.contains("[6, 1]"),
        "{message}"
    );
    let unlike = BatchLoss::new("no sum", |logits: &Tensor, _| {
        Ok(LossSum {
            sum: logits.shallow_clone(),
            weight: 1.0,
        })
    });
    assert!(error(&["red"], 2, unlike).contains("one number"));
    let nothing = BatchLoss::new("weighs nothing", |logits: &Tensor, _| {
        Ok(LossSum {
            sum: logits.sum(Kind::Float),
            weight: 0.0,
        })
    });
    assert!(error(&["red"], 2, nothing).contains("weighs nothing"));
    let mut learner = learner(
        loader(folder.path(), &["red"]),
        1,
        BatchLoss::mean_squares(),
    )
    .config(
        TrainConfig::new()
            .batch_loss(BatchLoss::mean_squares())
            .label_smoothing(0.1),
    );
    assert!(
        learner
            .fit(1)
            .unwrap_err()
            .to_string()
            .contains("label smoothing")
    );
    let scaled = |batch_loss: BatchLoss| {
        let config = TrainConfig::new().batch_loss(batch_loss);
        format!("{config:?}")
    };
    assert!(scaled(BatchLoss::mean_squares()).contains("mean squares"));
    // No yes or no.
    let numbers = folder.path().join("numbers.csv");
    std::fs::write(&numbers, "path,n\n0.png,3\n1.png,0\n").unwrap();
    let set = CsvManifest::open(&numbers, &CsvOptions::new().target_columns(&["n"])).unwrap();
    let loader = DataLoader::new(Arc::new(set), Transform::square(8), 2);
    let mut learner = self::learner(loader, 1, BatchLoss::binary_cross_entropy());
    assert!(learner.fit(1).unwrap_err().to_string().contains("0 to 3"));
}
