//! Where lines of text stand: boxes around the pixels that the detector marks.
//!
//! Differentiable binarization: Liao, Wan, Yao, Chen and Bai, *Real-time Scene Text Detection with
//! Differentiable Binarization*, AAAI 2020. The network marks a line's core; its box grows by the area
//! of the core over its outline, times [`GROWTH`].

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::engine::{Engine, EngineError, Plane};

/// Probability from which a pixel belongs to a core.
const PIXEL: f32 = 0.3;
/// Mean probability from which a core is one of a line.
const CORE: f32 = 0.5;
/// Area over outline, times this, is what a core grows by.
const GROWTH: f32 = 1.6;
/// Least height of a core, in pixels of the map.
const LEAST_HEIGHT: f32 = 3.0;
/// Most lines of a picture.
const MOST_LINES: usize = 1_000;
/// Sides of what the detector is shown, in pixels: small pictures are enlarged, large ones reduced.
const SHORT_SIDE: f32 = 736.0;
const LONG_SIDE: f32 = 1_280.0;
/// The detector halves its input five times.
const MULTIPLE: u32 = 32;

/// A line of text: a rectangle, perhaps turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Its middle, in pixels of the picture.
    pub centre: [f32; 2],
    /// Unit vector of the direction in which it is read.
    pub along: [f32; 2],
    /// Its extent in that direction, in pixels.
    pub length: f32,
    /// Its extent across, in pixels.
    pub height: f32,
}

impl Line {
    /// The point at `along` pixels from its start and `across` pixels from its upper edge.
    pub(super) fn at(&self, along: f32, across: f32) -> [f32; 2] {
        let (u, v) = (along - self.length / 2.0, across - self.height / 2.0);
        let [x, y] = self.along;
        [
            self.centre[0] + u * x - v * y,
            self.centre[1] + u * y + v * x,
        ]
    }
}

/// Finds the lines of a picture, in no order.
pub(super) fn find(engine: &mut Engine, picture: &RgbImage) -> Result<Vec<Line>, EngineError> {
    let (width, height) = shown_size(picture.width(), picture.height());
    let shown = imageops::resize(picture, width, height, FilterType::Triangle);
    let input = planes(&shown);
    let map = engine.detect(&input, width as usize, height as usize)?;
    let scale = [
        picture.width() as f32 / width as f32,
        picture.height() as f32 / height as f32,
    ];
    let mut lines: Vec<Line> = cores(&map)
        .iter()
        .filter_map(|core| line_around(core, scale))
        .collect();
    lines.truncate(MOST_LINES);
    Ok(lines)
}

/// Lines side by side as rows from top to bottom, each from left to right.
pub(super) fn in_rows(mut lines: Vec<Line>) -> Vec<Vec<Line>> {
    lines.sort_by(|one, other| one.centre[1].total_cmp(&other.centre[1]));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        let beside = rows.last().and_then(|row| row.last()).is_some_and(|last| {
            let apart = line.centre[1] - last.centre[1];
            apart < 0.5 * last.height.min(line.height)
        });
        match rows.last_mut().filter(|_| beside) {
            Some(row) => row.push(line),
            None => rows.push(vec![line]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.centre[0].total_cmp(&other.centre[0]));
    }
    rows
}

/// The size in which a picture is shown to the detector: about its own.
fn shown_size(width: u32, height: u32) -> (u32, u32) {
    let (short, long) = (width.min(height) as f32, width.max(height) as f32);
    let scale = (SHORT_SIDE / short).max(1.0).min(LONG_SIDE / long);
    let side = |pixels: u32| {
        let multiples = (pixels as f32 * scale / MULTIPLE as f32).round();
        multiples.max(1.0) as u32 * MULTIPLE
    };
    (side(width), side(height))
}

/// Three planes, blue first, from -1 to 1.
pub(super) fn planes(picture: &RgbImage) -> Vec<f32> {
    [2, 1, 0]
        .into_iter()
        .flat_map(|channel| picture.pixels().map(move |pixel| pixel.0[channel]))
        .map(|level| f32::from(level) / 127.5 - 1.0)
        .collect()
}

