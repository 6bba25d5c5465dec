//! Arguments that are one of a few words.

/// Writes an enum whose variants are the words that an argument takes, and how it is read.
///
/// ```ignore
/// choice! {
///     /// Whether a boolean is on.
///     pub(crate) enum Switch { On = "on", Off = "off" }
/// }
/// ```
macro_rules! choice {
    ($(#[$doc:meta])* $visible:vis enum $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visible enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant),+
        }

        impl $name {
            /// The word.
            $visible fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::args::Arg for $name {
            const KIND: $crate::args::Kind = $crate::args::Kind::Choice(&[$($word),+]);

            fn read(value: &$crate::value::Value) -> Option<Self> {
                let word = <String as $crate::args::Arg>::read(value)?;
                match word.as_str() { $($word => Some(Self::$variant),)+ _ => None }
            }

            fn write(&self) -> $crate::value::Value {
                $crate::value::Value::Text(self.word().to_owned())
            }
        }
    };
}

pub(crate) use choice;
