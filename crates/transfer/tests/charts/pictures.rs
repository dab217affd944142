//! Tensors as pictures, and grids of pictures.

use tch::{Device, Kind, Tensor};
use transfer::data::RgbImage;
use transfer::metrics::TopLoss;
use transfer::viz::*;

use super::{count, names, sound};

#[test]
fn pictures_of_tensors() {
    let batch = Tensor::from_slice(&[1.0f32, -9.0, 0.0, 9.0, 0.5, f32::NAN]).view([1, 3, 1, 2]);
    let pictures = pictures_of(&batch, [0.0; 3], [1.0; 3]).unwrap();
    assert_eq!(pictures[0].as_raw(), &[255, 0, 128, 0, 255, 0]);
    let zero = imagenet_pictures(&Tensor::zeros([1, 3, 1, 1], (Kind::Float, Device::Cpu))).unwrap();
    assert_eq!(zero[0].as_raw(), &[124, 116, 104]);

    let maps = Tensor::from_slice(&[0.0f32, 1.0, 0.0, 10.0]).view([2, 1, 2]);
    let (own, common) = (
        map_pictures(&maps, MapScale::PerMap).unwrap(),
        map_pictures(&maps, MapScale::Common).unwrap(),
    );
    assert_eq!(
        (own[0].get_pixel(1, 0), own[0].get_pixel(0, 0)),
        (own[1].get_pixel(1, 0), own[1].get_pixel(0, 0))
    );
    assert_ne!(common[0].get_pixel(1, 0), common[1].get_pixel(1, 0));
    let same = filter_pictures(&Tensor::ones([1, 3, 2, 2], (Kind::Float, Device::Cpu))).unwrap();
    assert!(same[0].as_raw().iter().all(|value| *value == 128));

    assert_eq!(
        count(
            &map_grid("Maps", &maps, MapScale::Common, 8).unwrap(),
            "image"
        ),
        2
    );
    assert_eq!(
        count(
            &filter_grid(
                "Filters",
                &Tensor::randn([7, 3, 5, 5], (Kind::Float, Device::Cpu)),
                3
            )
            .unwrap(),
            "image"
        ),
        7
    );
    let chart = map_grid("Maps", &maps, MapScale::Common, 8).unwrap();
    assert!(
        sound(&chart).contains(">dark blue: 0, yellow: 10<") && chart.alt().contains("yellow: 10")
    );
    let chart = map_grid("Maps", &maps, MapScale::PerMap, 8).unwrap();
    assert!(!sound(&chart).contains("yellow") && chart.alt().contains("2 feature maps of 2 x 1"));
    sound(&map_grid("None", &maps.slice(0, 0, 0, 1), MapScale::PerMap, 0).unwrap());
    assert!(
        map_grid("t", &batch, MapScale::PerMap, 1).is_err()
            && filter_grid("t", &maps, 1).is_err()
            && pictures_of(&maps, [0.0; 3], [1.0; 3]).is_err()
    );
}

#[test]
fn similarity_maps_have_their_groups_beside_the_rows() {
    let alike = Tensor::eye(5, (Kind::Float, Device::Cpu));
    let groups = [("a & b".to_owned(), 2), ("c".to_owned(), 3)];
    let chart = similarity_maps(
        "How alike?",
        &[("first", &alike), ("then", &alike)],
        &groups,
    );
    let chart = chart.unwrap();
    let svg = sound(&chart);
    for part in [
        ">a &amp; b<",
        ">c<",
        ">first<",
        ">then<",
        ">dark blue: 0, yellow: 1<",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    assert_eq!(count(&chart, "image"), 2);
    assert!(chart.alt().contains("2 maps of 5 x 5 pairs (first, then)"));
    let error = similarity_maps("t", &[("first", &alike)], &groups[..1]).unwrap_err();
    assert!(error.to_string().contains("[5, 5] in \"first\""), "{error}");
    assert!(similarity_maps("t", &[], &groups).is_err());
    // Names of small groups give way to each other.
    let many: Vec<(String, usize)> = (0..100).map(|i| (format!("group {i}"), 1)).collect();
    let alike = Tensor::eye(100, (Kind::Float, Device::Cpu));
    let chart = similarity_maps("t", &[("all", &alike)], &many).unwrap();
    assert!((15..30).contains(&sound(&chart).matches(">group ").count()));
}

#[test]
fn grids_of_pictures() {
    let tiles = [
        Tile::new(RgbImage::new(8, 8), "a < b"),
        Tile::new(RgbImage::new(300, 500), "c").marked(true),
        Tile::new(RgbImage::new(0, 0), "no pixels"),
    ];
    let pictures = grid(&tiles, 3).unwrap();
    assert!(sound(&pictures).contains("a &lt; b") && pictures.svg().contains("✓ c"));
    assert_eq!(count(&pictures, "image"), 2);
    assert!(
        pictures.alt().starts_with("3 pictures: ")
            && grid(&tiles[..1], 3)
                .unwrap()
                .alt()
                .starts_with("1 picture: ")
    );
    sound(&grid(&[], 0).unwrap());
    // Both names of a mistake are read, however long.
    let long = Tile::new(
        RgbImage::new(8, 8),
        "golden retriever → flat-coated retriever",
    )
    .marked(false);
    let long = grid(&[long], 1).unwrap();
    for line in [
        ">✗ golden retriever<",
        ">→ flat-coated<",
        ">retriever<",
        "…",
    ] {
        assert_eq!(
            sound(&long).contains(line),
            line != "…",
            "{line} in {}",
            long.svg()
        );
    }
    let loss = TopLoss {
        index: 4,
        label: 0,
        prediction: 1,
        confidence: 0.9,
        loss: 2.5,
    };
    let found = loss_grid(&[loss], &names(&["a", "b"]), 4, |index| {
        Ok(RgbImage::new(index as u32, 4))
    })
    .unwrap();
    assert!(sound(&found).contains(">✗ a → b<") && found.svg().contains(">loss 2.50 · 90 %<"));
    assert!(loss_grid(&[loss], &names(&["a"]), 4, |_| Ok(RgbImage::new(1, 1))).is_err());
}
