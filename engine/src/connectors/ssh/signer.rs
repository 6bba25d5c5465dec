//! Signatures for a login, where russh cannot make them by itself.

use std::sync::Arc;

use russh::AgentAuthError;
use russh::keys::agent::AgentIdentity;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::{HashAlg, PrivateKey, ssh_key};

use super::agent::Signer;

/// Signs with one key of an agent, also for a certificate that the agent does not hold.
pub(super) struct AgentSigner<'a> {
    pub(super) signer: Signer<'a>,
    pub(super) identity: &'a AgentIdentity,
}

impl russh::Signer for AgentSigner<'_> {
    type Error = AgentAuthError;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        hash: Option<HashAlg>,
        data: Vec<u8>,
    ) -> Result<Vec<u8>, Self::Error> {
        Ok(self.signer.client.sign_request(self.identity, hash, data).await?)
    }
}

/// Signs with an RSA key and a hash of our choice.
pub(super) struct KeySigner {
    pub(super) key: Arc<PrivateKey>,
    pub(super) hash: Option<HashAlg>,
}

impl russh::Signer for KeySigner {
    type Error = AgentAuthError;

    /// The data, followed by the signature as SSH writes it.
    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        mut data: Vec<u8>,
    ) -> Result<Vec<u8>, Self::Error> {
        let signature = self.signature(&data).map_err(russh::keys::Error::from)?;
        let length = u32::try_from(signature.len()).unwrap_or(u32::MAX);
        data.extend(length.to_be_bytes());
        data.extend(signature);
        Ok(data)
    }
}

impl KeySigner {
    fn signature(&self, data: &[u8]) -> Result<Vec<u8>, ssh_key::Error> {
        let signature = match self.key.key_data() {
            KeypairData::Rsa(pair) => (pair, self.hash).try_sign(data)?,
            other => other.try_sign(data)?,
        };
        signature.try_into()
    }
}
