//! Which rows are new versions of a record, whatever order they arrive in.

/// The versions of one record.
#[derive(Debug, Default)]
pub(super) struct Known {
    versions: Vec<Version>,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) number: i64,
    pub(super) known_at: String,
    pub(super) sha256: String,
    /// When rows that said the same said so, first and last. Those between are forgotten, so that
    /// who sends everything every night adds nothing.
    pub(super) restated: Option<(String, String)>,
    /// Whether that is not yet in the store.
    pub(super) is_marked: bool,
}

/// What a row is to the versions there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    /// It says what was known.
    Unchanged,
    /// It is the version of this number.
    New(i64, Option<Copy>),
}

/// A version said once more after a row that arrived late: rows had restated it, and nothing else had been
/// known between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) of: i64,
    pub(super) number: i64,
    pub(super) known_at: String,
}

impl Known {
    /// Adds a version that is in the store.
    pub(super) fn add(&mut self, version: Version) {
        self.versions.push(version);
    }

    /// Those whose mark is not yet in the store.
    pub(super) fn marked(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| version.is_marked)
    }

    /// Takes up a row known at a moment. One that says what was in force is no version; if it states
    /// its moment that is remembered.
    pub(super) fn take(&mut self, known_at: &str, is_stated: bool, sha256: &str) -> Taken {
        let repeated = |version: &Version| version.known_at == known_at && version.sha256 == sha256;
        if self.versions.iter().any(repeated) {
            return Taken::Unchanged;
        }
        let numbers = self.versions.iter().map(|version| version.number);
        let number = numbers.max().unwrap_or(0) + 1;
        let in_force = self
            .versions
            .iter_mut()
            .filter(|version| version.known_at.as_str() <= known_at)
            .max_by(|a, b| (&a.known_at, a.number).cmp(&(&b.known_at, b.number)));
        let mut copy = None;
        if let Some(version) = in_force {
            if version.sha256 == sha256 {
                if is_stated {
                    version.restate(known_at);
                }
                return Taken::Unchanged;
            }
            copy = version.part(known_at, number + 1);
        }
        self.add(Version {
            number,
            known_at: known_at.to_owned(),
            sha256: sha256.to_owned(),
            restated: None,
            is_marked: false,
        });
        let told = copy.map(|(of, copy)| {
            let told = Copy {
                of,
                number: copy.number,
                known_at: copy.known_at.clone(),
            };
            self.add(copy);
            told
        });
        Taken::New(number, told)
    }
}

impl Version {
    fn restate(&mut self, at: &str) {
        let at = at.to_owned();
        let restated = match self.restated.clone() {
            Some((first, last)) => (first.min(at.clone()), last.max(at)),
            None => (at.clone(), at),
        };
        self.is_marked |= self.restated.as_ref() != Some(&restated);
        self.restated = Some(restated);
    }

    /// Ends at a moment at which something else came to be known; with its number, what of it was restated
    /// later, as a version of its own.
    fn part(&mut self, at: &str, number: i64) -> Option<(i64, Self)> {
        let (first, last) = self.restated.clone()?;
        if last.as_str() < at {
            return None;
        }
        self.is_marked = true;
        // What was restated at this very moment is what is corrected now.
        self.restated = (first.as_str() < at).then(|| (first.clone(), first.clone()));
        if last == at {
            return None;
        }
        let (known_at, restated) = if first.as_str() > at {
            (first.clone(), (last > first).then(|| (last.clone(), last)))
        } else {
            (last, None)
        };
        let later = Self {
            number,
            known_at,
            sha256: self.sha256.clone(),
            is_marked: restated.is_some(),
            restated,
        };
        Some((self.number, later))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What was said at each of some moments, in an order of arrival.
    fn arrived(said: &[(usize, bool)]) -> Known {
        let mut known = Known::default();
        for (moment, word) in said {
            known.take(&moment.to_string(), true, &word.to_string());
        }
        known
    }

    /// What is in force at a moment.
    fn in_force(known: &Known, moment: usize) -> Option<&str> {
        let moment = moment.to_string();
        let before = known.versions.iter().filter(|one| one.known_at <= moment);
        let last = before.max_by(|a, b| (&a.known_at, a.number).cmp(&(&b.known_at, b.number)));
        last.map(|version| version.sha256.as_str())
    }

    fn said(most: usize) -> impl Strategy<Value = Vec<(usize, bool)>> {
        let words = prop::collection::vec(any::<bool>(), 1..=most);
        words.prop_map(|words| words.into_iter().enumerate().collect())
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_changes_nothing(
            (said, shuffled) in said(4).prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle()))
        ) {
            let (ordered, arrived) = (arrived(&said), arrived(&shuffled));
            for moment in 0..said.len() {
                prop_assert_eq!(in_force(&ordered, moment), in_force(&arrived, moment));
            }
        }

        #[test]
        fn what_was_said_last_is_in_force_whatever_arrived_when(
            (said, shuffled) in said(9).prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle()))
        ) {
            let last = said.last().map(|(_, word)| word.to_string());
            let mut known = arrived(&shuffled);
            prop_assert_eq!(in_force(&known, said.len()), last.as_deref());
            // Sent once more in order all is as it was said, and then nothing is new any more.
            let send = |known: &mut Known| {
                let taken = said
                    .iter()
                    .map(|(moment, word)| known.take(&moment.to_string(), true, &word.to_string()));
                taken.filter(|taken| *taken != Taken::Unchanged).count()
            };
            send(&mut known);
            for (moment, word) in &said {
                let word = word.to_string();
                prop_assert_eq!(in_force(&known, *moment), Some(word.as_str()));
            }
            prop_assert_eq!(send(&mut known), 0);
        }
    }

    #[test]
    fn what_was_corrected_at_the_moment_of_a_restatement_stays_corrected() {
        for (rows, last) in [
            (
                vec![
                    ("1", "open"),
                    ("5", "open"),
                    ("5", "paid"),
                    ("3", "disputed"),
                ],
                "paid",
            ),
            (
                vec![
                    ("1", "open"),
                    ("5", "open"),
                    ("7", "open"),
                    ("5", "paid"),
                    ("3", "disputed"),
                ],
                "open",
            ),
        ] {
            let mut known = Known::default();
            for (moment, word) in rows {
                known.take(moment, true, word);
            }
            assert_eq!(in_force(&known, 4), Some("disputed"));
            assert_eq!(in_force(&known, 5), Some("paid"));
            assert_eq!(in_force(&known, 9), Some(last));
        }
    }

    #[test]
    fn a_row_that_states_no_moment_is_not_remembered() {
        let mut known = Known::default();
        known.take("1", true, "open");
        assert_eq!(known.take("3", false, "open"), Taken::Unchanged);
        assert_eq!(known.take("2", true, "disputed"), Taken::New(2, None));
        assert_eq!(in_force(&known, 3), Some("disputed"));
    }
}
