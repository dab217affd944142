//! Grids of pictures, feature maps and filters.

use transfer::prelude::*;

pub(crate) fn charts() -> Result<Vec<(&'static str, Figure)>> {
    let leaves = Leaves::new(SpeciesSet::Novel, 8, 64, 0);
    let classes = leaves.classes().to_vec();
    let tiles = (0..14).map(|i| {
        Ok(Tile::new(
            leaves.picture(i * 4)?,
            if i % 5 == 2 {
                format!("{} → something far too long", classes[leaves.label(i * 4)])
            } else {
                classes[leaves.label(i * 4)].clone()
            },
        )
        .marked(i % 5 != 2))
    });
    let losses: Vec<TopLoss> = (0..6)
        .map(|i| TopLoss {
            index: i * 9,
            label: i,
            prediction: (i + usize::from(i < 4)) % 8,
            confidence: 0.97 - 0.08 * i as f64,
            loss: 5.2 - 0.6 * i as f64,
        })
        .collect();

    let grid_axis = Tensor::linspace(-3.0, 3.0, 14, (Kind::Float, Device::Cpu));
    let maps: Vec<Tensor> = (0..16)
        .map(|i| {
            ((grid_axis.unsqueeze(0) * f64::from(i % 4 + 1) * 0.5).sin()
                * (grid_axis.unsqueeze(1) * f64::from(i / 4 + 1) * 0.5).cos())
                * f64::from(i + 1)
        })
        .collect();
    let maps = Tensor::stack(&maps, 0);
    let group = [vec![0i64; 3], vec![1; 6], vec![2; 9]].concat();
    let group = Tensor::from_slice(&group);
    let grouped = group
        .unsqueeze(0)
        .eq_tensor(&group.unsqueeze(1))
        .to_kind(Kind::Float);
    let alike = Tensor::rand([18, 18], (Kind::Float, Device::Cpu));

    Ok(vec![
        ("grid", grid(&tiles.collect::<Result<Vec<_>>>()?, 7)?),
        (
            "losses",
            loss_grid(&losses, &classes, 6, |index| leaves.picture(index))?,
        ),
        (
            "maps",
            map_grid(
                "Sixteen feature maps, each with its own scale",
                &maps,
                MapScale::PerMap,
                8,
            )?,
        ),
        (
            "maps_common",
            map_grid("The same on a common scale", &maps, MapScale::Common, 8)?,
        ),
        (
            "similarity_maps",
            similarity_maps(
                "How alike are things of three groups?",
                &[("before", &alike), ("after", &(&alike * &grouped))],
                &[
                    ("few".into(), 3),
                    ("some more".into(), 6),
                    ("most".into(), 9),
                ],
            )?,
        ),
        (
            "filters",
            filter_grid(
                "64 filters of 7 x 7",
                &Tensor::randn([64, 3, 7, 7], (Kind::Float, Device::Cpu)),
                16,
            )?,
        ),
    ])
}
