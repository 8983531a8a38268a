//! A line of text cut out, straightened and scaled to the height that the recogniser reads.

use image::{Rgb, RgbImage};

use super::lines::Line;

/// Height of a strip in pixels, as the recogniser was trained.
pub(super) const HEIGHT: u32 = 48;
/// Width of a strip in pixels; a longer line is squeezed.
const MOST_WIDTH: f32 = 3_200.0;
const LEAST_WIDTH: f32 = 16.0;

/// The pixels of a line, 48 high, read from left to right.
pub(super) fn straighten(picture: &RgbImage, line: &Line) -> RgbImage {
    let scale = line.height / HEIGHT as f32;
    let width = (line.length / scale).round().clamp(LEAST_WIDTH, MOST_WIDTH);
    let step = [line.length / width, scale];
    // Of a line that is made smaller, each pixel is the mean of several.
    let samples = scale.ceil().clamp(1.0, 4.0) as u32;
    RgbImage::from_fn(width as u32, HEIGHT, |x, y| {
        let mut sum = [0.0; 3];
        for at in 0..samples * samples {
            let part = |at: u32| (at as f32 + 0.5) / samples as f32;
            let along = (x as f32 + part(at % samples)) * step[0];
            let across = (y as f32 + part(at / samples)) * step[1];
            let levels = between_pixels(picture, line.at(along, across));
            for (sum, level) in sum.iter_mut().zip(levels) {
                *sum += level;
            }
        }
        Rgb(sum.map(|sum| (sum / (samples * samples) as f32).round() as u8))
    })
}

/// The colour at a point, from the four pixels around it; beyond the edge, the edge's.
fn between_pixels(picture: &RgbImage, [x, y]: [f32; 2]) -> [f32; 3] {
    let (x, y) = (
        (x - 0.5).clamp(0.0, (picture.width() - 1) as f32),
        (y - 0.5).clamp(0.0, (picture.height() - 1) as f32),
    );
    let (left, top) = (x as u32, y as u32);
    let right = (left + 1).min(picture.width() - 1);
    let bottom = (top + 1).min(picture.height() - 1);
    let (u, v) = (x - left as f32, y - top as f32);
    let corner = |x, y| picture.get_pixel(x, y).0.map(f32::from);
    let [a, b] = [corner(left, top), corner(right, top)];
    let [c, d] = [corner(left, bottom), corner(right, bottom)];
    std::array::from_fn(|channel| {
        let upper = a[channel] * (1.0 - u) + b[channel] * u;
        let lower = c[channel] * (1.0 - u) + d[channel] * u;
        upper * (1.0 - v) + lower * v
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_line_of_48_pixels_is_cut_out_as_it_is() {
        let picture = RgbImage::from_fn(200, 100, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]));
        let line = Line {
            centre: [100.0, 50.0],
            along: [1.0, 0.0],
            length: 120.0,
            height: 48.0,
        };
        let strip = straighten(&picture, &line);
        assert_eq!(strip.dimensions(), (120, 48));
        for (x, y) in [(0, 0), (119, 47), (60, 20)] {
            assert_eq!(strip.get_pixel(x, y), picture.get_pixel(x + 40, y + 26));
        }
    }

    #[test]
    fn a_line_read_downwards_lies_level_and_one_beyond_the_edge_is_filled() {
        let picture = RgbImage::from_fn(60, 300, |_, y| Rgb([if y < 150 { 0 } else { 255 }; 3]));
        let line = Line {
            centre: [30.0, 150.0],
            along: [0.0, 1.0],
            length: 400.0,
            height: 24.0,
        };
        let strip = straighten(&picture, &line);
        assert_eq!(strip.dimensions(), (800, 48));
        assert_eq!(
            (strip.get_pixel(5, 24).0[0], strip.get_pixel(795, 24).0[0]),
            (0, 255)
        );
    }
}
