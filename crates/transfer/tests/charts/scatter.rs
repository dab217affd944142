//! Points by class.

use tch::{Device, Kind, Tensor};
use transfer::data::RgbImage;
use transfer::viz::*;

use super::{count, names, numbered, sound};

#[test]
fn points_by_class() {
    let points = Tensor::randn([60, 2], (Kind::Float, Device::Cpu));
    let labels: Vec<usize> = (0..60).map(|i| i % 30).collect();
    let chart = scatter("Thirty", &points, &labels, &numbered(30)).unwrap();
    // Six colours in each of five shapes, with a sign each in the legend.
    assert_eq!(
        (count(&chart, "circle"), count(&chart, "polygon")),
        (12 + 6, 48 + 24)
    );
    let broken = Tensor::from_slice(&[0.0, 1.0, f64::NAN, 2.0]).view([2, 2]);
    assert!(
        sound(&scatter("t", &broken, &[0, 0], &names(&["a"])).unwrap())
            .contains(">1 of 2 points is not finite<")
    );
    sound(&scatter("None", &points.slice(0, 0, 0, 1), &[], &[]).unwrap());
    let picture = (0, RgbImage::new(9, 9));
    assert_eq!(
        count(
            &scatter_pictures(
                "t",
                &points.slice(0, 0, 1, 1),
                &[0],
                &names(&["a"]),
                &[picture.clone(), picture.clone()]
            )
            .unwrap(),
            "image"
        ),
        1
    );
    assert!(scatter("t", &points, &[0], &names(&["a"])).is_err());
    assert!(scatter("t", &points.slice(0, 0, 1, 1), &[1], &names(&["a"])).is_err());
    assert!(
        scatter_pictures(
            "t",
            &points.slice(0, 0, 1, 1),
            &[0],
            &names(&["a"]),
            &[(1, RgbImage::new(1, 1))]
        )
        .is_err()
    );
}
