//! Pictures drawn here: sheets with grey lines where words would stand.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{Look, MOST_APART, open, page, render};
use crate::learn::split_mix::SplitMix;

/// A sheet of 30 lines, each of its own length and darkness.
fn sheet(seed: u64) -> DynamicImage {
    let mut draws = SplitMix::new(seed);
    let mut picture = RgbImage::from_pixel(600, 900, Rgb([250, 250, 250]));
    for line in 0..30_u32 {
        let mut below = |most: u64| (draws.next() % most) as u32;
        let (left, length, grey) = (20 + below(200), 60 + below(320), 30 + below(90));
        for x in left..left + length {
            for y in 20 + line * 29..34 + line * 29 {
                picture.put_pixel(x, y, Rgb([grey as u8; 3]));
            }
        }
    }
    DynamicImage::ImageRgb8(picture)
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.to_rgb8().write_with_encoder(encoder).unwrap();
    bytes
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn look(bytes: &[u8]) -> Look {
    Look::of(&open(bytes).unwrap()).unwrap()
}

#[test]
fn a_picture_saved_anew_keeps_its_look_and_another_has_another() {
    for seed in 0..20 {
        let first = sheet(seed);
        let look_of_first = look(&png(&first));
        for again in [
            jpeg(&first, 30),
            jpeg(&first.thumbnail_exact(290, 440), 60),
            png(&first.adjust_contrast(-20.0)),
            png(&first.brighten(-12)),
        ] {
            let apart = look_of_first.apart(look(&again));
            assert!(apart <= MOST_APART, "{seed}: {apart}");
            assert!(look_of_first.is_of_one_picture(look(&again)));
        }
        let other = look(&png(&sheet(seed + 100)));
        assert!(look_of_first.apart(other) > 4 * MOST_APART);
    }
}

#[test]
fn looks_of_one_picture_share_a_band() {
    let mut draws = SplitMix::new(7);
    let one = look(&png(&sheet(1)));
    for _ in 0..200 {
        let mut text = hex::decode(one.to_string()).unwrap();
        for _ in 0..MOST_APART {
            let bit = draws.next() as usize % 256;
            text[bit / 8] ^= 1 << (bit % 8);
        }
        let other: Look = hex::encode(text).parse().unwrap();
        assert!(one.is_of_one_picture(other));
        let pairs = one.bands().into_iter().zip(other.bands());
        assert!(pairs.into_iter().any(|(one, other)| one == other));
    }
}

#[test]
fn an_empty_sheet_has_no_look_and_a_look_is_written_in_one_way() {
    let empty = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 40, Rgb([255; 3])));
    assert_eq!(Look::of(&empty), None);
    let look = look(&png(&sheet(3)));
    assert_eq!(look.to_string().parse(), Ok(look));
    assert_eq!(look.to_string().len(), 64);
    for wrong in ["", "zz", &"0".repeat(62), &"0".repeat(66), &"g".repeat(64)] {
        assert!(wrong.parse::<Look>().is_err(), "{wrong}");
    }
}

#[test]
fn what_is_transparent_is_white() {
    let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    let opened = open(&png(&DynamicImage::ImageRgba8(clear))).unwrap();
    assert!(opened.to_luma8().pixels().all(|pixel| pixel.0 == [255]));
}

#[test]
fn a_picture_is_one_page_and_is_drawn_no_wider_than_it_is() {
    let bytes = png(&sheet(1));
    let page = page(&open(&bytes).unwrap());
    assert_eq!((page.number, page.words.len()), (1, 0));
    assert!((page.width / page.height - 600.0 / 900.0).abs() < 1e-6);
    let drawn = open(&render(&bytes, 1, 300, 1_000_000).unwrap()).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (300, 450));
    let drawn = open(&render(&bytes, 1, 2_000, 1_000_000).unwrap()).unwrap();
    assert_eq!(drawn.width(), 600);
    let code = |page, pixels| render(&bytes, page, 300, pixels).unwrap_err().code;
    assert_eq!(code(2, 1_000_000), "page_not_found");
    assert_eq!(code(1, 1_000), "page_too_large");
}

#[test]
fn damaged_and_huge_pictures_are_refused() {
    let whole = jpeg(&sheet(1), 80);
    let code = |bytes: &[u8]| open(bytes).map(|_| ()).unwrap_err().code;
    assert_eq!(code(b"\xff\xd8\xff\xe0"), "picture_unreadable");
    assert_eq!(code(b"GIF89a"), "picture_unreadable");
    // A bitmap of 40,000 by 40,000 pixels in 54 bytes.
    let mut huge = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    huge.extend(40_000_u32.to_le_bytes());
    huge.extend(40_000_u32.to_le_bytes());
    huge.extend(b"\x01\0\x18\0");
    huge.extend([0; 24]);
    assert_eq!(code(&huge), "picture_too_large");
    for length in (0..whole.len()).step_by(997) {
        let _ = open(&whole[..length]);
    }
}
