//! The networks, loaded once for one file.

use std::path::Path;

use ort::ep::CPU;
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::TensorRef;

/// Why pictures cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The library that runs the networks is absent or of another version.
    #[error("ONNX Runtime cannot be loaded")]
    Library(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A network was refused, or failed.
    #[error("a network cannot be run")]
    Network(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A network does not give what it should.
    #[error("a network gave {0}")]
    Output(&'static str),
}

impl From<ort::Error> for EngineError {
    fn from(error: ort::Error) -> Self {
        Self::Network(error.into())
    }
}

/// The bytes of the two networks in ONNX.
#[derive(Debug, Clone, Copy)]
pub struct Networks<'a> {
    /// Marks pixels of text: 1 x 3 x height x width to 1 x 1 x height x width.
    pub detector: &'a [u8],
    /// Reads a line: 1 x 3 x 48 x width to 1 x steps x characters.
    pub recogniser: &'a [u8],
}

/// The two networks, ready to run on one thread.
pub struct Engine {
    detector: Session,
    recogniser: Session,
    /// What the outputs of the recogniser stand for; the first for no character.
    alphabet: Vec<String>,
}

/// A plane of numbers, rows first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Engine {
    /// Loads the library and both networks.
    ///
    /// # Errors
    /// When the library is absent, or a network is damaged or of another kind.
    pub fn load(library: &Path, networks: Networks<'_>) -> Result<Self, EngineError> {
        let environment =
            ort::init_from(library).map_err(|error| EngineError::Library(error.into()))?;
        environment.commit();
        let detector = session(networks.detector)?;
        let recogniser = session(networks.recogniser)?;
        let listed = recogniser.metadata()?.custom("character");
        let listed = listed.ok_or(EngineError::Output("no list of its characters"))?;
        let alphabet = std::iter::once("")
            .chain(listed.lines())
            .chain(std::iter::once(" "))
            .map(str::to_owned)
            .collect();
        Ok(Self {
            detector,
            recogniser,
            alphabet,
        })
    }

    /// The probability that each pixel belongs to a line of text; `input` has three planes, blue
    /// first, and sides that are multiples of 32.
    pub(super) fn detect(
        &mut self,
        input: &[f32],
        width: usize,
        height: usize,
    ) -> Result<Plane, EngineError> {
        let plane = run(&mut self.detector, input, width, height)?;
        if (plane.width, plane.height) != (width, height) {
            return Err(EngineError::Output("a map of another size"));
        }
        Ok(plane)
    }

    /// For each step along a line, how likely each of [`Self::alphabet`] is; `input` has three
    /// planes of 48 rows, blue first.
    pub(super) fn recognise(
        &mut self,
        input: &[f32],
        width: usize,
        height: usize,
    ) -> Result<Plane, EngineError> {
        let plane = run(&mut self.recogniser, input, width, height)?;
        if plane.width != self.alphabet.len() {
            return Err(EngineError::Output("other characters than it lists"));
        }
        Ok(plane)
    }

    /// What the outputs of the recogniser stand for; the first for no character, the last for a space.
    pub(super) fn alphabet(&self) -> &[String] {
        &self.alphabet
    }
}

fn session(network: &[u8]) -> Result<Session, EngineError> {
    let refused = |error: ort::Error<SessionBuilder>| EngineError::from(ort::Error::from(error));
    let mut builder = Session::builder()?
        .with_intra_threads(1)
        .map_err(refused)?
        .with_inter_threads(1)
        .map_err(refused)?
        // Lines are of many lengths: memory kept for one would be of no use to the next.
        .with_memory_pattern(false)
        .map_err(refused)?
        .with_execution_providers([CPU::default().with_arena_allocator(false).build()])
        .map_err(refused)?;
    Ok(builder.commit_from_memory(network)?)
}

/// Runs a network with one input and one output, whose last two dimensions are the plane.
fn run(
    session: &mut Session,
    input: &[f32],
    width: usize,
    height: usize,
) -> Result<Plane, EngineError> {
    let input = TensorRef::from_array_view(([1, 3, height, width], input))?;
    let outputs = session.run(ort::inputs![input])?;
    let (shape, values) = outputs
        .values()
        .next()
        .ok_or(EngineError::Output("nothing"))?
        .try_extract_tensor::<f32>()
        .map(|(shape, values)| (shape.to_vec(), values.to_vec()))?;
    let side = |back: usize| {
        let at = shape.len().checked_sub(back)?;
        usize::try_from(*shape.get(at)?).ok()
    };
    let (Some(width), Some(height)) = (side(1), side(2)) else {
        return Err(EngineError::Output("no plane"));
    };
    if width.checked_mul(height) != Some(values.len()) {
        return Err(EngineError::Output("more than one plane"));
    }
    Ok(Plane {
        width,
        height,
        values,
    })
}
