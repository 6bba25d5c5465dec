//! The two macros of the engine: `#[derive(Args)]` and `sh!`. They exist because they take hundreds
//! of repetitions away and leave the code readable to rustfmt and rust-analyzer.

mod args;
mod sh;

use proc_macro::TokenStream;

/// Writes `Args` for a struct: name, manual, argument table, reading and writing.
///
/// `#[args("server.user")]` on the struct gives the public name; `prefix = "_"` after it is put
/// before every argument's name. On a field: `#[arg(default = EXPR)]`, `#[arg(name = "type")]`,
/// `#[arg(alias = "match")]`, `#[arg(rest)]` for a `Map` that takes all names left over, and
/// `#[arg(flatten)]` for a struct whose arguments become this one's.
#[proc_macro_derive(Args, attributes(args, arg))]
pub fn derive_args(input: TokenStream) -> TokenStream {
    args::derive(input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes a `Shell` from a literal: the text is code, `{expression}` is data and gets quoted.
/// `{{` and `}}` are braces.
#[proc_macro]
pub fn sh(input: TokenStream) -> TokenStream {
    sh::expand(input.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}
