//! The order of calls inside `exec`.

use crate::support::{problems, sync};

#[tokio::test]
async fn the_merging_strategy_is_set_before_anything_else() {
    let early = "await nango.setMergingStrategy({ strategy: 'ignore_if_modified_after' }, 'A');\nawait nango.batchSave([], 'A');";
    assert_eq!(problems(&sync(early)).await, Vec::<String>::new());
    for first in ["await nango.batchSave([], 'A');", "await nango.get({ endpoint: '/x' });"] {
        let late = format!("{first}\nawait nango.setMergingStrategy({{ strategy: 'override' }}, 'A');");
        let expected = "4:7: `nango.setMergingStrategy` comes after requests or batches";
        assert_eq!(problems(&sync(&late)).await, [expected]);
    }
}

#[tokio::test]
async fn records_of_earlier_runs_are_deleted_once_and_last() {
    let (save, delete) =
        ("await nango.batchSave([], 'A');", "await nango.deleteRecordsFromPreviousExecutions('A');");
    assert_eq!(problems(&sync(&format!("{save}\n{delete}"))).await, Vec::<String>::new());
    let early = problems(&sync(&format!("{delete}\n{save}"))).await;
    assert_eq!(early, ["3:7: `nango.deleteRecordsFromPreviousExecutions` comes before records are saved"]);
    let twice = problems(&sync(&format!("{save}\n{delete}\n{delete}"))).await;
    assert_eq!(twice, ["5:7: `nango.deleteRecordsFromPreviousExecutions` is called twice"]);
}

const START: &str = "await nango.trackDeletesStart('A');";
const SAVE: &str = "await nango.batchSave([], 'A');";
const END: &str = "await nango.trackDeletesEnd('A');";

async fn tracked(lines: &[&str]) -> Vec<String> {
    problems(&sync(&lines.join("\n"))).await
}

#[tokio::test]
async fn deletes_are_tracked_around_the_batches_of_each_model() {
    let other = ["await nango.trackDeletesStart('B');", "await nango.trackDeletesEnd('B');"];
    assert_eq!(tracked(&[START, SAVE, END]).await, Vec::<String>::new());
    assert_eq!(tracked(&[START, SAVE, END, other[0], other[1]]).await, Vec::<String>::new());
    assert_eq!(tracked(&["for (;;) {", SAVE, "}"]).await, Vec::<String>::new());
}

#[tokio::test]
async fn tracking_that_begins_or_ends_among_the_batches_is_refused() {
    let late = tracked(&[SAVE, START, END]).await;
    let expected = ["4:7: `nango.trackDeletesStart` comes after records are saved"];
    assert_eq!(late, expected);
    let early = tracked(&[START, END, SAVE]).await;
    assert_eq!(early, ["4:7: `nango.trackDeletesEnd` comes before records are saved"]);
}

#[tokio::test]
async fn tracking_that_is_only_begun_or_only_ended_is_refused() {
    let open = tracked(&[START, SAVE]).await;
    assert_eq!(open, ["3:7: `nango.trackDeletesStart` has no `nango.trackDeletesEnd`"]);
    let ended = tracked(&[SAVE, END]).await;
    assert_eq!(ended, ["4:7: `nango.trackDeletesEnd` has no `nango.trackDeletesStart`"]);
}

#[tokio::test]
async fn tracking_one_model_twice_is_refused() {
    let twice = tracked(&[START, START, SAVE, END]).await;
    assert_eq!(twice, ["4:7: `nango.trackDeletesStart` is called twice for this model"]);
    let again = tracked(&[START, SAVE, END, END]).await;
    assert_eq!(again, ["6:7: `nango.trackDeletesEnd` is called twice for this model"]);
}
