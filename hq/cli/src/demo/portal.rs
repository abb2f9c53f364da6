//! A captive portal: answers every request with a friendly page and status 200.

use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

const PAGE: &str = "<!doctype html><title>Free Wi-Fi</title><p>Please sign in to go online.</p>";

/// Starts a portal on loopback and says its address. It ends with the process.
pub(crate) fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]);
            let reply = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{PAGE}",
                PAGE.len()
            );
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    Ok(url)
}
