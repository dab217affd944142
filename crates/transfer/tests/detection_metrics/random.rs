//! Random pictures, judged as reference.py judges them.

use transfer::metrics::{DetectionEval, ErrorCounts, PrecisionRecall, VocRule};

use super::cases::{CASES, Case};
use super::classes;
use super::reference::{Reference, difference};

const TOLERANCE: f64 = 1e-12;

fn each(mut judge: impl FnMut(&Case, &DetectionEval, &Reference)) {
    let reference = Reference::read();
    for case in &CASES {
        let (pictures, sum) = case.draw();
        let mut eval = DetectionEval::new(&classes(case.classes as usize));
        for (truth, found) in &pictures {
            eval.add(truth, found).unwrap();
        }
        let truths: usize = pictures.iter().map(|(truth, _)| truth.len()).sum();
        let found: usize = pictures.iter().map(|(_, found)| found.len()).sum();
        let expected = reference.of(&format!("{}.boxes", case.name));
        assert_eq!(
            [truths as f64, found as f64],
            expected[..2],
            "{}",
            case.name
        );
        assert!((sum / expected[2] - 1.0).abs() < 1e-12, "{}", case.name);
        judge(case, &eval, &reference);
    }
}

fn agree(case: &Case, reference: &Reference, what: &str, found: &[f64]) {
    let name = format!("{}.{what}", case.name);
    let expected = reference.of(&name);
    let largest = difference(&name, found, expected);
    assert!(largest < TOLERANCE, "{name}: {found:?}, {expected:?}");
}

#[test]
fn as_pycocotools_counts() {
    each(|case, eval, reference| {
        let coco = eval.coco();
        let figures = [
            coco.ap,
            coco.ap50,
            coco.ap75,
            coco.ap_small,
            coco.ap_medium,
            coco.ap_large,
            coco.ar_1,
            coco.ar_10,
            coco.ar_100,
            coco.ar_small,
            coco.ar_medium,
            coco.ar_large,
        ];
        agree(case, reference, "coco", &figures);
        let of_classes = |figure: fn(&transfer::metrics::CocoClass) -> f64| -> Vec<f64> {
            coco.classes.iter().map(figure).collect()
        };
        agree(case, reference, "class_ap", &of_classes(|class| class.ap));
        agree(
            case,
            reference,
            "class_ap50",
            &of_classes(|class| class.ap50),
        );
        agree(
            case,
            reference,
            "objects",
            &of_classes(|class| class.objects as f64),
        );
        agree(
            case,
            reference,
            "beyond_limit",
            &of_classes(|class| class.beyond_limit as f64),
        );
    });
}

#[test]
fn curves_are_those_that_pycocotools_samples() {
    // At each recall of 0, 0.1, …, 1 the precision and the score of the point that pycocotools takes.
    fn sample(curve: &PrecisionRecall, recall: f64) -> [f64; 2] {
        let from = curve.points.iter().position(|point| point.recall >= recall);
        from.map_or([0.0; 2], |from| {
            let rest = &curve.points[from..];
            let best = rest.iter().map(|point| point.precision).fold(0.0, f64::max);
            [best, rest[0].score]
        })
    }
    each(|case, eval, reference| {
        for (threshold, what) in [(0.5, "curve50"), (0.75, "curve75")] {
            let found: Vec<f64> = (0..case.classes as usize)
                .map(|class| eval.precision_recall(class, threshold).unwrap())
                .filter(|curve| curve.objects > 0)
                // A curve at 0 begins with its first detection, which pycocotools may have ignored: it says the same
                // precision, and another score.
                .flat_map(|curve| {
                    (1..=10).flat_map(move |tenth| sample(&curve, f64::from(tenth * 10) * 0.01))
                })
                .collect();
            agree(case, reference, what, &found);
        }
    });
}

#[test]
fn as_voc_counts() {
    each(|case, eval, reference| {
        for (rule, name) in [(VocRule::ElevenPoint, "eleven"), (VocRule::Area, "area")] {
            for (threshold, percent) in [(0.5, 50), (0.7, 70)] {
                let voc = eval.voc(threshold, rule).unwrap();
                let mut found: Vec<f64> = voc.classes.iter().map(|class| class.ap).collect();
                found.push(voc.map);
                agree(case, reference, &format!("voc_{name}{percent}"), &found);
            }
        }
    });
}

#[test]
fn as_tides_program_counts() {
    let mut compared = 0;
    each(|case, eval, reference| {
        for (threshold, percent) in [(0.0, 0), (0.5, 50)] {
            let errors = eval.errors(threshold).unwrap();
            let ErrorCounts {
                right,
                confused,
                badly_placed,
                confused_and_badly_placed,
                doubled,
                background,
                ignored,
                below_threshold,
                nearly_found,
                missed,
            } = errors.total;
            let all = right
                + confused
                + badly_placed
                + confused_and_badly_placed
                + doubled
                + background
                + ignored
                + below_threshold;
            assert_eq!(all as f64, reference.of(&format!("{}.boxes", case.name))[1]);
            let asked: usize = eval
                .voc(0.5, VocRule::Area)
                .unwrap()
                .classes
                .iter()
                .map(|class| class.objects)
                .sum();
            assert_eq!(right + nearly_found + missed, asked);
            let name = format!("tide{percent}");
            if reference.has(&format!("{}.{name}", case.name)) {
                let counts = [
                    right,
                    confused,
                    badly_placed,
                    confused_and_badly_placed,
                    doubled,
                    background,
                    missed,
                ];
                compared += 1;
                agree(case, reference, &name, &counts.map(|count| count as f64));
            }
        }
    });
    // With all detections, and with those of 0.5 and more.
    assert_eq!(compared, 6);
}
