//! One request for a file, or for the rest of it, and what the answer means for a download.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, BodyReader, Proxy, Timeout};

/// How the network is used.
#[derive(Debug, Clone)]
pub(super) struct Network {
    /// The longest wait for a connection.
    pub(super) connect: Duration,
    /// The longest wait for the next byte.
    pub(super) idle: Duration,
    /// How often a transient failure is tried again.
    pub(super) retries: u32,
    /// The wait before the first of those; it doubles each time.
    pub(super) pause: Duration,
    /// A file of certificates to trust in place of Mozilla's.
    pub(super) certificates: Option<PathBuf>,
    /// Whether the proxies that the environment names are used.
    pub(super) proxy: bool,
}

/// Why a request gave nothing, and whether trying again can help.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) again: bool,
    pub(super) reason: String,
}

impl Failure {
    pub(super) fn last(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            again: false,
            reason,
        }
    }

    pub(super) fn transient(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            again: true,
            reason,
        }
    }
}

/// A file that is coming.
pub(super) struct Answer {
    /// Its bytes, from `start` on.
    pub(super) body: BodyReader<'static>,
    /// How many bytes are left out: 0, or what was asked for.
    pub(super) start: u64,
    /// The size of the whole file, if the server says.
    pub(super) total: Option<u64>,
    /// What names this version of the file: a strong ETag, or the time of its last change.
    pub(super) version: Option<String>,
}

/// A client of web servers.
pub(super) struct Client(Agent);

impl Client {
    pub(super) fn new(network: &Network) -> Result<Self, Failure> {
        let mut tls = TlsConfig::builder();
        if let Some(path) = &network.certificates {
            let pem = std::fs::read(path)
                .map_err(|e| Failure::last(format!("cannot read SSL_CERT_FILE {path:?}: {e}")))?;
            let roots: Vec<_> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            tls = tls.root_certs(RootCerts::new_with_certs(&roots));
        }
        let agent = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(5)
            .proxy(network.proxy.then(Proxy::try_from_env).flatten())
            .user_agent(concat!("transfer/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_resolve(Some(network.connect))
            .timeout_connect(Some(network.connect))
            .timeout_recv_response(Some(network.idle))
            .timeout_per_read(Some(network.idle))
            .build()
            .new_agent();
        Ok(Self(agent))
    }

    /// Asks for a file, or for what comes after the first bytes of this version of it. `None` if the server cannot
    /// go on from there: then the whole file must be asked for.
    pub(super) fn get(
        &self,
        url: &str,
        after: Option<(u64, &str)>,
    ) -> Result<Option<Answer>, Failure> {
        let mut request = self.0.get(url);
        if let Some((have, version)) = after {
            request = request
                .header(header::RANGE, format!("bytes={have}-"))
                .header(header::IF_RANGE, version);
        }
        // The first digits of a hash do not prove who sent a file: what begins encrypted must stay so.
        let secure = url.starts_with("https:");
        let response = request.config().https_only(secure).build().call();
        let (parts, body) = response.map_err(failure)?.into_parts();
        let length = number(&parts.headers, header::CONTENT_LENGTH);
        let (start, total) = match parts.status {
            StatusCode::OK => (0, length),
            StatusCode::PARTIAL_CONTENT => match (after, range(&parts.headers)) {
                (Some((have, _)), Some((start, total))) if start == have => (have, total),
                _ => return Ok(None),
            },
            StatusCode::RANGE_NOT_SATISFIABLE if after.is_some() => return Ok(None),
            status => {
                let again = status.is_server_error()
                    || matches!(
                        status,
                        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
                    );
                let reason = format!("the server answers {status}");
                return Err(Failure { again, reason });
            }
        };
        Ok(Some(Answer {
            body: body.into_reader(),
            start,
            total,
            version: version(&parts.headers),
        }))
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: header::HeaderName) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// `Content-Range: bytes 500-999/1000` as the first byte and the whole size.
fn range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = text(headers, header::CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (bytes, total) = range.split_once('/')?;
    let start = bytes.split_once('-')?.0.parse().ok()?;
    Some((start, total.parse().ok()))
}

fn version(headers: &HeaderMap) -> Option<String> {
    let etag = text(headers, header::ETAG).filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(headers, header::LAST_MODIFIED))
        .map(str::to_owned)
}

/// What a failed request says. Without a network nothing is tried again: the message should come at once.
fn failure(error: ureq::Error) -> Failure {
    use ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, InvalidData, NetworkDown,
        NetworkUnreachable, PermissionDenied,
    };
    let again = match &error {
        ureq::Error::Io(e) => !matches!(
            e.kind(),
            AddrNotAvailable
                | ConnectionRefused
                | HostUnreachable
                | InvalidData
                | NetworkDown
                | NetworkUnreachable
                | PermissionDenied
        ),
        ureq::Error::Timeout(timeout) => !matches!(timeout, Timeout::Resolve | Timeout::Connect),
        ureq::Error::Protocol(_) => true,
        _ => false,
    };
    // A certificate that is not trusted arrives as invalid data.
    let hint = match &error {
        ureq::Error::Io(e) if e.kind() == InvalidData => {
            " (behind a company's proxy, SSL_CERT_FILE names the file of its certificates)"
        }
        _ => "",
    };
    Failure {
        again,
        reason: format!("{error}{hint}"),
    }
}
