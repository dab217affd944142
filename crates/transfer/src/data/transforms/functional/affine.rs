//! Shearing, moving and turning, with the nearest pixel and on black: what TrivialAugment and RandAugment use.

use image::RgbImage;

/// Shears along the rows by `amount` pixels per row, from the upper left corner.
#[must_use]
pub fn shear_x(picture: &RgbImage, amount: f64) -> RgbImage {
    transform(picture, [1.0, amount, 0.0, 0.0, 1.0, 0.0])
}

/// Shears along the columns by `amount` pixels per column, from the upper left corner.
#[must_use]
pub fn shear_y(picture: &RgbImage, amount: f64) -> RgbImage {
    transform(picture, [1.0, 0.0, 0.0, amount, 1.0, 0.0])
}

/// Moves right by `x` and down by `y` whole pixels.
#[must_use]
pub fn translate(picture: &RgbImage, x: i64, y: i64) -> RgbImage {
    super::crop(picture, -x, -y, picture.width(), picture.height())
}

/// Turns around the centre by `degrees`, against the clock.
#[must_use]
pub fn rotate(picture: &RgbImage, degrees: f64) -> RgbImage {
    let angle = -degrees.rem_euclid(360.0).to_radians();
    // To 15 places, as Pillow does, so that a quarter turn has a cosine of 0.
    let round = |value: f64| (value * 1e15).round() / 1e15;
    let (cos, sin) = (round(angle.cos()), round(angle.sin()));
    let (x, y) = (
        f64::from(picture.width()) / 2.0,
        f64::from(picture.height()) / 2.0,
    );
    let matrix = [
        cos,
        sin,
        x - cos * x - sin * y,
        -sin,
        cos,
        y + sin * x - cos * y,
    ];
    transform(picture, matrix)
}

/// For each pixel of the result (x, y) the pixel at (a x + b y + c, d x + e y + f), in Pillow's 16.16 fixed point.
fn transform(picture: &RgbImage, [a, b, c, d, e, f]: [f64; 6]) -> RgbImage {
    let fixed = |value: f64| (value * 65536.0 + 0.5).floor() as i64;
    let (step_x, step_y) = ([fixed(a), fixed(d)], [fixed(b), fixed(e)]);
    let mut row = [fixed(c + 0.5 * (a + b)), fixed(f + 0.5 * (d + e))];
    let (width, height) = picture.dimensions();
    let mut result = RgbImage::new(width, height);
    for pixels in result.rows_mut() {
        let mut at = row;
        for pixel in pixels {
            let (x, y) = (at[0] >> 16, at[1] >> 16);
            if (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y) {
                *pixel = *picture.get_pixel(x as u32, y as u32);
            }
            at = [at[0] + step_x[0], at[1] + step_x[1]];
        }
        row = [row[0] + step_y[0], row[1] + step_y[1]];
    }
    result
}
