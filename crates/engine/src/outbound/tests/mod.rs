//! The client against real sockets. This file holds the upstreams and resolvers that the tests share.

mod failures;
mod framing;
mod redirects;
mod refused;
mod streams;
mod tls;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::*;

pub type Reply = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// A request as the upstream saw it.
pub struct Seen {
    pub method: Method,
    pub uri: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Everything that an upstream saw.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Arc<Seen>>>>);

impl Log {
    pub fn all(&self) -> Vec<Arc<Seen>> {
        self.0.lock().clone()
    }

    pub fn last(&self) -> Arc<Seen> {
        self.0.lock().last().expect("a request was seen").clone()
    }
}

/// An upstream that answers by the request it saw. Returns its port.
pub async fn upstream(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (u16, Log) {
    let log = Log::default();
    let (reply, seen) = (Arc::new(reply), log.clone());
    let port = serve(move |request: Request<Incoming>| {
        let (reply, log) = (reply.clone(), seen.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let uri = parts.uri.to_string();
            let seen = Arc::new(Seen { method: parts.method, uri, headers: parts.headers, body });
            log.0.lock().push(seen.clone());
            reply(&seen)
        }
    })
    .await;
    (port, log)
}

/// An upstream that handles requests itself. Returns its port.
pub async fn serve<H, F>(handler: H) -> u16
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Reply> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let handler = handler.clone();
            let service = service_fn(move |request| {
                let reply = handler(request);
                async move { Ok::<_, BoxError>(reply.await) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    port
}

/// An upstream that speaks whatever it likes once it has read a request's head. Returns its port.
pub async fn raw_upstream<H, F>(handler: H) -> u16
where
    H: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            tokio::spawn(handler(stream));
        }
    });
    port
}

pub fn text(status: u16, body: impl Into<Bytes>) -> Reply {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    Response::builder().status(status).body(body).unwrap()
}

pub fn with_header(mut reply: Reply, name: &'static str, value: &str) -> Reply {
    reply.headers_mut().append(name, value.parse().unwrap());
    reply
}

pub fn redirect(status: u16, location: &str) -> Reply {
    with_header(text(status, "moved"), "location", location)
}

/// Answers from a script; the last answer to a name is repeated.
#[derive(Clone, Default)]
pub struct ScriptedResolver {
    answers: Arc<Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>>,
    pub lookups: Arc<Mutex<usize>>,
}

impl ScriptedResolver {
    pub fn answer(self, host: &str, addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        self.answers.lock().entry(host.to_owned()).or_default().push_back(addresses);
        self
    }
}

impl Resolver for ScriptedResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        *self.lookups.lock() += 1;
        let mut answers = self.answers.lock();
        let answer = match answers.get_mut(host) {
            Some(script) if script.len() > 1 => Ok(script.pop_front().unwrap()),
            Some(script) => Ok(script[0].clone()),
            None => Err(io::Error::other("Name or service not known")),
        };
        Box::pin(async move { answer })
    }
}

/// Short times, and whatever `allow` opens.
pub fn options(allow: &str) -> OutboundOptions {
    OutboundOptions {
        policy: OutboundPolicy::new(AllowList::parse(allow).unwrap()),
        connect_timeout: Duration::from_secs(2),
        tls_timeout: Duration::from_secs(2),
        response_header_timeout: Duration::from_secs(5),
        body_silence_max: Duration::from_secs(5),
        ..OutboundOptions::default()
    }
}

/// A client for which this machine is open and a few names lead to it.
pub fn local() -> Outbound {
    local_with(options("127.0.0.0/8"))
}

pub fn local_with(options: OutboundOptions) -> Outbound {
    let resolver = ["api.test", "eu.api.test", "other.test"]
        .into_iter()
        .fold(ScriptedResolver::default(), |resolver, host| resolver.answer(host, &["127.0.0.1"]));
    Outbound::with_resolver(options, Arc::new(resolver)).unwrap()
}

pub fn get(url: impl AsRef<str>) -> OutboundRequest {
    OutboundRequest::new(Method::GET, Url::parse(url.as_ref()).unwrap(), Purpose::Proxy)
}

pub fn post(url: impl AsRef<str>, body: impl Into<Bytes>) -> OutboundRequest {
    let body = OutboundBody::Bytes(body.into());
    OutboundRequest { method: Method::POST, body, ..get(url) }
}

pub fn header(mut request: OutboundRequest, name: &'static str, value: &str) -> OutboundRequest {
    request.headers.append(name, value.parse().unwrap());
    request
}

pub async fn failure(outbound: &Outbound, request: OutboundRequest) -> OutboundError {
    match outbound.send_for_bytes(request, 1 << 20).await {
        Ok(response) => panic!("answered {} instead of failing", response.status),
        Err(error) => error,
    }
}
