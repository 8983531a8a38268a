//! Words of pictures against those that people wrote down for them.

use std::collections::HashMap;
use std::path::Path;

use scrutineer::documents::Page;

/// Fields of a row before its text: the corners of a line's box.
const CORNERS: usize = 8;

/// How many of the words written down for a picture were read, and how many there are, in the form
/// of SROIE: one line of text a row, behind its box. `None` where nothing was written down.
pub(super) fn read(picture: &Path, pages: &[Page]) -> Option<(usize, usize)> {
    let rows = std::fs::read(picture.with_extension("csv")).ok()?;
    let rows = String::from_utf8_lossy(&rows).to_uppercase();
    let texts = rows
        .lines()
        .filter_map(|row| row.splitn(CORNERS + 1, ',').nth(CORNERS));
    let mut seen: HashMap<String, usize> = HashMap::new();
    for word in pages.iter().flat_map(|page| &page.words) {
        *seen.entry(word.text.to_uppercase()).or_default() += 1;
    }
    let (mut found, mut all) = (0, 0);
    for word in texts.flat_map(str::split_whitespace) {
        all += 1;
        if let Some(left) = seen.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            found += 1;
        }
    }
    Some((found, all))
}

#[cfg(test)]
mod tests {
    use scrutineer::documents::{BBox, Source, Word};

    use super::read;

    #[test]
    fn each_word_counts_as_often_as_it_was_written_down() {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("one.jpg");
        let page = |text: &str| scrutineer::documents::Page {
            number: 1,
            width: 9.0,
            height: 9.0,
            words: text
                .split(' ')
                .map(|text| Word {
                    text: text.to_owned(),
                    bbox: BBox {
                        x0: 0.0,
                        y0: 0.0,
                        x1: 1.0,
                        y1: 1.0,
                    },
                    size: 1.0,
                    bold: false,
                })
                .collect(),
            source: Source::Ocr,
        };
        assert_eq!(read(&picture, &[page("Total")]), None);
        let rows = "1,2,3,4,5,6,7,8,TOTAL 5.00\n1,2,3,4,5,6,7,8,CASH, 5.00\n";
        std::fs::write(picture.with_extension("csv"), rows).unwrap();
        assert_eq!(read(&picture, &[page("Total 5.00 other")]), Some((2, 4)));
    }
}
