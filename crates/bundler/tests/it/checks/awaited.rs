//! Which calls must be awaited.

use crate::support::{problems, sync};

#[tokio::test]
async fn a_call_whose_answer_is_dropped_is_refused() {
    let found = problems(&sync("  nango.batchSave([], 'Issue');")).await;
    assert_eq!(found, ["3:3: `nango.batchSave` is not awaited"]);
}

#[tokio::test]
async fn a_promise_that_is_taken_for_its_value_is_refused() {
    for body in [
        "const response = nango.get({ endpoint: '/x' }); void response;",
        "const name = (nango.getMetadata() as any).name; void name;",
        "if (nango.getMetadata()) { return; }",
        "const a = nango.getMetadata() ? 1 : 2; void a;",
        "JSON.stringify(nango.getMetadata());",
        "void nango.log('x');",
        "await (nango.log('x'), 1);",
        "[1].forEach((n) => { nango.log(String(n)); });",
    ] {
        assert_eq!(problems(&sync(body)).await.len(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_call_that_is_waited_for_is_fine() {
    for body in [
        "await nango.log('x');",
        "return nango.log('x');",
        "await (nango.log('x') as Promise<void>);",
        "await (1 > 0 ? nango.log('x') : nango.log('y'));",
        "nango.get({ endpoint: '/x' }).then((response) => response.data);",
        "await Promise.all([nango.log('x'), nango.log('y')]);",
        "await Promise.all(['x'].map((text) => nango.log(text)));",
        "await Promise.all(['x'].map(async (text) => { await nango.log(text); }));",
    ] {
        assert_eq!(problems(&sync(body)).await, Vec::<String>::new(), "{body}");
    }
}

#[tokio::test]
async fn methods_that_answer_at_once_or_page_by_page_need_no_await() {
    let body =
        "for await (const page of nango.paginate({ endpoint: '/x' })) { void page; }\nnango.setLogger({});";
    assert_eq!(problems(&sync(body)).await, Vec::<String>::new());
}

#[tokio::test]
async fn methods_of_other_objects_are_nobodys_business() {
    assert_eq!(problems(&sync("new Map().get('x'); console.log('y');")).await, Vec::<String>::new());
}
