//! What server and runner process say to each other over the child's standard streams: frames of a length and
//! a message. Both ends are the same binary, so the encoding needs no versions.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Code;
use crate::failure::Failure;
use crate::host::{Body, HostAnswer, HostError};
use crate::limits::Limits;
use crate::run::{Mode, Outcome};

/// Bytes of one frame. A child that sends more is broken, or no longer ours.
const FRAME_BYTES_MAX: usize = 256 * 1024 * 1024;

/// From the server to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// Code that later runs will name by its digest.
    Code(Code),
    /// Code that no run will name until it is sent again.
    Forget(String),
    /// Begin a run.
    Start(Start),
    /// A call was answered.
    Answer(Answer),
    /// End a run now.
    Abort(u64),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub run: u64,
    pub digest: String,
    pub mode: Option<Mode>,
    pub context: String,
    pub input: Option<String>,
    pub limits: Limits,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub run: u64,
    pub call: u64,
    pub ok: bool,
    /// The answer, or the error.
    pub json: String,
    pub text: Option<String>,
    #[serde(with = "serde_bytes")]
    pub bytes: Option<Vec<u8>>,
}

/// From the child to the server.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The function asks its host.
    Call {
        run: u64,
        call: u64,
        operation: String,
        arguments: String,
        #[serde(with = "serde_bytes")]
        bytes: Option<Vec<u8>>,
    },
    /// The function logs.
    Log { run: u64, line: String },
    /// The run is over.
    Done { run: u64, output: Option<String>, failure: Option<String>, heap_bytes: usize },
}

impl Answer {
    pub(super) fn new(run: u64, call: u64, answer: Result<HostAnswer, HostError>) -> Self {
        let empty = Self { run, call, ok: true, json: String::new(), text: None, bytes: None };
        match answer {
            Err(error) => {
                Self { ok: false, json: serde_json::to_string(&error).unwrap_or_default(), ..empty }
            }
            Ok(HostAnswer { json, body: None }) => Self { json, ..empty },
            Ok(HostAnswer { json, body: Some(Body::Text(text)) }) => Self { json, text: Some(text), ..empty },
            Ok(HostAnswer { json, body: Some(Body::Bytes(bytes)) }) => {
                Self { json, bytes: Some(bytes), ..empty }
            }
        }
    }

    pub(super) fn into_result(self) -> Result<HostAnswer, HostError> {
        if !self.ok {
            let unreadable = |_| HostError::new("host_unavailable", "the platform's answer is unreadable");
            return Err(serde_json::from_str(&self.json).unwrap_or_else(unreadable));
        }
        let body = self.text.map(Body::Text).or(self.bytes.map(Body::Bytes));
        Ok(HostAnswer { json: self.json, body })
    }
}

impl Report {
    pub(super) fn done(run: u64, outcome: Outcome) -> Self {
        let heap_bytes = outcome.heap_bytes;
        match outcome.result {
            Ok(output) => Self::Done { run, output: Some(output), failure: None, heap_bytes },
            // Its payload is free-form, which the encoding of frames is not.
            Err(failure) => {
                Self::Done { run, output: None, failure: serde_json::to_string(&failure).ok(), heap_bytes }
            }
        }
    }
}

/// The end of a run, as a child reported it.
pub(super) fn outcome(output: Option<String>, failure: Option<String>, heap_bytes: usize) -> Outcome {
    let broken = || super::process::ended("reported an unreadable result");
    let result = match (output, failure) {
        (Some(output), _) => Ok(output),
        (None, Some(failure)) => Err(serde_json::from_str::<Failure>(&failure).unwrap_or_else(|_| broken())),
        (None, None) => Err(broken()),
    };
    Outcome { result, heap_bytes }
}

/// Writes one message. The caller flushes.
pub(super) fn write(writer: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    writer.write_all(&length.to_le_bytes())?;
    writer.write_all(&bytes)
}

/// Reads one message; `None` at the end.
pub(super) fn read<M: DeserializeOwned>(reader: &mut impl Read) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    match reader.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_BYTES_MAX {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let answer = HostAnswer { json: "{}".into(), body: Some(Body::Bytes(vec![1, 2])) };
        let mut stream = Vec::new();
        write(&mut stream, &Order::Answer(Answer::new(7, 3, Ok(answer)))).unwrap();
        let Some(Order::Answer(read)) = read(&mut stream.as_slice()).unwrap() else { panic!("no answer") };
        assert_eq!((read.run, read.call), (7, 3));
        assert_eq!(read.into_result().unwrap().body, Some(Body::Bytes(vec![1, 2])));
    }

    #[test]
    fn a_frame_that_claims_to_be_huge_is_refused_before_memory_is_taken() {
        let stream = u32::MAX.to_le_bytes();
        assert!(read::<Report>(&mut stream.as_slice()).is_err());
    }

    #[test]
    fn garbage_is_an_error_and_the_end_is_the_end() {
        assert!(read::<Report>(&mut [3, 0, 0, 0, 255, 255, 255].as_slice()).is_err());
        assert!(matches!(read::<Report>(&mut [].as_slice()), Ok(None)));
    }
}
