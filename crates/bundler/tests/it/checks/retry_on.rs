//! `retryOn` needs `retries`.

use crate::support::{problems, sync};

#[tokio::test]
async fn statuses_to_retry_on_without_a_number_of_retries_are_refused() {
    let found = problems(&sync("await nango.get({ endpoint: '/x', retryOn: [409] });")).await;
    assert_eq!(found, ["3:35: `retryOn` has no effect without `retries`"]);
}

#[tokio::test]
async fn both_together_are_fine_and_so_is_what_may_come_from_elsewhere() {
    for body in [
        "await nango.get({ endpoint: '/x', retryOn: [409], retries: 3 });",
        "const rest = { retries: 3 };\nawait nango.get({ endpoint: '/x', retryOn: [409], ...rest });",
        "const other = { retryOn: [409] };\nvoid other;",
    ] {
        assert_eq!(problems(&sync(body)).await, Vec::<String>::new(), "{body}");
    }
}
