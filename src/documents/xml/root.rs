//! The root element: its name and namespace decide the vocabulary.

use roxmltree::Node;

use crate::documents::model::Media;

/// Local name and namespace of a document's root element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Name without prefix.
    pub local_name: String,
    /// Namespace name; empty for none.
    pub namespace: String,
}

/// Root element, how its namespace starts, vocabulary. FatturaPA has had several
/// namespaces, all of which hold the word checked in [`Root::vocabulary`].
const VOCABULARIES: &[(&str, &str, Media)] = &[
    (
        "CrossIndustryInvoice",
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:",
        Media::Cii,
    ),
    (
        "CrossIndustryDocument",
        "urn:ferd:CrossIndustryDocument:invoice:",
        Media::Cii,
    ),
    (
        "CrossIndustryDocument",
        "urn:un:unece:uncefact:data:standard:CBFBUY:",
        Media::Cii,
    ),
    (
        "Invoice",
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        Media::Ubl,
    ),
    (
        "CreditNote",
        "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        Media::Ubl,
    ),
];

impl Root {
    pub(super) fn of_element(element: Node<'_, '_>) -> Self {
        Self {
            local_name: element.tag_name().name().to_owned(),
            namespace: element
                .tag_name()
                .namespace()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The e-invoice vocabulary, if it is one.
    #[must_use]
    pub fn vocabulary(&self) -> Option<Media> {
        if self.local_name == "FatturaElettronica" && self.namespace.contains("fattur") {
            return Some(Media::Fatturapa);
        }
        VOCABULARIES
            .iter()
            .find(|(name, namespace, _)| {
                self.local_name == *name && self.namespace.starts_with(namespace)
            })
            .map(|(_, _, media)| *media)
    }

    pub(super) fn in_words(&self) -> String {
        // Bounded: the name comes from the file.
        let short = |text: &str| text.chars().take(100).collect::<String>();
        if self.namespace.is_empty() {
            format!("<{}> without namespace", short(&self.local_name))
        } else {
            format!(
                "<{}> in namespace {}",
                short(&self.local_name),
                short(&self.namespace)
            )
        }
    }

    /// Finds the first start tag in `text`, past declaration, comments and
    /// document type; `None` if there is none or it is cut off.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let mut rest = text.trim_start();
        loop {
            rest = if let Some(after) = rest.strip_prefix("<?") {
                after.split_once("?>")?.1
            } else if let Some(after) = rest.strip_prefix("<!--") {
                after.split_once("-->")?.1
            } else if let Some(after) = rest.strip_prefix("<!") {
                // A document type with an internal subset ends at `]>`.
                let end = if after.split('>').next()?.contains('[') {
                    "]>"
                } else {
                    ">"
                };
                after.split_once(end)?.1
            } else {
                return Self::of_start_tag(rest.strip_prefix('<')?);
            }
            .trim_start();
        }
    }

    fn of_start_tag(text: &str) -> Option<Self> {
        let name_end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
        let (name, attributes) = text.split_at(name_end);
        let (prefix, local_name) = name.split_once(':').unwrap_or(("", name));
        if !local_name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let wanted = if prefix.is_empty() {
            "xmlns".to_owned()
        } else {
            format!("xmlns:{prefix}")
        };
        let namespace = namespace_in(attributes, &wanted).unwrap_or_default();
        Some(Self {
            local_name: local_name.to_owned(),
            namespace,
        })
    }
}

/// The value of the attribute `wanted` in what follows a start tag's name.
fn namespace_in(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes.trim_start();
    while !rest.is_empty() && !rest.starts_with('>') && !rest.starts_with("/>") {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        if name.trim() == wanted {
            return Some(value.trim().to_owned());
        }
        rest = after.trim_start();
    }
    None
}
