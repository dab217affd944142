//! What a learner says without training: of a learning rate, of its net, of pictures.

use std::path::Path;

use tch::{Kind, Tensor};

use super::predictions::evaluate_as;
use super::session::check_classes;
use super::source::Source;
use super::{Evaluation, Learner, LrFind, LrRange, Predictions, lr_find, predict, predict_flipped};
use crate::data::{DataLoader, RgbImage, open_picture};
use crate::{Error, Result};

impl Learner {
    /// Tries growing learning rates on up to 100 batches and suggests one; the net is afterwards what it was, bit for
    /// bit. The configuration's optimiser and loss are used, for all layers that are not frozen at one rate, a batch a
    /// step.
    ///
    /// # Errors
    ///
    /// The loader fails, a label has no place in the net's head, nothing can learn, or the loss diverges at once.
    pub fn lr_find(&mut self) -> Result<LrFind> {
        self.lr_find_in(LrRange::default())
    }

    /// As [`lr_find`](Self::lr_find), between other rates or in fewer steps.
    ///
    /// # Errors
    ///
    /// As [`lr_find`](Self::lr_find); or the range is empty, or has too few steps.
    pub fn lr_find_in(&mut self, range: LrRange) -> Result<LrFind> {
        lr_find::lr_find(&*self.net, &self.train, &self.config, range)
    }

    /// The loss and the accuracy on other pictures, and what the net says of each.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](super::evaluate()); or the pictures have other classes than those that were learned from.
    pub fn evaluate(&self, loader: &DataLoader) -> Result<Evaluation> {
        check_classes(&self.train, loader)?;
        evaluate_as(&*self.net, loader, &self.config)
    }

    /// What the net says of other pictures: logits, probabilities, the likeliest classes.
    ///
    /// # Errors
    ///
    /// As [`predict`].
    pub fn predict(&self, loader: &DataLoader) -> Result<Predictions> {
        predict(&*self.net, loader)
    }

    /// As [`predict`](Self::predict), with each picture shown as it is and mirrored: see [`predict_flipped`].
    ///
    /// # Errors
    ///
    /// As [`predict`].
    pub fn predict_flipped(&self, loader: &DataLoader) -> Result<Predictions> {
        predict_flipped(&*self.net, loader)
    }

    /// As [`predict_image`](Self::predict_image), for a file.
    ///
    /// # Errors
    ///
    /// The file cannot be decoded; or as [`predict_image`](Self::predict_image).
    pub fn predict_file(&self, path: impl AsRef<Path>) -> Result<Vec<(String, f64)>> {
        self.predict_image(&open_picture(path.as_ref())?)
    }

    /// How likely the net finds each class for one picture, the likeliest first. The picture is shaped as those for
    /// validation are, or those for training where there are none.
    ///
    /// # Errors
    ///
    /// The picture cannot be resized as asked, or the head has not one output for each class of the pictures.
    pub fn predict_image(&self, picture: &RgbImage) -> Result<Vec<(String, f64)>> {
        let loader = self.valid.as_ref().unwrap_or(&self.train);
        let classes = loader.dataset().classes();
        if let Some(width) = self
            .net
            .num_classes()
            .filter(|width| *width != classes.len() as i64)
        {
            let expected = format!("{}, one for each of the {0} classes", classes.len());
            return Err(Error::argument("outputs of the head", expected, width));
        }
        let (values, [height, width]) = loader.transform().apply(picture)?;
        let xs = Tensor::f_from_slice(&values)?.f_view([1, 3, height as i64, width as i64])?;
        let logits = tch::no_grad(|| Source::logits(loader, &*self.net, &xs, false));
        let shares = logits
            .softmax(-1, Kind::Float)
            .view([-1])
            .to_kind(Kind::Double);
        let shares = Vec::<f64>::try_from(&shares)?;
        let mut likely: Vec<_> = classes.iter().cloned().zip(shares).collect();
        likely.sort_by(|one, other| other.1.total_cmp(&one.1));
        Ok(likely)
    }
}
