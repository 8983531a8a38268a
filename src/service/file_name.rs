//! Names that senders give their files.

/// Longest file name that is kept, in characters.
pub const MAX_NAME_CHARACTERS: usize = 200;

/// A name as people may see it: the last part of a path, without control characters; none if
/// nothing is left.
#[must_use]
pub fn file_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or(sent);
    let name: String = last
        .chars()
        .filter(|character| !character.is_control())
        .take(MAX_NAME_CHARACTERS)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_is_a_name_and_no_path() {
        for (sent, kept) in [
            ("C:\\scans\\a.pdf", Some("a.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("a\u{0}b\n.pdf", Some("ab.pdf")),
            ("dir/", None),
        ] {
            assert_eq!(file_name(sent).as_deref(), kept);
        }
        let long = file_name(&"ä".repeat(300));
        assert_eq!(long.map(|name| name.chars().count()), Some(200));
    }
}
