//! Confident learning, against cleanlab's figures (reference.py).

use std::collections::BTreeMap;

use transfer::prelude::*;

/// Rows, classes, wrong labels in 100, how sure the net is, classes without a label; and the seed.
const CASES: [(&str, [u64; 5], u64); 7] = [
    ("two", [60, 2, 15, 3000, 0], 11),
    ("five", [200, 5, 10, 6000, 0], 467),
    ("noisy", [300, 4, 40, 2500, 0], 20),
    ("unsure", [150, 6, 10, 600, 0], 41573),
    ("absent", [120, 5, 12, 5000, 1], 15),
    ("clean", [100, 3, 0, 20000, 0], 16),
    ("rare", [24, 12, 25, 4000, 0], 17),
];

/// SplitMix64, as in reference.py.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 33) % end
    }
}

fn draw(seed: u64, [rows, classes, wrong, sure, absent]: [u64; 5]) -> (Tensor, Tensor) {
    let mut random = Random(seed);
    let (mut labels, mut numbers) = (Vec::new(), Vec::new());
    let named = classes - absent;
    for row in 0..rows {
        let truth = row % named;
        let is_wrong = row >= 2 * named && random.below(100) < wrong;
        let label = match is_wrong {
            true => (truth + 1 + random.below(named - 1)) % named,
            false => truth,
        };
        labels.push(label as i64);
        let mut weights: Vec<u64> = (0..classes).map(|_| 1 + random.below(1000)).collect();
        weights[truth as usize] += random.below(sure);
        let sum: u64 = weights.iter().sum();
        numbers.extend(weights.iter().map(|&weight| weight as f64 / sum as f64));
    }
    let probabilities = Tensor::from_slice(&numbers).view([rows as i64, classes as i64]);
    (probabilities, Tensor::from_slice(&labels))
}

#[test]
fn joints_and_issues_are_cleanlabs() {
    let lines = include_str!("reference.txt").lines();
    let reference: BTreeMap<&str, Vec<f64>> = lines
        .filter_map(|line| {
            line.strip_prefix('#')
                .is_none()
                .then(|| line.split_once(' '))?
        })
        .map(|(name, text)| {
            (
                name,
                text.split(' ')
                    .map(|number| number.parse().unwrap())
                    .collect(),
            )
        })
        .collect();
    let mut issues_seen = 0;
    for (name, case, seed) in CASES {
        let (probabilities, labels) = draw(seed, case);
        let found = ConfidentLearning::of(&probabilities, &labels).unwrap();
        let of = |what: &str| &reference[&*format!("{name}.{what}")];
        let flat = |counts: &[Vec<usize>]| -> Vec<f64> {
            counts.iter().flatten().map(|&count| count as f64).collect()
        };
        for (threshold, expected) in found.thresholds.iter().zip(of("thresholds")) {
            assert!(
                (threshold - expected).abs() < 1e-12,
                "{name}: {threshold} {expected}"
            );
        }
        assert_eq!(flat(&found.counts), *of("counts"), "{name}");
        assert_eq!(flat(&found.joint), *of("joint"), "{name}");
        for (filter, method) in [
            (LabelFilter::NoiseRate, "prune_by_noise_rate"),
            (LabelFilter::OffDiagonal, "confident_learning"),
        ] {
            let issues = found.label_issues(filter);
            let places: Vec<f64> = issues.iter().map(|issue| issue.index as f64).collect();
            assert_eq!(places, of(method)[1..], "{name} {filter:?}");
            issues_seen += issues.len();
            for issue in issues {
                let expected = of("margins")[issue.index];
                assert!((issue.normalized_margin - expected).abs() < 1e-12, "{name}");
                assert_ne!(issue.label, issue.suggestion);
                let row = probabilities.get(issue.index as i64);
                assert_eq!(
                    issue.self_confidence,
                    row.double_value(&[issue.label as i64])
                );
                assert_eq!(
                    row.argmax(0, false).int64_value(&[]),
                    issue.suggestion as i64
                );
            }
        }
    }
    assert!(issues_seen > 200, "{issues_seen}");
}

