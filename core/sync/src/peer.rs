//! Whom an engine speaks to: the relay, or a neighbour that carries. The verbs are the same; addresses, words and what a success
//! means are not.

use wayside_model::{DeviceId, ErrorCode};

use crate::parts::Piece;
use crate::reply::read_of;
use crate::wire::{self, CarrierAsk, CarrierHello, Health, TakenToCarry};
use crate::{ItemView, Method, ReplyError, Response, Store, read, read_stored};

/// A phone nearby that carries for others. No `Debug`: it holds the code.
#[derive(Clone)]
pub struct Neighbour {
    /// Tag of the organisation; whoever carries for another is not spoken to.
    pub tenant: [u8; 8],
    /// This device: what is its own has to be named as its own there.
    pub own: DeviceId,
    /// What that phone shows.
    pub code: String,
}

pub(crate) enum Peer {
    Relay,
    Neighbour(Neighbour),
}

impl Peer {
    pub(crate) const fn is_neighbour(&self) -> bool {
        matches!(self, Self::Neighbour(_))
    }

    const fn media_type(&self) -> &'static str {
        match self {
            Self::Relay => wire::MEDIA_TYPE,
            Self::Neighbour(_) => wire::CARRIER_MEDIA_TYPE,
        }
    }

    /// Where to ask who is there, and with what. A relay's health is open to all; a neighbour asks for its code at once.
    pub(crate) fn hello(&self) -> (String, Option<String>) {
        match self {
            Self::Relay => (wire::HEALTH.to_owned(), None),
            Self::Neighbour(to) => (CarrierAsk::Hello.path(&to.tenant).1, Some(to.code.clone())),
        }
    }

    /// What every other request shows. The relay's token is for the relay alone.
    pub(crate) fn bearer(&self, store: &dyn Store) -> String {
        match self {
            Self::Relay => store.upload_token(),
            Self::Neighbour(to) => to.code.clone(),
        }
    }

    pub(crate) fn control(&self, after: u64) -> String {
        match self {
            Self::Relay => wire::control(after),
            Self::Neighbour(to) => CarrierAsk::Control(to.own, after).path(&to.tenant).1,
        }
    }

    /// Where a piece of an item goes.
    pub(crate) fn place(&self, item: &ItemView, piece: Piece, bytes: &[u8]) -> (Method, String) {
        let name = || wire::carried_id(&wayside_seal::sha256(bytes));
        let of = |offset: usize, total: usize| (offset as u64, total as u64);
        match (self, item.owner, piece) {
            (Self::Neighbour(to), owner, piece) => {
                let (owner, name) = (owner.unwrap_or(to.own), name());
                let ask = match piece {
                    Piece::Whole => CarrierAsk::Item(owner, name),
                    Piece::Probe => CarrierAsk::Parts(owner, name),
                    Piece::Part { offset, total, .. } => {
                        let (offset, total) = of(offset, total);
                        CarrierAsk::Part(owner, name, offset, total)
                    }
                };
                ask.path(&to.tenant)
            }
            (Self::Relay, None, Piece::Whole) => (Method::Put, wire::item(&item.id)),
            (Self::Relay, None, Piece::Probe) => (Method::Get, wire::item_parts(&item.id)),
            (Self::Relay, None, Piece::Part { offset, total, .. }) => {
                let (offset, total) = of(offset, total);
                (Method::Put, wire::item_part(&item.id, offset, total))
            }
            (Self::Relay, Some(owner), Piece::Whole) => (Method::Put, wire::carried(owner, &name())),
            (Self::Relay, Some(owner), Piece::Probe) => (Method::Get, wire::carried_parts(owner, &name())),
            (Self::Relay, Some(owner), Piece::Part { offset, total, .. }) => {
                let (offset, total) = of(offset, total);
                (Method::Put, wire::carried_part(owner, &name(), offset, total))
            }
        }
    }

    /// Whether it is who it should be.
    pub(crate) fn read_hello(&self, response: &Response) -> Result<(), ReplyError> {
        match self {
            Self::Relay => read::<Health>(response).map(drop),
            Self::Neighbour(to) => {
                let hello: CarrierHello = self.read(response)?;
                let fits = (hello.version, hello.tenant) == (wire::VERSION, to.tenant);
                if fits { Ok(()) } else { Err(ReplyError::Refused(ErrorCode::CarryForeign)) }
            }
        }
    }

    /// Reads a successful body in this one's media type.
    pub(crate) fn read<T: for<'b> minicbor::Decode<'b, ()>>(&self, response: &Response) -> Result<T, ReplyError> {
        read_of(self.media_type(), response)
    }

    /// Whether it says that it holds exactly the bytes with this SHA-256.
    pub(crate) fn read_taken(&self, response: &Response, sha256: &[u8; 32]) -> Result<(), ReplyError> {
        match self {
            Self::Relay => read_stored(response, sha256),
            Self::Neighbour(_) => {
                let taken: TakenToCarry = self.read(response)?;
                if taken.sha256 == *sha256 { Ok(()) } else { Err(ReplyError::Integrity) }
            }
        }
    }
}
