//! Whose word is taken for who a server is.

use super::super::exit::Failure;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The certificate authorities of the web, or those of a file instead.
#[derive(Debug)]
pub(super) struct Trust(Option<Vec<CertificateDer<'static>>>);

impl Trust {
    /// The authorities in a PEM file; without one, those of the web.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Ok(Self(None));
        };
        let pem = fs::read(file).map_err(|error| Failure::read("the file of --ca-file", &error))?;
        let authorities = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|found| !found.is_empty())
            .ok_or_else(|| Failure::content("--ca-file: the file holds no certificates in PEM"))?;
        Ok(Self(Some(authorities)))
    }

    /// The authorities of a file; `None` for those of the web.
    pub(super) fn authorities(&self) -> Option<&[CertificateDer<'static>]> {
        self.0.as_deref()
    }

    /// The same for a connection that is not HTTP.
    pub(super) fn tls(&self) -> Result<Arc<ClientConfig>, Failure> {
        let mut roots = RootCertStore::empty();
        match &self.0 {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(authorities) => {
                let (_, ignored) = roots.add_parsable_certificates(authorities.iter().cloned());
                if ignored > 0 {
                    return Err(Failure::content(
                        "--ca-file: a certificate in it cannot be used",
                    ));
                }
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map(|builder| Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
            .map_err(|_| Failure::content("TLS cannot be set up"))
    }
}