/// The cores of lines: connected pixels (eight neighbours) that are marked surely enough.
fn cores(map: &Plane) -> Vec<Vec<[f32; 2]>> {
    let mut left: Vec<bool> = map.values.iter().map(|value| *value > PIXEL).collect();
    let mut found = Vec::new();
    for start in 0..left.len() {
        if !std::mem::take(&mut left[start]) {
            continue;
        }
        let (mut pixels, mut sum, mut next) = (vec![start], 0.0, 0);
        while let Some(&at) = pixels.get(next) {
            next += 1;
            sum += map.values[at];
            for neighbour in neighbours(at, map.width, map.height) {
                if std::mem::take(&mut left[neighbour]) {
                    pixels.push(neighbour);
                }
            }
        }
        if sum / pixels.len() as f32 >= CORE {
            let point = |at: &usize| [(at % map.width) as f32, (at / map.width) as f32];
            found.push(pixels.iter().map(point).collect());
        }
    }
    found
}

fn neighbours(at: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (at % width, at / width);
    let rows = y.saturating_sub(1)..=(y + 1).min(height - 1);
    rows.flat_map(move |row| {
        (x.saturating_sub(1)..=(x + 1).min(width - 1)).map(move |column| row * width + column)
    })
}

/// The box of a line from the pixels of its core; `scale` leads from the map to the picture.
fn line_around(core: &[[f32; 2]], scale: [f32; 2]) -> Option<Line> {
    let mut corners = Vec::with_capacity(core.len());
    // A pixel is a square, not a point.
    for [x, y] in core {
        corners.extend([[*x, *y], [x + 1.0, *y], [*x, y + 1.0], [x + 1.0, y + 1.0]]);
    }
    let core = smallest_rectangle(&hull(corners))?;
    if core.length.min(core.height) < LEAST_HEIGHT {
        return None;
    }
    let grown = GROWTH * core.length * core.height / (2.0 * (core.length + core.height));
    let upright = upright(core);
    let [x, y] = [upright.along[0] * scale[0], upright.along[1] * scale[1]];
    let stretch = x.hypot(y);
    let across = (upright.along[1] * scale[0]).hypot(upright.along[0] * scale[1]);
    Some(Line {
        centre: [upright.centre[0] * scale[0], upright.centre[1] * scale[1]],
        along: [x / stretch, y / stretch],
        length: (upright.length + 2.0 * grown) * stretch,
        height: (upright.height + 2.0 * grown) * across,
    })
}

/// A line is read along its longer side, left to right, or downwards where it stands on end.
fn upright(line: Line) -> Line {
    let Line {
        centre,
        mut along,
        mut length,
        mut height,
    } = line;
    let level = along[0].abs() >= along[1].abs();
    // What is hardly wider than high is a short word on a level line.
    let turned = if level {
        height > 1.5 * length
    } else {
        length < 1.5 * height
    };
    if turned {
        along = [-along[1], along[0]];
        std::mem::swap(&mut length, &mut height);
    }
    let level = along[0].abs() >= along[1].abs();
    if (level && along[0] < 0.0) || (!level && along[1] < 0.0) {
        along = [-along[0], -along[1]];
    }
    Line {
        centre,
        along,
        length,
        height,
    }
}

