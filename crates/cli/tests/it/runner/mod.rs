//! Functions in real runner processes: what they cannot reach, how they are ended, who goes on.

mod confined;
mod ended;
mod isolated;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bowline_runtime::{
    Code, Failure, Host, HostAnswer, HostCall, Limits, Mode, Reply, Runner as _, RunnerCommand, Runners,
    RunnersOptions, Work,
};

/// Far more than any run here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A host whose calls are answered with `{}`, except for `hang`, which never is.
#[derive(Default)]
pub struct Answering {
    pub lines: Mutex<Vec<String>>,
    held: Mutex<Vec<Reply>>,
}

impl Host for Answering {
    fn call(&self, call: HostCall, reply: Reply) {
        if call.arguments.contains("/hang") {
            self.held.lock().unwrap().push(reply);
        } else {
            reply.send(Ok(HostAnswer::json(r#"{"status":200,"headers":{}}"#)));
        }
    }

    fn log(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_owned());
    }
}

pub fn runners(processes: usize) -> Runners {
    let command =
        RunnerCommand { program: env!("CARGO_BIN_EXE_bowline").into(), arguments: vec!["runner".into()] };
    Runners::new(RunnersOptions { command, processes, runs: 1_000, memory_bytes: 2 << 30 })
}

/// An action whose `exec` has this body.
pub fn action(body: &str) -> Work {
    let source = format!(
        "\"use strict\"; module.exports.default = {{ type: 'action', exec: async (nango, input) => {{ {body} }} }};"
    );
    let context = r#"{"name":"x","file":"x-github.cjs","kind":"action","objectStyle":true,"context":
        {"connectionId":"c","providerConfigKey":"github","provider":"github","loggerLevel":"info"},
        "paginate":null,"providerKnown":true}"#;
    Work {
        code: Arc::new(Code { digest: source.clone(), file: "x-github.cjs".into(), source }),
        mode: Some(Mode::Run),
        context: context.into(),
        input: None,
        limits: Limits { wall: Duration::from_secs(20), ..Limits::default() },
    }
}

/// A run under way.
pub struct Running(mpsc::Receiver<Result<String, Failure>>);

impl Running {
    pub fn end(self) -> Result<String, Failure> {
        self.0.recv_timeout(PATIENCE).expect("the run ends")
    }
}

pub fn start(runners: &Runners, work: Work) -> Running {
    start_with(runners, work, Arc::default())
}

pub fn start_with(runners: &Runners, work: Work, host: Arc<Answering>) -> Running {
    let (sender, ended) = mpsc::sync_channel(1);
    let done = Box::new(move |outcome: bowline_runtime::Outcome| drop(sender.send(outcome.result)));
    runners.run(work, host, done).expect("there is room");
    Running(ended)
}

/// Runs a body in a process of its own.
pub fn run(body: &str) -> Result<String, Failure> {
    start(&runners(1), action(body)).end()
}
