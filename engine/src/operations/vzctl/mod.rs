//! Containers of OpenVZ.

mod create;
mod delete;
mod mount;
mod restart;
mod set;
mod start;
mod state;
mod stop;
mod unmount;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<start::Start>(),
    OpDef::of::<stop::Stop>(),
    OpDef::of::<restart::Restart>(),
    OpDef::of::<mount::Mount>(),
    OpDef::of::<unmount::Unmount>(),
    OpDef::of::<delete::Delete>(),
    OpDef::of::<create::Create>(),
    OpDef::of::<set::Set>(),
];