/// The corners of the smallest convex shape that holds all points (Andrew's monotone chain).
fn hull(mut points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    points.sort_by(|one, other| {
        one[0]
            .total_cmp(&other[0])
            .then(one[1].total_cmp(&other[1]))
    });
    points.dedup();
    let turn = |a: [f32; 2], b: [f32; 2], c: [f32; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    };
    let half = |points: &mut dyn Iterator<Item = [f32; 2]>| {
        let mut chain: Vec<[f32; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..] {
                if turn(a, b, point) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut corners = half(&mut points.iter().copied());
    corners.extend(half(&mut points.iter().rev().copied()));
    corners
}

/// The smallest rectangle around a convex shape; one of its sides lies on a side of the shape
/// (Freeman and Shapira, *Determining the minimum-area encasing rectangle*, CACM 1975).
fn smallest_rectangle(hull: &[[f32; 2]]) -> Option<Line> {
    let sides = hull.iter().zip(hull.iter().cycle().skip(1));
    sides
        .filter_map(|(from, to)| {
            let (x, y) = (to[0] - from[0], to[1] - from[1]);
            let length = x.hypot(y);
            (length > 0.0).then(|| rectangle_along(hull, [x / length, y / length]))
        })
        .min_by(|one, other| (one.length * one.height).total_cmp(&(other.length * other.height)))
}

fn rectangle_along(hull: &[[f32; 2]], along: [f32; 2]) -> Line {
    let [x, y] = along;
    let extent = |x: f32, y: f32| {
        hull.iter()
            .map(|point| point[0] * x + point[1] * y)
            .fold((f32::MAX, f32::MIN), |(least, most), at| {
                (least.min(at), most.max(at))
            })
    };
    let ((left, right), (top, bottom)) = (extent(x, y), extent(-y, x));
    let (u, v) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    Line {
        centre: [u * x - v * y, u * y + v * x],
        along,
        length: right - left,
        height: bottom - top,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(width: usize, height: usize, boxes: &[[usize; 4]]) -> Plane {
        let mut values = vec![0.0; width * height];
        for [left, top, right, bottom] in boxes {
            for y in *top..*bottom {
                values[y * width + left..y * width + right].fill(0.9);
            }
        }
        Plane {
            width,
            height,
            values,
        }
    }

    #[test]
    fn each_marked_island_is_a_line_and_grows_around_its_core() {
        let map = marked(
            100,
            60,
            &[[10, 10, 50, 16], [60, 40, 90, 46], [2, 50, 4, 52]],
        );
        let cores = cores(&map);
        assert_eq!(cores.len(), 3);
        let lines: Vec<Line> = cores
            .iter()
            .filter_map(|core| line_around(core, [2.0, 2.0]))
            .collect();
        assert_eq!(lines.len(), 2, "a speck is no line");
        let grown = 1.6 * 40.0 * 6.0 / 92.0;
        let first = lines[0];
        assert!(
            (first.length - 2.0 * (40.0 + 2.0 * grown)).abs() < 1e-3,
            "{first:?}"
        );
        assert!((first.height - 2.0 * (6.0 + 2.0 * grown)).abs() < 1e-3);
        assert_eq!((first.along, first.centre), ([1.0, 0.0], [60.0, 26.0]));
        let [x, y] = first.at(0.0, 0.0);
        assert!((x - (60.0 - first.length / 2.0)).abs() < 1e-3 && y < 26.0);
    }

    #[test]
    fn a_turned_line_keeps_its_direction_and_one_on_end_is_read_downwards() {
        let slope = 0.2_f32;
        let core: Vec<[f32; 2]> = (0..200)
            .flat_map(|x| (0..10).map(move |y| [x as f32, (x as f32 * slope).round() + y as f32]))
            .collect();
        let line = line_around(&core, [1.0, 1.0]).unwrap();
        assert!(
            (line.along[1] / line.along[0] - slope).abs() < 0.02,
            "{line:?}"
        );
        let on_end: Vec<[f32; 2]> = (0..80)
            .flat_map(|y| (0..10).map(move |x| [x as f32, y as f32]))
            .collect();
        let line = line_around(&on_end, [1.0, 1.0]).unwrap();
        assert!(
            line.along[1] > 0.99 && line.length > line.height,
            "{line:?}"
        );
        let nearly_square: Vec<[f32; 2]> = (0..12)
            .flat_map(|y| (0..10).map(move |x| [x as f32, y as f32]))
            .collect();
        let line = line_around(&nearly_square, [1.0, 1.0]).unwrap();
        assert!(line.along[0] > 0.99, "{line:?}");
    }

    #[test]
    fn rows_run_down_the_page_and_lines_within_them_to_the_right() {
        let line = |x: f32, y: f32| Line {
            centre: [x, y],
            along: [1.0, 0.0],
            length: 40.0,
            height: 20.0,
        };
        let rows = in_rows(vec![line(300.0, 52.0), line(50.0, 90.0), line(50.0, 49.0)]);
        let places: Vec<Vec<f32>> = rows
            .iter()
            .map(|row| row.iter().map(|line| line.centre[0]).collect())
            .collect();
        assert_eq!(places, [vec![50.0, 300.0], vec![50.0]]);
    }

    #[test]
    fn a_picture_is_shown_in_sides_of_32_and_neither_small_nor_huge() {
        assert_eq!(shown_size(1_654, 2_339), (896, 1_280));
        assert_eq!(shown_size(100, 100), (736, 736));
        assert_eq!(shown_size(1, 60_000), (32, 1_280));
        assert_eq!(shown_size(9_000, 6_000), (1_280, 864));
    }

    #[test]
    fn nothing_marked_and_what_is_no_number_are_no_lines() {
        let mut map = marked(40, 40, &[]);
        assert!(cores(&map).is_empty());
        map.values.fill(f32::NAN);
        assert!(cores(&map).is_empty());
    }
}
