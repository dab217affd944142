//! The questions about a picture: the head that answers them, its loss, and how often it is right.

use std::fmt::Write;

use transfer::data::synth::QUESTIONS;
use transfer::prelude::{Kind, Tensor, tch};
use transfer::train::{BatchLoss, LossSum, Predictions};

use crate::Failure;
use crate::pictures::SPECIES;

/// What cross-entropy leaves out.
const IGNORED: i64 = -100;

/// The one question about a leaf weighs as much as several of those about a picture from formulas.
const SPECIES_WEIGHT: f64 = 4.0;

/// The questions' names, how many answers each has, and what it weighs.
fn questions() -> Vec<(&'static str, i64, f64)> {
    let of_formulas = QUESTIONS
        .iter()
        .map(|question| (question.name, question.answers as i64, 1.0));
    let of_leaves = ("species", SPECIES as i64, SPECIES_WEIGHT);
    of_formulas.chain([of_leaves]).collect()
}

/// The outputs of the head: one for each answer to each question.
pub(crate) fn outputs() -> i64 {
    questions().iter().map(|(_, answers, _)| answers).sum()
}

/// Each question's logits `[N, answers]` and right answers `[N]`, where `IGNORED` stands for a question that is not asked.
fn by_question(
    logits: &Tensor,
    targets: &Tensor,
) -> Result<Vec<(&'static str, f64, Tensor, Tensor)>, tch::TchError> {
    let mut start = 0;
    let mut parts = Vec::new();
    for (column, (name, answers, weight)) in (0..).zip(questions()) {
        let said = logits.f_narrow(1, start, answers)?;
        let right = targets.f_select(1, column)?.f_to_kind(Kind::Int64)?;
        let right = right.f_masked_fill(&right.f_lt(0)?, IGNORED)?;
        parts.push((name, weight, said, right.f_to_device(logits.device())?));
        start += answers;
    }
    Ok(parts)
}

/// The sum of all questions' cross-entropies, each in parts of that of guessing: a question with many answers
/// weighs no more than one with few.
pub(crate) fn loss() -> BatchLoss {
    BatchLoss::new("answers to all questions", |logits, batch| {
        let mut sum = Tensor::zeros([], (Kind::Float, logits.device()));
        for (_, weight, said, right) in by_question(logits, &batch.targets)? {
            let guessing = (said.size()[1] as f64).ln();
            let none = None::<&Tensor>;
            let of_question =
                said.f_cross_entropy_loss(&right, none, tch::Reduction::Sum, IGNORED, 0.0)?;
            sum += of_question * (weight / guessing);
        }
        Ok(LossSum {
            sum,
            weight: batch.indices.len() as f64,
        })
    })
}

/// How often each question is answered rightly, beside guessing.
pub(crate) fn report(predictions: &Predictions) -> Result<String, Failure> {
    let mut text = format!("{:<24}{:>10}{:>12}", "question", "right, %", "guessing, %");
    for (name, _, said, right) in by_question(&predictions.logits, &predictions.targets)? {
        let asked = right.ge(0).nonzero().squeeze_dim(1);
        let found = said.argmax(1, false).index_select(0, &asked);
        let hits = found.eq_tensor(&right.index_select(0, &asked));
        let share = hits.to_kind(Kind::Double).mean(Kind::Double);
        write!(
            text,
            "\n{name:<24}{:>10.1}{:>12.1}",
            100.0 * share.double_value(&[]),
            100.0 / said.size()[1] as f64
        )?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transfer::data::{DataLoader, Transform};
    use transfer::prelude::Device;

    use crate::pictures::Mixture;

    /// Guessing costs 1 for each question of weight 1, and what is not asked costs nothing.
    #[test]
    fn the_loss_counts_what_is_asked_in_parts_of_guessing() {
        let mixture = std::sync::Arc::new(Mixture::new(6, 16, 0).unwrap());
        let loader = DataLoader::new(mixture, Transform::square(16), 6);
        let batch = loader.batches(0).next().unwrap().unwrap();
        let logits = Tensor::zeros([6, outputs()], (Kind::Float, Device::Cpu));
        let loss = loss().sum(&logits, &batch).unwrap();
        let expected = 3.0 * (QUESTIONS.len() as f64 + SPECIES_WEIGHT);
        assert!((loss.sum.double_value(&[]) - expected).abs() < 1e-3);
        assert_eq!(loss.weight, 6.0);

        // Whoever is sure of the right answers has no loss, and all answers right.
        let parts = by_question(&logits, &batch.targets).unwrap();
        let sure = parts.into_iter().map(|(_, _, said, right)| {
            right
                .clamp_min(0)
                .one_hot(said.size()[1])
                .to_kind(Kind::Float)
                * 50.0
        });
        let logits = Tensor::cat(&sure.collect::<Vec<_>>(), 1);
        assert!(
            super::loss()
                .sum(&logits, &batch)
                .unwrap()
                .sum
                .double_value(&[])
                < 1e-3
        );
        let predictions = Predictions {
            predictions: logits.argmax(1, false),
            logits,
            labels: batch.labels,
            targets: batch.targets,
            indices: batch.indices,
            skipped: Vec::new(),
        };
        let report = report(&predictions).unwrap();
        assert_eq!(
            report.matches("     100.0").count(),
            QUESTIONS.len() + 1,
            "{report}"
        );
    }
}
