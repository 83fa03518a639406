//! Runs a function through the public interface.

use std::sync::Arc;

use bowline_runtime::{Body, Host, HostAnswer, HostCall, Job, Limits, Mode, Pending, Program, Reply};

struct OneAnswer;

impl Host for OneAnswer {
    fn call(&self, _: HostCall, reply: Reply) {
        let json = r#"{"status":200,"statusText":"OK","headers":{"content-type":"application/json"}}"#.into();
        reply.send(Ok(HostAnswer { json, body: Some(Body::Text(r#"{"id":1}"#.into())) }));
    }

    fn log(&self, _: &str) {}
}

#[test]
fn an_action_gets_its_input_and_the_answer_of_a_call() {
    let js = r#""use strict";
        const z = require('zod');
        module.exports.default = { type: 'action', exec: async (nango, input) => {
          const { data } = await nango.get({ endpoint: '/me' });
          const link = new URL('/x?a=1', 'https://a.b').href;
          return { data, bytes: Buffer.from('hä').toString('base64'), link, input,
                   valid: z.object({ a: z.string() }).safeParse(input).success };
        } };
    "#;
    let program = Program::compile("x-github.cjs", js).unwrap();
    let context = r#"{"name":"x","file":"x-github.cjs","kind":"action","objectStyle":true,"context":
        {"connectionId":"c","providerConfigKey":"github","provider":"github"},"paginate":null,"providerKnown":true}"#;
    let input = Some(r#"{"a":"b"}"#.into());
    let job = Job { program, mode: Mode::Run, context: context.into(), input };

    let (run, _) = Pending::new(Limits::default(), Arc::new(OneAnswer));
    let outcome = std::thread::Builder::new()
        .stack_size(4 << 20)
        .spawn(|| run.drive(|| Ok(job)))
        .unwrap()
        .join()
        .unwrap();

    assert_eq!(
        outcome.result.unwrap(),
        r#"{"data":{"id":1},"bytes":"aMOk","link":"https://a.b/x?a=1","input":{"a":"b"},"valid":true}"#
    );
}
