//! What a function cannot reach.

use std::fs;

use super::{action, run, runners, start};

#[test]
fn code_cannot_be_made_from_text() {
    let tried = run("const made = [];
         const ways = {
           eval: () => eval('1'),
           indirect: () => (0, eval)('1'),
           constructor: () => (() => {}).constructor('return 1')(),
           async: () => (async () => {}).constructor('return 1')(),
           generator: () => (function* () {}).constructor('return 1')(),
           reflect: () => Reflect.construct((() => {}).constructor, ['return 1'])(),
           timeout: () => { setTimeout('globalThis.ran = 1', 0); throw new Error('not code'); },
         };
         for (const [name, way] of Object.entries(ways)) {
           try { way(); made.push(name); } catch {}
         }
         await new Promise((resolve) => setTimeout(resolve, 5));
         return { made, ran: globalThis.ran ?? null };");
    assert_eq!(tried.unwrap(), r#"{"made":[],"ran":null}"#);
}

#[test]
fn modules_that_reach_the_system_are_refused_by_name() {
    let tried = run("const got = [];
         for (const name of ['fs', 'node:fs', 'child_process', 'net', 'http', 'os', 'process', 'vm', 'module',
                             'worker_threads', './x', '/etc/passwd', 'internal/calls', 'main', '__proto__']) {
           try { require(name); got.push(name); } catch (error) {
             if (error.message !== `Module '${name}' is not allowed`) got.push(error.message);
           }
         }
         try { await import('fs'); got.push('import'); } catch {}
         return got;");
    assert_eq!(tried.unwrap(), "[]");
}

#[test]
fn no_global_leads_to_the_network_the_process_or_the_host() {
    let tried = run(
        "const names = ['fetch', 'process', 'XMLHttpRequest', 'WebSocket', 'Deno', 'Bun', 'std', 'os', 'native',
                        'load', 'scriptArgs', 'print', 'WebAssembly', '__host'];
         return names.filter((name) => typeof globalThis[name] !== 'undefined');",
    );
    assert_eq!(tried.unwrap(), "[]");
}

#[test]
fn internals_of_the_runtime_are_not_found_by_walking_objects() {
    // Whatever can be reached from what a function is given: none of it may be the object of natives.
    let tried = run("const seen = new Set(), found = [];
         const walk = (value, depth) => {
           if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
           if (seen.has(value) || depth > 6) return;
           seen.add(value);
           let keys = [];
           try { keys = Reflect.ownKeys(value); } catch { return; }
           if (['finish', 'call', 'load'].every((key) => keys.includes(key))) found.push('native');
           for (const key of keys) { try { walk(value[key], depth + 1); } catch {} }
           try { walk(Object.getPrototypeOf(value), depth + 1); } catch {}
         };
         walk(nango, 0); walk(globalThis, 0); walk(require, 0); walk(module, 0);
         walk(await nango.get({ endpoint: '/x' }), 0);
         return found;");
    assert_eq!(tried.unwrap(), "[]");
}

#[test]
fn a_patched_prototype_does_not_change_what_the_host_is_told() {
    let tried = run("const stringify = JSON.stringify;
         JSON.stringify = () => '{\"forged\":true}';
         Object.prototype.toJSON = () => 'forged';
         Promise.prototype.then = function () { return this; };
         return { honest: true };");
    // Its own run may break; it can end in no other way than with this function's own value or an error of it.
    if let Ok(output) = tried {
        assert!(output.contains("honest") || output.contains("forged"), "{output}");
    }
    assert_eq!(run("return { next: 1 };").unwrap(), r#"{"next":1}"#);
}

#[test]
fn the_host_gets_one_result_and_it_is_the_first() {
    let tried = run("const thenable = { then(resolve) { resolve('a'); resolve('b'); } }; return thenable;");
    assert_eq!(tried.unwrap(), r#""a""#);
}

#[test]
#[cfg(target_os = "linux")]
fn a_runner_process_is_confined_and_gets_no_variables() {
    let runners = runners(1);
    start(&runners, action("return 1;")).end().unwrap();
    let process = runners.process_ids()[0];

    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(field("NoNewPrivs:"), "1");
    assert_eq!(field("Seccomp:"), "2");
    // Reading this takes the rights of the system's owner, because the process is not dumpable.
    if let Ok(variables) = fs::read(format!("/proc/{process}/environ")) {
        assert_eq!(variables, b"TZ=UTC\0");
    }
}
