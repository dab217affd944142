//! Masks as run lengths, as COCO counts them.

use image::GrayImage;

/// How long the runs of pixels outside and inside are, by turns, beginning outside; column by column, each from the top.
pub(super) fn runs(instances: &GrayImage, number: u8) -> Vec<u32> {
    let (width, height) = instances.dimensions();
    let (mut runs, mut inside, mut run) = (Vec::new(), false, 0);
    for column in 0..width {
        for row in 0..height {
            if (instances.get_pixel(column, row).0[0] == number) != inside {
                runs.push(run);
                (inside, run) = (!inside, 0);
            }
            run += 1;
        }
    }
    runs.push(run);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_down_the_columns_and_begin_outside() {
        // Rows: 0 1 / 1 1 / 0 2.
        let map = GrayImage::from_raw(2, 3, vec![0, 1, 1, 1, 0, 2]).unwrap();
        assert_eq!(runs(&map, 1), [1, 1, 1, 2, 1]);
        assert_eq!(runs(&map, 2), [5, 1]);
        assert_eq!(runs(&map, 3), [6]);
        let full = GrayImage::from_pixel(2, 2, image::Luma([1]));
        assert_eq!(runs(&full, 1), [0, 4]);
    }
}
