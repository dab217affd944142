//! The loader: the same batches from any number of threads, bounded, resumable, and loud about what goes wrong.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{Rgb, RgbImage};
use tch::Tensor;
use transfer::data::{Batch, DataLoader, Dataset, Layout, Mix, Transform};
use transfer::{Error, Result};

/// Pictures whose content is their number. Counts what is decoded; some are errors, one panics.
#[derive(Debug, Default)]
struct Numbers {
    len: usize,
    decoded: AtomicUsize,
    broken: Vec<usize>,
    panics: Option<usize>,
    classes: Vec<String>,
}

impl Numbers {
    fn new(len: usize) -> Self {
        Self {
            len,
            classes: vec!["even".into(), "odd".into()],
            ..Self::default()
        }
    }
}

impl Dataset for Numbers {
    fn len(&self) -> usize {
        self.len
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn label(&self, index: usize) -> usize {
        index % 2
    }

    fn name(&self, index: usize) -> PathBuf {
        format!("number {index}").into()
    }

    fn picture(&self, index: usize) -> Result<RgbImage> {
        self.decoded.fetch_add(1, Ordering::SeqCst);
        assert!(self.panics != Some(index), "unlucky");
        if self.broken.contains(&index) {
            return Err(Error::Picture {
                path: self.name(index),
                reason: "broken".into(),
            });
        }
        Ok(RgbImage::from_fn(24, 20, |x, y| {
            Rgb([index as u8, x as u8 * 9, y as u8 * 9])
        }))
    }
}

fn loader(data: Numbers, batch_size: usize) -> DataLoader {
    DataLoader::new(Arc::new(data), Transform::new(), batch_size)
}

fn all(loader: &DataLoader, epoch: usize) -> Vec<Batch> {
    loader.batches(epoch).map(Result::unwrap).collect()
}

fn same(a: &Tensor, b: &Tensor) -> bool {
    a.size() == b.size() && (a - b).abs().sum(tch::Kind::Double).double_value(&[]) == 0.0
}

#[test]
fn any_number_of_threads_gives_the_same_batches() {
    let transform = Transform::train(16)
        .trivial_augment_wide()
        .random_erasing(0.5);
    let with = |workers, epoch| {
        let loader = DataLoader::new(Arc::new(Numbers::new(23)), transform.clone(), 4);
        all(&loader.shuffled(5).workers(workers), epoch)
    };
    let one = with(1, 3);
    assert_eq!(
        one.iter()
            .map(|batch| batch.indices.len())
            .collect::<Vec<_>>(),
        [4, 4, 4, 4, 4, 3]
    );
    for workers in [0, 2, 5, 40] {
        for (a, b) in one.iter().zip(with(workers, 3)) {
            assert_eq!(
                (&a.indices, a.epoch, a.number),
                (&b.indices, b.epoch, b.number)
            );
            assert!(same(&a.xs, &b.xs) && same(&a.labels, &b.labels));
        }
    }
    let other = with(2, 4);
    assert_ne!(one[0].indices, other[0].indices);
}

#[test]
fn random_steps_differ_between_epochs_and_seeds_also_in_order() {
    let transform = Transform::train(16);
    let with = |seed, epoch| {
        let loader = DataLoader::new(Arc::new(Numbers::new(4)), transform.clone(), 4);
        all(&loader.augment_seed(seed), epoch).remove(0).xs
    };
    assert!(same(&with(0, 0), &with(0, 0)));
    assert!(!same(&with(0, 0), &with(0, 1)) && !same(&with(0, 0), &with(1, 0)));
}

#[test]
fn an_epoch_goes_on_where_it_was_left() {
    let loader = loader(Numbers::new(10), 3).shuffled(1);
    let indices = |batches: Vec<Batch>| batches.into_iter().map(|b| b.indices).collect::<Vec<_>>();
    let whole = indices(all(&loader, 2));
    let rest: Vec<Batch> = loader.batches_from(2, 1).map(Result::unwrap).collect();
    assert_eq!(rest[0].number, 1);
    assert_eq!(indices(rest), whole[1..]);
    assert_eq!(loader.batches_from(2, 4).count(), 0);
    assert_eq!(loader.batches_from(2, 400).count(), 0);
    let places: Vec<(usize, usize)> = loader
        .epochs(2..4, 3)
        .map(|batch| batch.map(|b| (b.epoch, b.number)).unwrap())
        .collect();
    assert_eq!(places, [(2, 3), (3, 0), (3, 1), (3, 2), (3, 3)]);
    let run: Vec<Batch> = loader.epochs(1..3, 0).map(Result::unwrap).collect();
    assert_eq!(indices(run)[4..], whole);
}

#[test]
fn the_last_batch_can_be_left_out() {
    let loader = loader(Numbers::new(10), 4).drop_last();
    assert_eq!(
        (
            loader.num_batches(),
            all(&loader, 0).len(),
            loader.batches(0).len()
        ),
        (2, 2, 2)
    );
    let none = DataLoader::new(Arc::new(Numbers::new(3)), Transform::new(), 4).drop_last();
    assert_eq!(none.batches(0).count(), 0);
    assert_eq!(
        DataLoader::new(Arc::new(Numbers::new(0)), Transform::new(), 4)
            .batches(0)
            .count(),
        0
    );
}

#[test]
fn no_more_than_two_batches_are_made_ahead_and_dropping_ends_it() {
    let data = Arc::new(Numbers::new(10_000));
    let loader = DataLoader::new(data.clone(), Transform::new(), 5).workers(3);
    let mut batches = loader.batches(0);
    assert_eq!(batches.next().unwrap().unwrap().indices, [0, 1, 2, 3, 4]);
    drop(batches);
    let decoded = data.decoded.load(Ordering::SeqCst);
    assert!(decoded <= 15, "{decoded}");
}

#[test]
fn pictures_that_cannot_be_read_are_named_and_the_rest_goes_on() {
    let mut data = Numbers::new(7);
    data.broken = vec![1, 4, 5];
    let batches = all(&loader(data, 2), 0);
    let sizes: Vec<_> = batches
        .iter()
        .map(|b| (b.indices.len(), b.xs.size()[0], b.skipped.len()))
        .collect();
    assert_eq!(sizes, [(1, 1, 1), (2, 2, 0), (0, 0, 2), (1, 1, 0)]);
    assert_eq!(batches[0].skipped[0].to_string(), "number 1: broken");
    assert_eq!(batches[2].labels.size(), [0]);
}

#[test]
fn a_strict_loader_fails_at_what_cannot_be_read() {
    let mut data = Numbers::new(7);
    data.broken = vec![4];
    let found: Vec<Result<Batch>> = loader(data, 2).strict().batches(0).collect();
    let good: Vec<bool> = found.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, true, false, true]);
    let message = found[2].as_ref().unwrap_err().to_string();
    assert!(
        message.contains("number 4") && message.contains("broken"),
        "{message}"
    );
}

