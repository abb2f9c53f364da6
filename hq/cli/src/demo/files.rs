//! The interviews of the demo. They are part of the program, so that it runs in any folder. All of it is invented.

use crate::demo::world::World;
use crate::error::CliError;

/// An adult with indicators in several dimensions.
pub(crate) const ADULT: &str = include_str!("../../../../tests/scenarios/demo/adult-labour.json");
/// A person whose birth year is Ethiopian, and who is a child by it.
pub(crate) const CHILD: &str = include_str!("../../../../tests/scenarios/demo/child-by-calendar.json");
/// A person who agrees, says something …
pub(crate) const REFUSAL_AGREES: &str = include_str!("../../../../tests/scenarios/demo/refusal-1-agrees.json");
/// … and takes it back.
pub(crate) const REFUSAL_TAKES_BACK: &str = include_str!("../../../../tests/scenarios/demo/refusal-2-takes-back.json");
/// An interview that is cut off by a kill.
pub(crate) const INTERRUPTED: &str = include_str!("../../../../tests/scenarios/demo/interrupted.json");
/// An interview that the device nobody confirms is to hold.
pub(crate) const UNCONFIRMED: &str = include_str!("../../../../tests/scenarios/demo/unconfirmed.json");
/// The services directory of the site.
pub(crate) const SERVICES: &str = include_str!("../../../../tests/scenarios/demo/services.json");
/// A form with a tag that is closed by another name.
pub(crate) const BROKEN_FORM: &str = include_str!("../../../../tests/scenarios/demo/broken-form.xml");

/// What the refused person said of the place.
pub(crate) const REFUSED_PLACE: &str = "the salt pans of Velmora";
/// What the interrupted person said of the place.
pub(crate) const INTERRUPTED_PLACE: &str = "the brick yards of Tessarin";

/// Writes one of them into the folder `interviews` and says where it is.
pub(crate) fn put(world: &World<'_>, name: &str, text: &str) -> Result<String, CliError> {
    world.write(&format!("interviews/{name}"), text)
}
