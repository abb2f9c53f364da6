//! Connections that come back by themselves, and the settings durability rests on, asserted on each of them.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use crate::RelayError;

/// How long a connection may take to come up, and a call to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Where the server is.
#[derive(Clone)]
pub(super) struct Server {
    config: Config,
    tls: Option<tokio_postgres_rustls::MakeRustlsConnect>,
}

impl Server {
    /// Encrypted where a file of roots is given. Without it only this machine is spoken to, unless the address says
    /// `sslmode=disable`: then the network between is the operator's word.
    pub(super) fn new(url: &str, roots: Option<&Path>) -> Result<Self, RelayError> {
        let mut config: Config = url.parse().map_err(|_| RelayError::DatabaseUrl)?;
        config.connect_timeout(Duration::from_secs(5)).keepalives_idle(Duration::from_secs(30));
        config.application_name("wayside-relay").tcp_user_timeout(PATIENCE);
        let tls = match roots {
            Some(roots) => {
                config.ssl_mode(SslMode::Require);
                Some(tokio_postgres_rustls::MakeRustlsConnect::new(crate::tls::client(roots)?))
            }
            None if config.get_ssl_mode() == SslMode::Disable || config.get_hosts().iter().all(is_here) => None,
            None => return Err(RelayError::DatabaseUrl),
        };
        Ok(Self { config, tls })
    }

    async fn connect(&self) -> Result<Client, RelayError> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                tokio::spawn(connection);
                client
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                tokio::spawn(connection);
                client
            }
        };
        durable(&client).await?;
        Ok(client)
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// An answer to a commit must mean "on disk", also where somebody tuned the server for speed.
async fn durable(client: &Client) -> Result<(), RelayError> {
    let settings = client
        .query_one(
            "SELECT current_setting('fsync'), current_setting('full_page_writes'),
                    current_setting('synchronous_commit'), current_setting('server_version_num')::int",
            &[],
        )
        .await?;
    for (at, name) in [(0, "fsync"), (1, "full_page_writes")] {
        if settings.try_get::<_, &str>(at)? != "on" {
            return Err(RelayError::Setting(name));
        }
    }
    if settings.try_get::<_, i32>(3)? < 130_000 {
        return Err(RelayError::Setting("server_version"));
    }
    // `remote_apply` promises more than `on`; everything else promises less.
    if settings.try_get::<_, &str>(2)? != "remote_apply" {
        client.batch_execute("SET synchronous_commit = on").await?;
    }
    Ok(())
}

/// One connection that many calls share: they are sent one after the other without waiting for answers.
pub(super) struct Shared {
    server: Server,
    client: Mutex<Option<Arc<Client>>>,
}

impl Shared {
    pub(super) fn new(server: Server) -> Self {
        Self { server, client: Mutex::new(None) }
    }

    pub(super) async fn client(&self) -> Result<Arc<Client>, RelayError> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(within(self.server.connect()).await?);
        *held = Some(Arc::clone(&client));
        Ok(client)
    }
}

/// One connection for one call at a time, which may open a transaction.
pub(super) struct Own {
    server: Server,
    client: Mutex<(u64, Option<Client>)>,
}

impl Own {
    pub(super) fn new(server: Server) -> Self {
        Self { server, client: Mutex::new((0, None)) }
    }

    pub(super) async fn lock(&self) -> Result<Locked<'_>, RelayError> {
        let mut held = self.client.lock().await;
        if held.1.as_ref().is_none_or(Client::is_closed) {
            *held = (held.0 + 1, Some(within(self.server.connect()).await?));
        }
        Ok(Locked(held))
    }
}

/// The connection, for as long as this lives.
pub(super) struct Locked<'a>(MutexGuard<'a, (u64, Option<Client>)>);

impl Locked<'_> {
    /// Another number is another connection: what was prepared on the one means nothing on the other.
    pub(super) fn number(&self) -> u64 {
        self.0.0
    }
    pub(super) fn client(&mut self) -> Result<&mut Client, RelayError> {
        self.0.1.as_mut().ok_or(RelayError::Stopped)
    }
}

/// No call waits for ever: a server that hangs is one that is not there.
pub(super) async fn within<T>(call: impl Future<Output = Result<T, RelayError>>) -> Result<T, RelayError> {
    tokio::time::timeout(PATIENCE, call).await.map_err(|_| RelayError::Busy)?
}