#[test]
fn a_panic_is_an_error_with_the_pictures_name() {
    let mut data = Numbers::new(6);
    data.panics = Some(3);
    let found: Vec<Result<Batch>> = loader(data, 2).workers(2).batches(0).collect();
    assert_eq!(
        found.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
    let message = found[1].as_ref().unwrap_err().to_string();
    assert!(
        message.contains("number 3") && message.contains("unlucky"),
        "{message}"
    );
}

#[test]
fn both_layouts_have_one_shape_and_the_same_numbers() {
    let first = all(&loader(Numbers::new(3), 3), 0).remove(0).xs;
    let last = all(&loader(Numbers::new(3), 3).layout(Layout::ChannelsLast), 0)
        .remove(0)
        .xs;
    assert!(same(&first, &last));
    assert_eq!(
        (first.stride(), last.stride()),
        (vec![1440, 480, 24, 1], vec![1440, 1, 72, 3])
    );
}

#[test]
fn mixed_batches_have_targets_that_sum_to_one() {
    let batch = all(&loader(Numbers::new(4), 4), 0).remove(0);
    let pair = (&batch.xs, &batch.labels);
    for mix in [
        Mix::MixUp(0.4),
        Mix::CutMix(1.0),
        Mix::Either {
            mixup: 0.2,
            cutmix: 1.0,
        },
    ] {
        let (xs, targets) = mix.apply(pair, 3, [1, 2, 3]).unwrap();
        assert_eq!((xs.size(), targets.size()), (batch.xs.size(), vec![4, 3]));
        let rows =
            Vec::<f32>::try_from(targets.sum_dim_intlist(1, false, tch::Kind::Float)).unwrap();
        assert!(rows.iter().all(|row| (row - 1.0).abs() < 1e-6), "{rows:?}");
        let (again, _) = mix.apply(pair, 3, [1, 2, 3]).unwrap();
        assert!(same(&xs, &again));
        let (other, _) = mix.apply(pair, 3, [1, 2, 4]).unwrap();
        assert!(!same(&xs, &other), "{mix:?}");
    }
    // The red channel is the picture's number: its mean says how much of which picture there is.
    for mix in [Mix::MixUp(1.0), Mix::CutMix(1.0)] {
        let (xs, targets) = mix.apply(pair, 3, [1, 0, 0]).unwrap();
        let share = targets.double_value(&[2, 0]);
        let red = 255.0
            * xs.select(1, 0)
                .get(2)
                .mean(tch::Kind::Double)
                .double_value(&[]);
        assert!(
            (red - (2.0 * share + (1.0 - share))).abs() < 1e-4,
            "{mix:?}: {red}, {share}"
        );
    }
    let message = Mix::MixUp(1.0)
        .apply(pair, 1, [0; 3])
        .unwrap_err()
        .to_string();
    assert!(message.contains("0 to 1"), "{message}");
    for alpha in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Mix::CutMix(alpha).apply(pair, 3, [0; 3]).is_err());
    }
}

#[test]
fn epochs_of_any_length_show_every_picture_before_any_comes_back() {
    let loader = DataLoader::new(Arc::new(Numbers::new(10)), Transform::new(), 3)
        .shuffled(4)
        .epoch_len(4);
    assert_eq!(loader.num_batches(), 2);
    let shown = |epochs: std::ops::Range<usize>| -> Vec<usize> {
        let batches = loader.epochs(epochs, 0).map(|batch| batch.unwrap().indices);
        batches.flatten().collect()
    };
    let all = shown(0..5);
    assert_eq!(all.len(), 20);
    for pass in all.chunks(10) {
        let mut pass = pass.to_vec();
        pass.sort_unstable();
        assert_eq!(pass, (0..10).collect::<Vec<_>>());
    }
    assert_ne!(all[..10], all[10..]);
    // An epoch by itself is the same as in a row; longer than the data set, it has some pictures twice.
    assert_eq!(shown(2..3), all[8..12]);
    let long = loader.clone().drop_last().epoch_len(25);
    assert_eq!(long.num_batches(), 8);
    assert_eq!(
        long.batches(0)
            .map(|it| it.unwrap().indices.len())
            .sum::<usize>(),
        24
    );
}
