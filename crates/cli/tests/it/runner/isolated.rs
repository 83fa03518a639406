//! Runs leave nothing behind, and a process that ends takes only its own runs with it.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bowline_runtime::{FailureKind, Limits, Work};

use super::{action, run, runners, start};

#[test]
fn nothing_that_a_run_changes_is_seen_by_the_next() {
    let runners = runners(1);
    let body = "const z = require('zod');
        const before = [globalThis.left, Array.prototype.left, z.left, z.ZodString.prototype.left, nango.left,
                        Buffer.left, Buffer.prototype.left, module.left, JSON.left, z.globalRegistry.left];
        globalThis.left = Array.prototype.left = z.ZodString.prototype.left = Buffer.left = 1;
        Buffer.prototype.left = JSON.left = nango.left = module.left = z.globalRegistry.left = 1;
        try { z.left = 1; } catch {}
        return before.filter((value) => value !== undefined).length;";
    for _ in 0..20 {
        assert_eq!(start(&runners, action(body)).end().unwrap(), "0");
    }
}

#[test]
fn fifty_runs_at_once_do_not_see_each_other() {
    let runners = runners(2);
    let all: Vec<_> = (0..50)
        .map(|number| {
            let body = format!(
                "globalThis.mine = {number};
                 await new Promise((resolve) => setTimeout(resolve, {}));
                 await nango.get({{ endpoint: '/x' }});
                 return globalThis.mine;",
                number % 7
            );
            start(&runners, action(&body))
        })
        .collect();
    for (number, running) in all.into_iter().enumerate() {
        assert_eq!(running.end().unwrap(), number.to_string());
    }
}

#[test]
#[cfg(unix)]
fn a_process_that_is_killed_fails_its_runs_and_is_replaced() {
    let runners = runners(2);
    let lost = start(&runners, action("await nango.get({ endpoint: '/hang' });"));
    let killed = runners.process_ids()[0];
    let other =
        start(&runners, action("await new Promise((resolve) => setTimeout(resolve, 500)); return 'safe';"));

    let status = Command::new("kill").args(["-9", &killed.to_string()]).status().unwrap();
    assert!(status.success());

    let failure = lost.end().unwrap_err();
    assert_eq!(failure.kind, FailureKind::FunctionRuntimeOther);
    assert!(failure.message().unwrap().contains("can be tried again"), "{failure:?}");
    assert_eq!(other.end().unwrap(), r#""safe""#);
    assert_eq!(start(&runners, action("return 2;")).end().unwrap(), "2");
    assert!(!runners.process_ids().contains(&killed));
}

#[test]
#[cfg(unix)]
fn a_process_that_hangs_is_killed_when_its_run_is_overdue() {
    let runners = runners(1);
    let work = action("await nango.get({ endpoint: '/hang' });");
    let limits = Limits { wall: Duration::from_millis(200), ..work.limits };
    let hanging = start(&runners, Work { limits, ..work });
    let process = runners.process_ids()[0];
    let status = Command::new("kill").args(["-STOP", &process.to_string()]).status().unwrap();
    assert!(status.success());

    assert_eq!(hanging.end().unwrap_err().kind, FailureKind::FunctionRuntimeTimedOut);
    assert_eq!(start(&runners, action("return 1;")).end().unwrap(), "1");
}

#[test]
fn an_error_names_the_line_and_leaves_out_the_runtime() {
    let failure = run("\n\nconst user = undefined;\nreturn user.name;").unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptInternalError);
    let frames = failure.payload["stacktrace"].as_array().unwrap();
    assert!(frames[0].as_str().unwrap().contains("x-github.cjs:4:"), "{frames:?}");
    assert!(frames.iter().all(|frame| frame.as_str().unwrap().contains("x-github.cjs")), "{frames:?}");
}

#[test]
fn code_that_is_no_javascript_is_refused_with_its_line() {
    let work = action("return 1;");
    let source = "module.exports.default = {\n  exec: () => {\n    const = 1;\n  },\n};";
    let code =
        bowline_runtime::Code { digest: "bad".into(), file: "bad-github.cjs".into(), source: source.into() };
    let failure = start(&runners(1), Work { code: Arc::new(code), mode: None, ..work }).end().unwrap_err();
    assert_eq!(failure.kind, FailureKind::ScriptInternalError);
    assert!(failure.message().unwrap().starts_with("SyntaxError: bad-github.cjs:3:"), "{failure:?}");
}
