//! The questions about a picture: the head that answers them, its loss, and how often it is right.

use std::fmt::Write;

use transfer::data::synth::QUESTIONS;
use transfer::prelude::{Kind, Tensor, tch};
use transfer::train::{BatchLoss, LossSum, Predictions};

use crate::Failure;
use crate::pictures::OF_LEAVES;
use crate::recipe::Recipe;

/// What cross-entropy leaves out.
const IGNORED: i64 = -100;

/// A question about a leaf weighs as much as several of those about a picture from formulas, which are more.
const LEAF_WEIGHT: f64 = 3.0;
/// How many numbers of the head tell views of one drawing from those of others, how sharply, and what that weighs.
const EMBEDDING: i64 = 128;
const TEMPERATURE: f64 = 0.2;
const VIEWS_WEIGHT: f64 = 4.0;

/// The questions' names, how many answers each has, and what it weighs.
fn questions() -> Vec<(&'static str, i64, f64)> {
    let of_formulas = QUESTIONS
        .iter()
        .map(|question| (question.name, question.answers as i64, 1.0));
    let of_leaves = OF_LEAVES
        .iter()
        .map(|question| (question.name, question.answers as i64, LEAF_WEIGHT));
    of_formulas.chain(of_leaves).collect()
}

/// The outputs of the head: one for each answer to each question, and behind them what two views are compared by.
pub(crate) fn outputs(recipe: Recipe) -> i64 {
    let embedding = if recipe.has_views() { EMBEDDING } else { 0 };
    answers() + embedding
}

