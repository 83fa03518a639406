//! Functions that do not end by themselves: each ends with its named failure, while others run on.

use std::sync::Arc;
use std::time::Duration;

use bowline_runtime::{FailureKind, Limits, Work};

use super::{Answering, action, run, runners, start, start_with};

/// Little of everything, so that a breach comes soon.
fn limited(body: &str) -> Work {
    let limits = Limits {
        memory_bytes: 32 << 20,
        wall: Duration::from_secs(5),
        slice: Duration::from_millis(300),
        output_bytes: 10_000,
        log_bytes: 10_000,
        calls: 100,
    };
    Work { limits, ..action(body) }
}

#[track_caller]
fn ends_with(body: &str, kind: FailureKind) {
    let runners = runners(1);
    let neighbour = start(
        &runners,
        action(
            "await new Promise((resolve) => setTimeout(resolve, 800)); return (await nango.get({ endpoint: '/x' })).status;",
        ),
    );
    let failure = start(&runners, limited(body)).end().unwrap_err();
    assert_eq!(failure.kind, kind, "{failure:?}");
    assert!(failure.message().is_some_and(|message| !message.is_empty()), "{failure:?}");
    assert_eq!(neighbour.end().unwrap(), "200");
}

#[test]
fn an_endless_loop_is_ended() {
    ends_with("for (;;) {}", FailureKind::FunctionRuntimeTimedOut);
}

#[test]
fn an_endless_loop_that_catches_everything_is_ended() {
    ends_with(
        "for (;;) { try { for (;;) {} } catch {} finally { continue; } }",
        FailureKind::FunctionRuntimeTimedOut,
    );
}

#[test]
fn an_endless_chain_of_promises_is_ended() {
    ends_with("for (;;) await null;", FailureKind::FunctionRuntimeTimedOut);
}

#[test]
fn a_regular_expression_that_explodes_is_ended() {
    ends_with("return /^(a+)+$/.test('a'.repeat(40) + 'b');", FailureKind::FunctionRuntimeTimedOut);
}

#[test]
fn memory_that_grows_is_ended() {
    ends_with(
        "const all = []; for (;;) all.push(new Array(1000).fill({}));",
        FailureKind::FunctionRuntimeOutOfMemory,
    );
}

#[test]
fn strings_that_pile_up_are_ended() {
    ends_with(
        "const all = []; for (;;) all.push('x'.repeat(1 << 20));",
        FailureKind::FunctionRuntimeOutOfMemory,
    );
}

#[test]
fn memory_that_grows_behind_a_catch_is_ended() {
    ends_with(
        "const all = []; for (;;) { try { all.push(new Uint8Array(1 << 20)); } catch {} }",
        FailureKind::FunctionRuntimeTimedOut,
    );
}

#[test]
fn a_promise_that_nothing_settles_is_found_at_once() {
    let failure = run("await new Promise(() => {});").unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptInternalError);
    assert!(failure.message().unwrap().contains("nothing can settle"), "{failure:?}");
}

#[test]
fn a_function_that_waits_too_long_is_ended() {
    ends_with(
        "await new Promise((resolve) => setTimeout(resolve, 3_600_000));",
        FailureKind::ExecutionTimeout,
    );
    ends_with("await nango.get({ endpoint: '/hang' });", FailureKind::ExecutionTimeout);
}

#[test]
fn recursion_without_end_is_an_error_of_that_function() {
    let failure = run("const deep = (n) => deep(n + 1) + 1; return deep(0);").unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptInternalError);
}

#[test]
fn deep_texts_neither_crash_nor_hang() {
    let output = run("const deep = '['.repeat(200_000) + ']'.repeat(200_000);
         let failed = 0;
         try { JSON.parse(deep); } catch { failed++; }
         let nested = []; for (let i = 0; i < 200_000; i++) nested = [nested];
         try { JSON.stringify(nested); } catch { failed++; }
         return failed;");
    assert!(output.is_ok(), "{output:?}");
}

#[test]
fn a_result_that_is_too_large_is_refused_with_its_size() {
    let failure = start(&runners(1), limited("return 'x'.repeat(20_000);")).end().unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptOutputTooLarge);
    assert!(failure.message().unwrap().contains("20002 bytes"), "{failure:?}");
}

#[test]
fn a_result_that_is_no_json_is_an_error_of_that_function() {
    let failure = run("const a = {}; a.a = a; return a;").unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptInternalError);
    assert_eq!(run("return 10n;").unwrap_err().kind, FailureKind::ScriptInternalError);
}

#[test]
fn a_flood_of_log_lines_is_cut_and_says_so() {
    let host = Arc::new(Answering::default());
    let body = "for (let i = 0; i < 2_000; i++) await nango.log('line ' + i, { level: 'error' }); return 1;";
    assert_eq!(start_with(&runners(1), limited(body), Arc::clone(&host)).end().unwrap(), "1");
    let lines = host.lines.lock().unwrap();
    assert!(lines.len() > 10 && lines.len() < 500, "{}", lines.len());
    assert!(lines.last().unwrap().contains("further lines are dropped"));
}

#[test]
fn more_calls_at_once_than_allowed_fail_and_the_rest_goes_on() {
    let body = "const calls = Array.from({ length: 300 }, () => nango.get({ endpoint: '/hang' }));
        const failed = await Promise.race([Promise.allSettled(calls.slice(100)),
                                           new Promise((resolve) => setTimeout(resolve, 1000))]);
        return failed.filter((call) => call.status === 'rejected').length;";
    assert_eq!(start(&runners(1), limited(body)).end().unwrap(), "200");
}

#[test]
fn a_run_that_is_called_off_ends_at_once() {
    let runners = runners(1);
    let (sender, ended) = std::sync::mpsc::sync_channel(1);
    let done = Box::new(move |outcome: bowline_runtime::Outcome| drop(sender.send(outcome.result)));
    let work = action("await nango.get({ endpoint: '/hang' });");
    let stop = bowline_runtime::Runner::run(&runners, work, Arc::new(Answering::default()), done).unwrap();
    stop.abort();
    let failure = ended.recv_timeout(Duration::from_secs(10)).unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptAborted);
}
