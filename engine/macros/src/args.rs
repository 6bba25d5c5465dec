//! `#[derive(Args)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Ident, Lit, LitStr, Meta,
    MetaNameValue, Result, Type,
};

pub(crate) fn derive(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`Args` is for structs"));
    };
    let fields = match &data.fields {
        Fields::Named(fields) => fields.named.iter().collect(),
        Fields::Unit => Vec::new(),
        Fields::Unnamed(_) => {
            return Err(Error::new_spanned(&input.ident, "`Args` needs named fields"));
        }
    };
    let (name, prefix) = public_name(&input)?;
    let doc = documentation(&input.attrs);
    if doc.is_empty() {
        return Err(Error::new_spanned(&input.ident, "its doc comment is its manual: write one"));
    }
    let arguments =
        fields.into_iter().map(|field| Argument::of(field, &prefix)).collect::<Result<Vec<_>>>()?;
    Ok(implementation(&input.ident, &name, &doc, &arguments))
}

/// One field, as the macro needs it.
struct Argument {
    field: Ident,
    kind: Type,
    name: String,
    doc: String,
    default: Option<Expr>,
    aliases: Vec<String>,
    rest: bool,
    flatten: bool,
}

impl Argument {
    fn of(field: &Field, prefix: &str) -> Result<Self> {
        let Some(ident) = field.ident.clone() else {
            return Err(Error::new_spanned(field, "`Args` needs named fields"));
        };
        let mut argument = Self {
            name: format!(
                "{prefix}{}",
                ident.to_string().trim_start_matches("r#").trim_end_matches('_')
            ),
            doc: documentation(&field.attrs),
            kind: field.ty.clone(),
            field: ident,
            default: None,
            aliases: Vec::new(),
            rest: false,
            flatten: false,
        };
        for attribute in field.attrs.iter().filter(|it| it.path().is_ident("arg")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rest") {
                    argument.rest = true;
                } else if meta.path.is_ident("flatten") {
                    argument.flatten = true;
                } else if meta.path.is_ident("default") {
                    argument.default = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("name") {
                    argument.name = meta.value()?.parse::<LitStr>()?.value();
                } else if meta.path.is_ident("alias") {
                    argument.aliases.push(meta.value()?.parse::<LitStr>()?.value());
                } else {
                    return Err(meta.error("`arg` knows default, name, alias, rest and flatten"));
                }
                Ok(())
            })?;
        }
        if argument.doc.is_empty() && !argument.flatten {
            return Err(Error::new_spanned(field, "an argument needs a doc comment"));
        }
        Ok(argument)
    }

    /// A list: of the argument, or of all those that are given here together.
    fn definition(&self) -> TokenStream {
        let Self { kind, name, doc, aliases, rest, .. } = self;
        if self.flatten {
            return quote!(<#kind as crate::args::Args>::ARGS);
        }
        if *rest {
            return quote!(&[crate::args::ArgDef {
                name: #name, doc: #doc, kind: crate::args::Kind::Any, required: false,
                default: None, aliases: &[], rest: true,
            }]);
        }
        let optional = self.default.is_some() || is_option(kind);
        let default = if let Some(value) = &self.default {
            let text = quote!(#value).to_string();
            quote!(Some(#text))
        } else {
            quote!(None)
        };
        quote!(&[crate::args::ArgDef {
            name: #name, doc: #doc, kind: <#kind as crate::args::Arg>::KIND,
            required: !#optional, default: #default, aliases: &[#(#aliases),*], rest: false,
        }])
    }

    fn take(&self) -> TokenStream {
        let Self { field, kind, name, .. } = self;
        match &self.default {
            _ if self.rest => quote!(let #field = values.rest();),
            _ if self.flatten => {
                quote!(let #field = <#kind as crate::args::Args>::take(values);)
            }
            Some(value) => {
                quote!(let #field = values.take::<#kind>(#name, Some(|| (#value).into()));)
            }
            None => quote!(let #field = values.take::<#kind>(#name, None);),
        }
    }

    fn write(&self) -> TokenStream {
        let Self { field, kind, name, .. } = self;
        if self.rest {
            return quote!(map.extend(self.#field.clone()););
        }
        if self.flatten {
            return quote!(map.extend(crate::args::Args::write(&self.#field)););
        }
        let same = match &self.default {
            Some(value) => quote!({
                let default: #kind = (#value).into();
                self.#field == default
            }),
            None if is_option(kind) => quote!(self.#field.is_none()),
            None => quote!(false),
        };
        quote!(if !#same {
            map.insert(#name.to_owned(), crate::args::Arg::write(&self.#field));
        })
    }
}

fn implementation(ident: &Ident, name: &str, doc: &str, arguments: &[Argument]) -> TokenStream {
    let definitions = arguments.iter().map(Argument::definition);
    let (rest, listed): (Vec<_>, Vec<_>) = arguments.iter().partition(|it| it.rest);
    let takes = listed.iter().chain(rest.iter()).map(|it| it.take());
    let listed_fields: Vec<_> = listed.iter().map(|it| &it.field).collect();
    let rest_fields = rest.iter().map(|it| &it.field);
    let writes = arguments.iter().map(Argument::write);
    let construct = if listed_fields.is_empty() {
        quote!(Some(Self { #(#rest_fields),* }))
    } else {
        quote!(
            let (#(Some(#listed_fields),)*) = (#(#listed_fields,)*) else { return None };
            Some(Self { #(#listed_fields,)* #(#rest_fields),* })
        )
    };
    quote!(
        impl crate::args::Args for #ident {
            const NAME: &'static str = #name;
            const DOC: &'static str = #doc;
            const ARGS: &'static [crate::args::ArgDef] = {
                const PARTS: &[&[crate::args::ArgDef]] = &[#(#definitions),*];
                &crate::args::joined::<{ crate::args::count(PARTS) }>(PARTS)
            };
            const FILE: &'static str = file!();

            #[allow(unused_variables, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
            fn take(values: &mut crate::args::Values) -> Option<Self> {
                #(#takes)*
                #construct
            }

            #[allow(unused_mut, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
            fn write(&self) -> crate::value::Map {
                let mut map = crate::value::Map::new();
                #(#writes)*
                map
            }
        }
    )
}

fn public_name(input: &DeriveInput) -> Result<(String, String)> {
    let Some(attribute) = input.attrs.iter().find(|it| it.path().is_ident("args")) else {
        return Err(Error::new_spanned(&input.ident, "name it: #[args(\"module.name\")]"));
    };
    attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        let name: LitStr = input.parse()?;
        let mut prefix = String::new();
        if input.parse::<Option<syn::Token![,]>>()?.is_some() {
            let key: Ident = input.parse()?;
            if key != "prefix" {
                return Err(Error::new_spanned(key, "`args` knows prefix"));
            }
            input.parse::<syn::Token![=]>()?;
            prefix = input.parse::<LitStr>()?.value();
        }
        Ok((name.value(), prefix))
    })
}

fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|it| it.path().is_ident("doc"))
        .filter_map(|it| {
            let Meta::NameValue(MetaNameValue { value: Expr::Lit(literal), .. }) = &it.meta else {
                return None;
            };
            literal_text(literal)
        })
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn literal_text(literal: &ExprLit) -> Option<String> {
    let Lit::Str(text) = &literal.lit else { return None };
    Some(text.value())
}

fn is_option(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    path.path.segments.last().is_some_and(|it| it.ident == "Option")
}