fn answers() -> i64 {
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
pub(crate) fn loss(recipe: Recipe) -> BatchLoss {
    BatchLoss::new(recipe.name(), move |logits, batch| {
        let mut sum = Tensor::zeros([], (Kind::Float, logits.device()));
        for (_, weight, said, right) in by_question(logits, &batch.targets)? {
            let guessing = (said.size()[1] as f64).ln();
            let none = None::<&Tensor>;
            let of_question =
                said.f_cross_entropy_loss(&right, none, tch::Reduction::Sum, IGNORED, 0.0)?;
            sum += of_question * (weight / guessing);
        }
        if recipe.has_views() {
            // Those of leaves have a species.
            let species = batch.targets.f_select(1, QUESTIONS.len() as i64)?;
            let rows = species.f_lt(0)?.f_nonzero()?.f_squeeze_dim(1)?;
            let rows = rows.f_to_device(logits.device())?;
            sum += between_views(&logits.f_index_select(0, &rows)?)? * VIEWS_WEIGHT;
        }
        Ok(LossSum {
            sum,
            weight: batch.indices.len() as f64,
        })
    })
}

/// The sum over all rows of the cross-entropy of finding the other view of the same drawing among the batch's others:
/// rows 0 and 1 belong together, 2 and 3, and so on (NT-Xent). In parts of guessing.
fn between_views(logits: &Tensor) -> Result<Tensor, tch::TchError> {
    // Without another pair there is nothing to find.
    let rows = logits.size()[0] / 2 * 2;
    if rows < 4 {
        return Ok(Tensor::zeros([], (Kind::Float, logits.device())));
    }
    let embedding = logits
        .f_narrow(0, 0, rows)?
        .f_narrow(1, answers(), EMBEDDING)?;
    let norm = embedding
        .f_norm_scalaropt_dim(2.0, [1], true)?
        .f_clamp_min(1e-6)?;
    let unit = embedding.f_div(&norm)?;
    let likeness = unit.f_matmul(&unit.f_t_copy()?)? / TEMPERATURE;
    let itself = Tensor::f_eye(rows, (Kind::Bool, logits.device()))?;
    let likeness = likeness.f_masked_fill(&itself, f64::NEG_INFINITY)?;
    let others: Vec<i64> = (0..rows).map(|row| row ^ 1).collect();
    let others = Tensor::from_slice(&others).f_to_device(logits.device())?;
    let none = None::<&Tensor>;
    let sum = likeness.f_cross_entropy_loss(&others, none, tch::Reduction::Sum, IGNORED, 0.0)?;
    Ok(sum / ((rows - 1) as f64).ln())
}

/// How often each question is answered rightly, beside guessing.
pub(crate) fn report(predictions: &Predictions) -> Result<String, Failure> {
    let mut text = format!("{:<24}{:>10}{:>12}", "question", "right, %", "guessing, %");
    for (name, _, said, right) in by_question(&predictions.logits, &predictions.targets)? {
        let asked = right.ge(0).nonzero().squeeze_dim(1);
        if asked.numel() == 0 {
            continue;
        }
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

    use crate::pictures::{Pictures, Sizes};

    /// Guessing costs 1 for each question of weight 1, and what is not asked costs nothing.
    #[test]
    fn the_loss_counts_what_is_asked_in_parts_of_guessing() {
        let recipe = Recipe::Mixture;
        let mixture = Pictures::new(recipe, 6, Sizes::all(16), 0).unwrap();
        let mixture = std::sync::Arc::new(mixture);
        let loader = DataLoader::new(mixture, Transform::square(16), 6);
        let batch = loader.batches(0).next().unwrap().unwrap();
        let logits = Tensor::zeros([6, outputs(recipe)], (Kind::Float, Device::Cpu));
        let loss = loss(recipe).sum(&logits, &batch).unwrap();
        let expected = 3.0 * (QUESTIONS.len() as f64 + LEAF_WEIGHT * OF_LEAVES.len() as f64);
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
            super::loss(recipe)
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
            QUESTIONS.len() + OF_LEAVES.len(),
            "{report}"
        );
    }

    /// Among 8 pictures are two pairs of views: as long as they are all alike, finding each other costs guessing.
    #[test]
    fn the_loss_of_views_pairs_the_rows_of_one_picture() {
        let recipe = Recipe::Views;
        let views = Pictures::new(recipe, 8, Sizes::all(16), 0).unwrap();
        let loader = DataLoader::new(std::sync::Arc::new(views), Transform::new(), 8);
        let batch = loader.batches(0).next().unwrap().unwrap();
        let logits = Tensor::zeros([8, outputs(recipe)], (Kind::Float, Device::Cpu));
        let cost = |logits: &Tensor| {
            loss(recipe)
                .sum(logits, &batch)
                .unwrap()
                .sum
                .double_value(&[])
        };
        let asked = (0..QUESTIONS.len())
            .filter(|number| recipe.asks(*number))
            .count();
        let questions = 4.0 * (asked as f64 + LEAF_WEIGHT * OF_LEAVES.len() as f64);
        assert!((cost(&logits) - questions - 4.0 * VIEWS_WEIGHT).abs() < 1e-3);
        let alike = |rows: [[i64; 2]; 2]| {
            let logits = logits.copy();
            for (number, rows) in (0..).zip(rows) {
                for row in rows {
                    let _ = logits.get(row).get(answers() + number).fill_(3.0);
                }
            }
            cost(&logits) - questions
        };
        assert!(alike([[2, 3], [6, 7]]) < 0.2, "{}", alike([[2, 3], [6, 7]]));
        assert!(alike([[2, 6], [3, 7]]) > 4.0 * VIEWS_WEIGHT);
    }

    /// Views that agree cost next to nothing, views that say nothing cost as much as guessing among the others.
    #[test]
    fn two_views_find_each_other() {
        let (rows, width) = (8, outputs(Recipe::Views));
        let logits = Tensor::zeros([rows, width], (Kind::Float, Device::Cpu));
        let guessing = rows as f64;
        let cost = |logits: &Tensor| between_views(logits).unwrap().double_value(&[]);
        assert!((cost(&logits) - guessing).abs() < 1e-3);
        for row in 0..rows {
            let _ = logits.get(row).get(answers() + row / 2).fill_(3.0);
        }
        assert!(cost(&logits) < 0.1 * guessing, "{}", cost(&logits));
    }
}