#[test]
fn what_is_no_distribution_is_refused() {
    let labels = Tensor::from_slice(&[0i64, 1]);
    let of = |numbers: &[f64], classes: i64| {
        let rows = numbers.len() as i64 / classes;
        let labels = labels.narrow(0, 0, rows.min(2)).clamp_max(classes - 1);
        ConfidentLearning::of(&Tensor::from_slice(numbers).view([rows, classes]), &labels)
    };
    assert!(of(&[0.5, 0.5, 0.25, 0.75], 2).is_ok());
    for (numbers, classes) in [
        (&[2.0, -1.0, 0.5, 0.5][..], 2), // Logits that add up to 1.
        (&[3.0, 1.0, 0.5, 0.5], 2),
        (&[f64::NAN, 0.5, 0.5, 0.5], 2),
        (&[1.0, 1.0], 1),
        (&[], 2),
    ] {
        let message = of(numbers, classes).unwrap_err().to_string();
        assert!(message.contains("probabilities"), "{message}");
    }
}

#[test]
fn out_of_fold_says_nothing_of_what_it_has_seen() {
    // Labels at random: whoever knew them would be right more often than not.
    let mut random = Random(1);
    let numbers: Vec<f32> = (0..90 * 200).map(|_| random.below(1000) as f32).collect();
    let labels: Vec<i64> = (0..90).map(|row| row % 3).collect();
    let features = Features {
        xs: Tensor::from_slice(&numbers).view([90, 200]),
        labels: Tensor::from_slice(&labels),
        classes: ["a", "b", "c"].map(String::from).to_vec(),
        indices: (0..90).collect(),
        skipped: Vec::new(),
    };
    let config = HeadConfig::default();
    let right = |said: &Tensor| accuracy(&said.argmax(1, false), &features.labels);
    let head = LinearHead::fit(&features, &config).unwrap();
    assert!(right(&head.logits(&features.xs)) > 0.95);
    let said = out_of_fold(&features, &[], 5, &config).unwrap();
    assert!(right(&said) < 0.55, "{}", right(&said));
    let sums = said.sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
    assert!((sums - 1.0).abs().max().double_value(&[]) < 1e-5);
    assert_eq!(said, out_of_fold(&features, &[], 5, &config).unwrap());
    let other = HeadConfig { seed: 1, ..config };
    assert_ne!(said, out_of_fold(&features, &[], 5, &other).unwrap());
}

#[test]
fn copies_go_to_one_fold() {
    // Every picture is there twice, and only its copy tells its label.
    let mut random = Random(2);
    let once: Vec<f32> = (0..30 * 100).map(|_| random.below(1000) as f32).collect();
    let features = Features {
        xs: Tensor::from_slice(&[once.clone(), once].concat()).view([60, 100]),
        labels: Tensor::from_slice(&(0..60).map(|row| row % 30 % 2).collect::<Vec<i64>>()),
        classes: ["a", "b"].map(String::from).to_vec(),
        indices: (0..60).collect(),
        skipped: Vec::new(),
    };
    let right = |groups: &[Vec<usize>]| {
        let said = out_of_fold(&features, groups, 6, &HeadConfig::default()).unwrap();
        accuracy(&said.argmax(1, false), &features.labels)
    };
    let twins: Vec<Vec<usize>> = (0..30).map(|row| vec![row, row + 30]).collect();
    let (divided, together) = (right(&[]), right(&twins));
    assert!(divided > 0.8 && together < 0.7, "{divided} {together}");
}

#[test]
fn classes_that_cannot_be_judged_are_named() {
    let table = |labels: &[i64]| Features {
        xs: Tensor::eye(labels.len() as i64, (Kind::Float, Device::Cpu)),
        labels: Tensor::from_slice(labels),
        classes: ["ant", "bee"].map(String::from).to_vec(),
        indices: (0..labels.len()).collect(),
        skipped: Vec::new(),
    };
    let message = |labels: &[i64], groups: &[Vec<usize>], folds: usize| {
        let said = out_of_fold(&table(labels), groups, folds, &HeadConfig::default());
        said.unwrap_err().to_string()
    };
    assert!(message(&[0, 0, 0, 1], &[], 2).contains("\"bee\""));
    assert!(message(&[0, 0, 1, 1], &[vec![2, 3]], 2).contains("\"bee\""));
    assert!(message(&[0, 0, 1, 1], &[vec![2, 9]], 2).contains("below 4"));
    for folds in [0, 1, 5] {
        assert!(message(&[0, 0, 1, 1], &[], folds).contains("folds"));
    }
    // Fewer rows of a class than folds, and a class without rows: no reason to stop.
    assert!(
        out_of_fold(
            &table(&[0, 0, 0, 0, 0, 1, 1]),
            &[],
            5,
            &HeadConfig::default()
        )
        .is_ok()
    );
    assert!(out_of_fold(&table(&[0; 6]), &[], 3, &HeadConfig::default()).is_ok());
}
