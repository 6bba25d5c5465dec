//! `sh!("useradd {flags} {self.user}")`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, LitStr, Result};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let literal: LitStr = syn::parse2(input)?;
    let parts = split(&literal)?;
    let steps = parts.iter().map(|part| match part {
        Part::Code(code) => quote!(shell.code(#code);),
        Part::Value(value) => quote!(shell.arg(&#value);),
    });
    Ok(quote!({
        let mut shell = ::infra_engine::command::Shell::new();
        #(#steps)*
        shell
    }))
}

enum Part {
    Code(String),
    Value(Box<Expr>),
}

fn split(literal: &LitStr) -> Result<Vec<Part>> {
    let text = literal.value();
    let mut parts = Vec::new();
    let mut code = String::new();
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '{' | '}' if rest.peek() == Some(&it) => {
                rest.next();
                code.push(it);
            }
            '{' => {
                let value: String = rest.by_ref().take_while(|it| *it != '}').collect();
                let value = syn::parse_str(&value).map_err(|error| {
                    Error::new(literal.span(), format!("`{{{value}}}` is no expression: {error}"))
                })?;
                if !code.is_empty() {
                    parts.push(Part::Code(std::mem::take(&mut code)));
                }
                parts.push(Part::Value(Box::new(value)));
            }
            '}' => return Err(Error::new(literal.span(), "write `}}` for a brace")),
            it => code.push(it),
        }
    }
    if !code.is_empty() {
        parts.push(Part::Code(code));
    }
    Ok(parts)
}
