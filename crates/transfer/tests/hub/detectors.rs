//! The table of detectors' weights, against torchvision's own word.

use std::path::Path;

use transfer::hub::{
    self, COCO_CATEGORIES, DetectorWeights, DetectorWeightsEntry, FcosResNet50FpnWeights, Hub,
    RetinaNetResNet50FpnWeights,
};

use crate::says;

/// What `detector_weights.py` printed.
const TORCHVISION: &str = include_str!("detector_weights.txt");

/// A row of the fixture, from one of our entries.
fn row(entry: &DetectorWeightsEntry) -> Vec<String> {
    let known = entry.preprocessing;
    let mut row = vec![
        entry.arch.to_owned(),
        entry.name.to_owned(),
        "default".to_owned(),
        entry.url.to_owned(),
        entry.megabytes.to_string(),
        entry.num_params.to_string(),
        entry.box_map.unwrap().to_string(),
        entry.recipe.to_owned(),
        entry.norm_eps.to_string(),
        known.shorter.to_string(),
        known.longer.to_string(),
        known.divisor.to_string(),
    ];
    row.extend(known.mean.iter().chain(&known.std).map(f32::to_string));
    row.push(entry.categories.join(","));
    row
}

#[test]
fn the_table_of_detectors_is_torchvision_s() {
    let number = |text: &str| match text.parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => text.to_owned(),
    };
    let lines = TORCHVISION.lines().filter(|line| !line.starts_with('#'));
    let theirs: Vec<Vec<String>> = lines
        .map(|line| line.split('\t').map(number).collect())
        .collect();
    let ours: Vec<Vec<String>> = hub::all_detector_weights().into_iter().map(row).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn detectors_have_names_files_and_categories() {
    let (fcos, retinanet) = (
        FcosResNet50FpnWeights::DEFAULT,
        RetinaNetResNet50FpnWeights::CocoV1,
    );
    assert_eq!(
        hub::detector_weights("fcos_resnet50_fpn").unwrap(),
        fcos.entry()
    );
    let named = hub::detector_weights("retinanet_resnet50_fpn_weights.coco_v1").unwrap();
    assert_eq!(named, retinanet.entry());
    assert_eq!(retinanet.categories(), COCO_CATEGORIES);
    assert_eq!(
        [0, 1, 12, 90].map(|number| fcos.categories()[number]),
        ["__background__", "person", "N/A", "toothbrush"]
    );
    let hub = Hub::in_folder("cache");
    for entry in hub::all_detector_weights() {
        let DetectorWeightsEntry {
            name,
            url,
            file_name,
            sha256_prefix,
            ..
        } = entry;
        assert!(url.ends_with(&format!("/{file_name}")), "{name}");
        assert!(
            file_name.ends_with(&format!("-{sha256_prefix}.pth")),
            "{name}"
        );
        assert!(!entry.licence.is_empty(), "{name}");
        assert_eq!(
            hub.path_of(entry),
            Path::new("cache/weights").join(file_name)
        );
    }
    assert_eq!(hub.path_of(&fcos), hub.path_of(fcos.entry()));
}

#[test]
fn a_detector_is_no_classifier_and_a_wrong_name_gets_the_nearest_ones() {
    for name in [
        "retinanet_resnet50_fpn",
        "FCOS_ResNet50_FPN_Weights.COCO_V1",
    ] {
        for error in [
            hub::weights(name).unwrap_err(),
            hub::locate(name).unwrap_err(),
        ] {
            says(&error, &[name, "classifier", "hub::detector_weights"]);
        }
    }
    let error = hub::detector_weights("retinanet_resnet50_fpn_v2").unwrap_err();
    says(
        &error,
        &["\"retinanet_resnet50_fpn\"", "hub::all_detector_weights()"],
    );
}
