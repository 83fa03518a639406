//! `bowline demo`

use crate::support::Place;

#[test]
fn the_printed_calls_work() {
    let place = Place::new();
    let ended = place.run(&["demo", "--listen", "127.0.0.1:0", "--check"]).succeeded();
    assert_eq!(ended.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 7, "{}", ended.stdout);
    assert_eq!(ended.stderr, "");
}

#[test]
fn it_prints_what_to_try_and_leaves_nothing_behind() {
    let place = Place::new();
    let temporary = place.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let place = place.with("TMPDIR", temporary.to_str().unwrap());
    let demo = place.start(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(demo.get("/ready", None).0, 200);
    demo.terminate();
    let url = demo.url.clone();
    let (code, page) = demo.end();
    assert_eq!(code, 0);
    assert!(page.contains(&format!("curl '{url}/connections'")) && page.contains("@nangohq/node"), "{page}");
    assert_eq!(std::fs::read_dir(temporary).unwrap().count(), 0);
}

#[test]
fn a_used_folder_is_refused() {
    let place = Place::new();
    place.write("something", "");
    place
        .run(&["demo", "--data-dir", ".", "--listen", "127.0.0.1:0"])
        .failed(1)
        .says("not empty")
        .says("hint:");
}
