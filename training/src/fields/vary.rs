//! Generated pages changed in ways that the generator does not draw.

use scrutineer::documents::Page;
use scrutineer::documents::fields::recognise::legal_form;

/// The pages with the legal form taken out of a firm's name wherever they print the
/// name whole, and what is left of it; `None` for a name without one. Many firms
/// print a brand where their registered name would stand.
pub(super) fn without_form(pages: &[Page], name: &str) -> Option<(Vec<Page>, String)> {
    let words: Vec<&str> = name.split(' ').collect();
    let kept = (1..words.len()).find(|kept| {
        let bare = legal_form::end(&words[..*kept]).is_none();
        bare && legal_form::end(&words) == Some(words.len()) && is_form(&words[*kept..])
    })?;
    let mut pages = pages.to_vec();
    let mut found = false;
    for page in &mut pages {
        let mut at = 0;
        while at + words.len() <= page.words.len() {
            let same = words.iter().zip(&page.words[at..]).all(|(word, own)| {
                own.text.trim_matches([',', '.', ':', ';']) == word.trim_matches('.')
            });
            if same {
                page.words.drain(at + kept..at + words.len());
                found = true;
            }
            at += 1;
        }
    }
    found.then(|| (pages, words[..kept].join(" ")))
}

/// Whether words are a legal form and nothing else.
fn is_form(words: &[&str]) -> bool {
    let mut name = vec!["Acme"];
    name.extend(words);
    legal_form::end(&name) == Some(name.len()) && legal_form::bare(&name.join(" ")) == "acme"
}

#[cfg(test)]
mod tests {
    use scrutineer::documents::{BBox, Page, Word};

    use super::without_form;

    fn page(text: &str) -> Page {
        let bbox = BBox {
            x0: 0.0,
            y0: 0.0,
            x1: 1.0,
            y1: 1.0,
        };
        let words = text.split(' ').map(|text| Word {
            text: text.to_owned(),
            bbox,
            size: 9.0,
            bold: false,
        });
        Page {
            number: 1,
            width: 100.0,
            height: 100.0,
            words: words.collect(),
        }
    }

    #[test]
    fn the_form_goes_everywhere() {
        let pages = [page("Nord Bau GmbH, Weg 1 Konto: Nord Bau GmbH")];
        let (pages, name) = without_form(&pages, "Nord Bau GmbH").unwrap();
        let left: Vec<&str> = pages[0].words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(left.join(" "), "Nord Bau Weg 1 Konto: Nord Bau");
        assert_eq!(name, "Nord Bau");
        assert!(without_form(&pages, "Nord Bau").is_none());
    }
}
