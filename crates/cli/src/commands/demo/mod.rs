//! `bowline demo`: a server, a simulated provider and one connection, for a first look with no account anywhere.

mod calls;
mod flow;
mod setup;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bowline_domain::Secret;
use bowline_sim::{SimOptions, Simulator};

use self::calls::{Call, Scene};
use super::serve::Serving;
use crate::api_client::ApiClient;
use crate::args::DemoArgs;
use crate::error::{WithHint, hinted};
use crate::shutdown::StopSignals;
use crate::{logging, output};

/// Shows the demo until the process is asked to stop, or checks it once.
pub async fn run(args: DemoArgs) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let temporary = tempfile::Builder::new().prefix("bowline-demo-").tempdir()?;
    let folder = args.data_dir.as_deref().unwrap_or(temporary.path());
    refuse_used(folder)?;

    let simulator =
        Simulator::start(SimOptions::default()).await.context("the simulated provider does not start")?;
    let providers = temporary.path().join("demo-providers.yaml");
    fs::write(&providers, setup::providers(simulator.base_url()))?;
    let config = setup::config(&args, folder, providers, simulator.address())?;
    logging::start(&config.logging);
    let serving = Serving::start(&config)
        .await
        .hint("is another server on that port? `--listen 127.0.0.1:0` takes a free one")?;

    let outcome = show(&args, &serving, &simulator, &mut stop).await;
    serving.stop().await;
    simulator.shutdown().await;
    outcome
}

async fn show(
    args: &DemoArgs,
    serving: &Serving,
    simulator: &Simulator,
    stop: &mut StopSignals,
) -> Result<()> {
    let url = serving.url().context("the demo has an API")?;
    let api = ApiClient::new(&url, Secret::new(serving.dev_key().await?))?;
    let scene = setup::connect(&api, &url, &simulator.control()).await?;
    if args.check {
        return check(&api, &scene, simulator.base_url()).await;
    }
    let link = flow::link(&url, &flow::open_session(&api).await?);
    output::text(&page(&scene, simulator.base_url(), &link))?;
    stop.next().await;
    Ok(())
}

/// Connects an account as the link does, and makes each printed call once.
async fn check(api: &ApiClient, scene: &Scene, simulator: &str) -> Result<()> {
    let mut failed = 0;
    let token = flow::open_session(api).await?;
    flow::connect(&scene.url, simulator, &token).await.context("connecting an account by the link")?;
    let listed = api.send("GET", "/connections?endUserId=user-2", &[], None).await?;
    if !listed.body.contains("\"user-2\"") {
        bail!("the account that was connected by the link is not listed: {}", listed.body);
    }
    output::line("ok      Connect an account by the link")?;
    for call in calls::calls() {
        match attempt(api, scene, &call).await {
            Ok(()) => output::line(&format!("ok      {}", call.about))?,
            Err(error) => {
                failed += 1;
                output::line(&format!("FAILED  {}: {error:#}", call.about))?;
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of the demo's calls failed");
    }
    Ok(())
}

async fn attempt(api: &ApiClient, scene: &Scene, call: &Call) -> Result<()> {
    let answer = api.send(call.method, call.path, call.headers, call.body).await?;
    if !answer.status.is_success() {
        bail!("{} {}", answer.status, answer.body);
    }
    let json = serde_json::from_str(&answer.body).context("the answer is not JSON")?;
    (call.is_right)(&json, scene).then_some(()).ok_or_else(|| anyhow!("unexpected answer {json}"))
}

fn page(scene: &Scene, simulator: &str, link: &str) -> String {
    let mut page = format!(
        "Bowline is ready at {}\n\nA simulated provider runs at {simulator}. One of its accounts is connected: \
         `{}` of the integration `{}`.\nIts token was about to expire; Bowline renews it before it is used.\n\nConnect \
         another account as your users will: open this link, press Connect, approve.\n\n{link}\n\nTry:\n",
        scene.url,
        setup::CONNECTION,
        setup::OAUTH_INTEGRATION,
    );
    for call in calls::calls() {
        page.push_str(&format!("\n# {}\n{}\n", call.about, call.as_curl(scene)));
    }
    page.push_str(&format!(
        "\n# The same from Node.js\n{}\n\nCtrl-C ends the demo.\n",
        calls::node_snippet(scene)
    ));
    page
}

fn refuse_used(folder: &Path) -> Result<()> {
    let is_used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_used {
        let error = anyhow!("{} is not empty", folder.display());
        return Err(hinted(
            error,
            "the demo needs an empty folder; without --data-dir it takes a temporary one",
        ));
    }
    Ok(())
}
