//! A small path language over local names, enough for tables of fields.
//!
//! `A/B|C[@scheme=VA]/D` reads: child `A`, then child `B` or `C` whose attribute
//! `scheme` is `VA`, then child `D`. A predicate may compare an attribute
//! (`@name=value`), or the text of a path below (`TaxScheme/ID=VAT`), with `=`
//! or `!=`; a missing one compares as the empty string. Namespaces are not
//! compared: the root element's has already decided the vocabulary, and the
//! versions of one vocabulary differ in nothing else.

use roxmltree::{Document, Node};

/// Every element that `path` reaches from `node`, in document order. An empty
/// path reaches `node` itself.
pub(super) fn all<'a, 'i>(node: Node<'a, 'i>, path: &str) -> Vec<Node<'a, 'i>> {
    let mut found = Vec::new();
    walk(node, path, &mut |element| {
        found.push(element);
        false
    });
    found
}

/// The first element that `path` reaches and that has text.
pub(super) fn first<'a, 'i>(node: Node<'a, 'i>, path: &str) -> Option<Node<'a, 'i>> {
    let mut found = None;
    walk(node, path, &mut |element| {
        if text(element).is_empty() {
            return false;
        }
        found = Some(element);
        true
    });
    found
}

/// The first element that `path` reaches, with text or without.
pub(super) fn section<'a, 'i>(node: Node<'a, 'i>, path: &str) -> Option<Node<'a, 'i>> {
    let mut found = None;
    walk(node, path, &mut |element| {
        found = Some(element);
        true
    });
    found
}

/// Own text of an element, comments and processing instructions left out, white
/// space collapsed.
pub(super) fn text(node: Node<'_, '_>) -> String {
    let own: String = node
        .children()
        .filter(|child| child.is_text())
        .filter_map(|child| child.text())
        .collect();
    own.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where an element stands, with the prefixes of the document: `/Invoice/cbc:ID`.
/// An index follows a name that is not the first of its siblings.
pub(super) fn describe(document: &Document<'_>, node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node
        .ancestors()
        .filter(|ancestor| ancestor.is_element())
        .map(|element| step(document, element))
        .collect();
    steps.reverse();
    format!("/{}", steps.join("/"))
}

fn step(document: &Document<'_>, element: Node<'_, '_>) -> String {
    let written = document
        .input_text()
        .get(element.range())
        .unwrap_or_default();
    let name: String = written
        .chars()
        .skip(1)
        .take_while(|c| !c.is_whitespace() && *c != '>' && *c != '/')
        .take(100)
        .collect();
    let earlier = element
        .prev_siblings()
        .skip(1)
        .filter(|sibling| sibling.is_element() && sibling.tag_name() == element.tag_name())
        .count();
    if earlier == 0 {
        name
    } else {
        format!("{name}[{}]", earlier + 1)
    }
}

/// Calls `visit` on every match until it says stop; true when it did. Recursion
/// is as deep as the path has steps.
fn walk<'a, 'i>(
    node: Node<'a, 'i>,
    path: &str,
    visit: &mut dyn FnMut(Node<'a, 'i>) -> bool,
) -> bool {
    if path.is_empty() {
        return visit(node);
    }
    let (head, rest) = split_step(path);
    let (names, predicate) = match head.split_once('[') {
        Some((names, predicate)) => (names, predicate.strip_suffix(']')),
        None => (head, None),
    };
    node.children()
        .filter(|child| child.is_element())
        .filter(|child| names.split('|').any(|name| name == child.tag_name().name()))
        .filter(|child| predicate.is_none_or(|predicate| holds(*child, predicate)))
        .any(|child| walk(child, rest, visit))
}

/// The first step and what follows it; a slash within brackets does not split.
fn split_step(path: &str) -> (&str, &str) {
    let mut inside = false;
    for (at, character) in path.char_indices() {
        match character {
            '[' => inside = true,
            ']' => inside = false,
            '/' if !inside => return (&path[..at], &path[at + 1..]),
            _ => {}
        }
    }
    (path, "")
}

fn holds(node: Node<'_, '_>, predicate: &str) -> bool {
    let (left, wanted, equal) = match predicate.split_once("!=") {
        Some((left, wanted)) => (left, wanted, false),
        None => match predicate.split_once('=') {
            Some((left, wanted)) => (left, wanted, true),
            None => (predicate, "", false),
        },
    };
    let actual = match left.strip_prefix('@') {
        Some(name) => node.attribute(name).unwrap_or_default().trim().to_owned(),
        None => first(node, left).map(text).unwrap_or_default(),
    };
    (actual == wanted) == equal
}
