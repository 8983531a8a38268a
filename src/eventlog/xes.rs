//! XES, the XML form of event logs (IEEE 1849-2016).

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesStart, Event as Xml};

use super::bounded::Bounded;
use super::gather::{Texts, put, trace};
use super::time::parse_time;
use super::{Attributes, Event, EventLog, EventLogError, Limits};

/// Elements within one another, at most.
const MAX_DEPTH: usize = 64;

/// Reads a log. `packed` is the size before decompression, where there was one.
///
/// # Errors
/// [`EventLogError`] with the line, the case, the event and the field.
pub fn read_xes(
    file: &str,
    input: impl BufRead,
    packed: Option<u64>,
    limits: Limits,
) -> Result<EventLog, EventLogError> {
    let mut reader = Reader::from_reader(Bounded::new(input, limits, packed, Some(b'>')));
    reader.config_mut().expand_empty_elements = true;
    let mut state = State::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let found = reader.read_event_into(&mut buffer);
        let line = reader.get_ref().line();
        let step = match found {
            Ok(Xml::Decl(declaration)) => state.declare(&declaration),
            Ok(Xml::Start(start)) => state.open(&start),
            Ok(Xml::End(_)) => state.close(),
            Ok(Xml::DocType(_)) => Err("a document type is not read".to_owned()),
            Ok(Xml::Eof) => break,
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        let step = step.and_then(|()| {
            if state.read > limits.events {
                return Err(format!("more than {} events", limits.events));
            }
            Ok(())
        });
        step.map_err(|message| EventLogError::Wrong {
            file: file.to_owned(),
            line,
            message: state.place(&message),
        })?;
    }
    let line = reader.get_ref().line();
    if !state.seen_log || !state.path.is_empty() {
        return Err(EventLogError::Wrong {
            file: file.to_owned(),
            line,
            message: if state.seen_log {
                state.place("the file ends before its elements do")
            } else {
                "no `log` element: this is not XES".to_owned()
            },
        });
    }
    Ok(EventLog {
        traces: state.traces,
        day_order: None,
    })
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Log,
    Trace,
    Event,
    /// A fact, or anything else; what is within it is passed over.
    Other,
}

#[derive(Default)]
struct State {
    /// Encoding of texts, where one is declared that is not UTF-8.
    encoding: Option<&'static Encoding>,
    seen_log: bool,
    path: Vec<Part>,
    texts: Texts,
    /// Keys of the first classifier, which name an event that has no name.
    classifier: Vec<String>,
    traces: Vec<super::Trace>,
    read: usize,
    id: Option<Arc<str>>,
    attributes: Attributes,
    events: Vec<Event>,
    event: BTreeMap<String, Arc<str>>,
}

const NAME: &str = "concept:name";
const TIME: &str = "time:timestamp";
const RESOURCE: &str = "org:resource";
const ROLE: &str = "org:role";
const LIFECYCLE: &str = "lifecycle:transition";

impl State {
    /// Takes over the declared encoding, of those that write markup as ASCII does and every other
    /// character as one byte. The declaration itself is read as ASCII: the file is not UTF-16.
    fn declare(&mut self, declaration: &BytesDecl<'_>) -> Result<(), String> {
        let Some(label) = declaration.encoding() else {
            return Ok(());
        };
        let label = label.map_err(|error| error.to_string())?;
        let encoding = Encoding::for_label(&label)
            .filter(|found| found.is_single_byte() || [UTF_8, UTF_16LE, UTF_16BE].contains(found));
        let encoding = encoding.ok_or_else(|| {
            let label = String::from_utf8_lossy(&label);
            let label = shortened(&label);
            format!("the encoding {label:?} is not read: save the file as UTF-8")
        })?;
        self.encoding = Some(encoding).filter(|found| found.is_single_byte());
        Ok(())
    }

