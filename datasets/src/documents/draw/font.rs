//! The base-14 faces used, their widths and the WinAnsi encoding.

use super::widths;

/// A family with an upright and a bold face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Family {
    Helvetica,
    Times,
    Courier,
}

impl Family {
    pub(in crate::documents) fn regular(self) -> Face {
        match self {
            Self::Helvetica => Face::Helvetica,
            Self::Times => Face::Times,
            Self::Courier => Face::Courier,
        }
    }

    pub(in crate::documents) fn bold(self) -> Face {
        match self {
            Self::Helvetica => Face::HelveticaBold,
            Self::Times => Face::TimesBold,
            Self::Courier => Face::CourierBold,
        }
    }
}

/// One of the standard faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Face {
    Helvetica,
    HelveticaBold,
    Times,
    TimesBold,
    Courier,
    CourierBold,
}

impl Face {
    pub(super) const ALL: [Self; 6] = [
        Self::Helvetica,
        Self::HelveticaBold,
        Self::Times,
        Self::TimesBold,
        Self::Courier,
        Self::CourierBold,
    ];

    /// Name of the font in the page's resources.
    pub(super) fn resource_name(self) -> &'static [u8] {
        match self {
            Self::Helvetica => b"F1",
            Self::HelveticaBold => b"F2",
            Self::Times => b"F4",
            Self::TimesBold => b"F5",
            Self::Courier => b"F7",
            Self::CourierBold => b"F8",
        }
    }

    /// PostScript name of the standard font.
    pub(super) fn base_font(self) -> &'static [u8] {
        match self {
            Self::Helvetica => b"Helvetica",
            Self::HelveticaBold => b"Helvetica-Bold",
            Self::Times => b"Times-Roman",
            Self::TimesBold => b"Times-Bold",
            Self::Courier => b"Courier",
            Self::CourierBold => b"Courier-Bold",
        }
    }

    fn widths(self) -> Option<&'static [u16; 224]> {
        match self {
            Self::Helvetica => Some(&widths::HELVETICA),
            Self::HelveticaBold => Some(&widths::HELVETICA_BOLD),
            Self::Times => Some(&widths::TIMES),
            Self::TimesBold => Some(&widths::TIMES_BOLD),
            Self::Courier | Self::CourierBold => None,
        }
    }
}

/// Width of `text` set in `face` at `size`, in points.
pub(in crate::documents) fn text_width(face: Face, size: f32, text: &str) -> f32 {
    let units: u32 = text
        .chars()
        .map(|character| {
            let code = code_of(character).unwrap_or(b'?');
            face.widths().map_or(600, |table| {
                table
                    .get(usize::from(code).saturating_sub(32))
                    .copied()
                    .map_or(0, u32::from)
            })
        })
        .sum();
    // Widths of one line stay far below the 2^24 that an f32 holds exactly.
    #[allow(clippy::cast_precision_loss)]
    let units = units as f32;
    units * size / 1000.0
}

/// Bytes of `text` in WinAnsi encoding; a question mark for what it lacks.
pub(super) fn encode(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| code_of(character).unwrap_or(b'?'))
        .collect()
}

/// Whether every character of `text` can be printed.
#[cfg(test)]
pub(in crate::documents) fn is_encodable(text: &str) -> bool {
    text.chars().all(|character| code_of(character).is_some())
}

fn code_of(character: char) -> Option<u8> {
    const HIGH: [char; 27] = [
        '€', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 'Ž', '‘', '’', '“', '”', '•',
        '–', '—', '˜', '™', 'š', '›', 'œ', 'ž', 'Ÿ',
    ];
    const CODES: [u8; 27] = [
        0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8E, 0x91, 0x92,
        0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9E, 0x9F,
    ];
    match u32::from(character) {
        code @ (0x20..=0x7E | 0xA0..=0xFF) => u8::try_from(code).ok(),
        0x2007 => Some(b' '),
        _ => HIGH
            .iter()
            .position(|high| *high == character)
            .map(|index| CODES[index]),
    }
}

#[cfg(test)]
mod tests {
    use super::{Face, code_of, text_width};

    #[test]
    fn widths_agree_with_the_metrics_files() {
        // "AWAY" in Helvetica: 667 + 944 + 667 + 667 thousandths of an em.
        assert!((text_width(Face::Helvetica, 10.0, "AWAY") - 29.45).abs() < 1e-4);
        assert!((text_width(Face::TimesBold, 10.0, "€") - 5.0).abs() < 1e-4);
        assert!((text_width(Face::Courier, 10.0, "abc") - 18.0).abs() < 1e-4);
    }

    #[test]
    fn the_euro_and_the_dash_have_codes_and_kanji_has_none() {
        assert_eq!(code_of('€'), Some(0x80));
        assert_eq!(code_of('–'), Some(0x96));
        assert_eq!(code_of('é'), Some(0xE9));
        assert_eq!(code_of('語'), None);
    }
}
