// A server for the guide's examples: gives a JSON answer at a path.
async fn serve(path: &str, json: &str) -> wiremock::MockServer {
    let server = wiremock::MockServer::start().await;
    serve_also(&server, path, json).await;
    server
}

async fn serve_also(server: &wiremock::MockServer, path: &str, json: &str) {
    let answer = wiremock::ResponseTemplate::new(200).set_body_raw(json, "application/json");
    wiremock::Mock::given(wiremock::matchers::path(path)).respond_with(answer).mount(server).await;
}