    /// The value of an attribute of an element.
    fn value_of(&self, start: &BytesStart<'_>, name: &[u8]) -> Result<Option<String>, String> {
        for found in start.attributes() {
            let found = found.map_err(|error| error.to_string())?;
            if found.key.local_name().as_ref() != name {
                continue;
            }
            let text = match self.encoding {
                Some(encoding) => encoding.decode_without_bom_handling(&found.value).0,
                None => std::str::from_utf8(&found.value)
                    .map_err(|_| {
                        "a text is not UTF-8: save it so, or declare its encoding".to_owned()
                    })?
                    .into(),
            };
            let text = quick_xml::escape::unescape(&text).map_err(|error| error.to_string())?;
            return Ok(Some(text.into_owned()));
        }
        Ok(None)
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.path.len() >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} elements within one another"));
        }
        let parent = self.path.last().copied();
        let name = start.local_name();
        let part = match (parent, name.as_ref()) {
            (None, b"log") => {
                self.seen_log = true;
                Part::Log
            }
            (None, other) => {
                let other = String::from_utf8_lossy(other);
                return Err(format!("`{other}` where `log` should be: this is not XES"));
            }
            (Some(Part::Log), b"trace") => Part::Trace,
            (Some(Part::Log), b"classifier") => {
                if self.classifier.is_empty() {
                    let keys = self.value_of(start, b"keys")?.unwrap_or_default();
                    self.classifier = keys.split_whitespace().map(str::to_owned).collect();
                }
                Part::Other
            }
            (Some(Part::Trace), b"event") => {
                self.event.clear();
                Part::Event
            }
            (Some(Part::Trace | Part::Event), _) => {
                self.fact(parent, start)?;
                Part::Other
            }
            _ => Part::Other,
        };
        self.path.push(part);
        Ok(())
    }

    fn fact(&mut self, parent: Option<Part>, start: &BytesStart<'_>) -> Result<(), String> {
        let key = self.value_of(start, b"key")?;
        let (Some(key), Some(value)) = (key, self.value_of(start, b"value")?) else {
            // A list or container has no value of its own.
            return Ok(());
        };
        let value = self.texts.keep(value.trim());
        match parent {
            Some(Part::Event) => {
                self.event.entry(key).or_insert(value);
            }
            _ if key == NAME => self.id = Some(value),
            _ => put(&mut self.attributes, self.texts.keep(&key), value),
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        match self.path.last() {
            Some(Part::Event) => {
                let event = self.finish_event()?;
                self.events.push(event);
                self.read += 1;
            }
            Some(Part::Trace) => {
                let number = self.traces.len() + 1;
                let unnamed = || Arc::from(format!("trace {number}"));
                let id = self.id.take().unwrap_or_else(unnamed);
                let attributes = std::mem::take(&mut self.attributes);
                let events = std::mem::take(&mut self.events);
                // A case in which nothing happened yet tells nothing.
                if !events.is_empty() {
                    self.traces.push(trace(id, attributes, events));
                }
            }
            _ => {}
        }
        self.path.pop();
        Ok(())
    }

    fn finish_event(&mut self) -> Result<Event, String> {
        let mut facts = std::mem::take(&mut self.event);
        let time = facts
            .remove(TIME)
            .ok_or_else(|| format!("`{TIME}` is required and missing"))?;
        let time = parse_time(&time)
            .ok_or_else(|| format!("`{TIME}`: {:?} is no time", shortened(&time)))?;
        let activity = match facts.remove(NAME) {
            Some(name) => name,
            None => {
                let keys: Vec<&str> = self
                    .classifier
                    .iter()
                    .filter_map(|key| facts.get(key).map(AsRef::as_ref))
                    .collect();
                self.texts.keep(&keys.join(" "))
            }
        };
        if activity.is_empty() {
            return Err(format!("`{NAME}` is required and missing"));
        }
        let stated = |value: &Arc<str>| !value.is_empty();
        let resource = facts.remove(RESOURCE).filter(stated);
        let role = facts.remove(ROLE).filter(stated);
        let lifecycle = facts
            .remove(LIFECYCLE)
            .filter(|moment| stated(moment) && !moment.eq_ignore_ascii_case("complete"));
        let attributes = facts
            .into_iter()
            .filter(|(_, value)| stated(value))
            .map(|(key, value)| (self.texts.keep(&key), value))
            .collect();
        Ok(Event {
            activity,
            time,
            resource,
            role,
            lifecycle,
            attributes,
        })
    }

    /// Where in the log something is wrong.
    fn place(&self, message: &str) -> String {
        if !self.path.contains(&Part::Trace) {
            return message.to_owned();
        }
        let case = self.id.as_deref().map_or_else(
            || format!("trace {}", self.traces.len() + 1),
            |id| format!("case {:?}", shortened(id)),
        );
        if self.path.contains(&Part::Event) {
            format!("{case}, event {}: {message}", self.events.len() + 1)
        } else {
            format!("{case}: {message}")
        }
    }
}

/// A value as messages show it.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
