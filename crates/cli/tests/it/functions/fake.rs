//! A server that gives prepared answers and keeps what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub key: String,
    pub body: Value,
}

/// A server on a port of its own, which ends with the process.
pub struct FakeServer {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeServer {
    /// Answers requests to each path with a status and JSON; others with 404.
    pub fn start(answers: Vec<(&'static str, u16, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let request = read_request(&stream);
                let answer = answers.iter().find(|(path, ..)| *path == request.path);
                let none = json!({ "error": { "code": "not_found", "message": "no such endpoint" } });
                let (status, body) = answer.map_or((404, &none), |(_, status, body)| (*status, body));
                kept.lock().unwrap().push(request);
                write_answer(stream, status, &body.to_string());
            }
        });
        Self { url, asked }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let (mut length, mut key) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => key = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    Asked { path, key, body: serde_json::from_slice(&body).unwrap_or_default() }
}

fn write_answer(mut stream: TcpStream, status: u16, body: &str) {
    let length = body.len();
    let head = "content-type: application/json\r\nconnection: close\r\n";
    // The client may be gone already.
    let _ = write!(stream, "HTTP/1.1 {status} X\r\n{head}content-length: {length}\r\n\r\n{body}");
}
