//! Many dimensions as two.

use transfer::prelude::*;

use crate::names;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let leaves = Leaves::new(SpeciesSet::Novel, 8, 64, 0);
    // Twelve clusters in twenty dimensions.
    let labels: Vec<usize> = (0..480).map(|i| i % 12).collect();
    let centres = Tensor::randn([12, 20], (Kind::Float, Device::Cpu)) * 3.0;
    let index = Tensor::from_slice(&labels.iter().map(|label| *label as i64).collect::<Vec<_>>());
    let xs = centres.index_select(0, &index) + Tensor::randn([480, 20], (Kind::Float, Device::Cpu));
    let layout = tsne(&xs, &TsneConfig::default())?;
    let twelve: Vec<String> = (0..12).map(|i| format!("class {i}")).collect();
    let thirty: Vec<String> = (0..30)
        .map(|i| format!("a rather long name, {i}"))
        .collect();
    let thirty_labels: Vec<usize> = (0..480).map(|i| i % 30).collect();
    let pictures = (0..40)
        .map(|i| Ok((i * 11, leaves.picture(i % leaves.len())?)))
        .collect::<Result<Vec<_>>>()?;

    Ok(vec![
        (
            "tsne",
            scatter("t-SNE of 480 points", &layout, &labels, &twelve)?,
        ),
        (
            "tsne_pictures",
            scatter_pictures("With pictures", &layout, &labels, &twelve, &pictures)?,
        ),
        (
            "pca_30",
            scatter(
                "PCA, thirty classes",
                &pca(&xs, 2)?.points,
                &thirty_labels,
                &thirty,
            )?,
        ),
        (
            "scatter_one",
            scatter(
                "One point",
                &Tensor::from_slice(&[1.0, 2.0]).view([1, 2]),
                &[0],
                &names(&["only"]),
            )?,
        ),
    ])
}
