//! The table of functions: name, arguments, module.

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::value::Value;
use crate::xpath::{
    fn_booleans, fn_dates, fn_digest, fn_facts, fn_geo, fn_node_sets, fn_numbers, fn_random, fn_selects, fn_strings,
};

type Run<'a> = fn(&Eval<'a>, Function, &'a [Expr], &Context) -> Result<Value<'a>, Problem>;

macro_rules! functions {
    ($($variant:ident $name:literal $low:literal..=$high:literal $module:ident;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function { $($variant,)+ Unknown }

        impl Function {
            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
            const fn arity(self) -> std::ops::RangeInclusive<usize> {
                match self { $(Self::$variant => $low..=$high,)+ Self::Unknown => 0..=usize::MAX }
            }
        }

        impl<'a> Eval<'a> {
            pub(crate) fn call(&self, function: Function, arguments: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
                if !function.arity().contains(&arguments.len()) {
                    return Err(Problem::Arguments);
                }
                // One call behind the match, not one in each arm: expressions nest, and so do these frames.
                let run: Run<'a> = match function {
                    $(Function::$variant => $module::call as Run<'a>,)+
                    Function::Unknown => return Err(Problem::UnknownFunction),
                };
                run(self, function, arguments, c)
            }
        }
    };
}

functions! {
    Count "count" 1..=1 fn_node_sets;
    CountNonEmpty "count-non-empty" 1..=1 fn_node_sets;
    Sum "sum" 1..=1 fn_node_sets;
    Min "min" 1..=0xffff fn_node_sets;
    Max "max" 1..=0xffff fn_node_sets;
    Position "position" 0..=1 fn_node_sets;
    Last "last" 0..=0 fn_node_sets;
    Id "id" 1..=1 fn_node_sets;
    Name "name" 0..=1 fn_node_sets;
    LocalName "local-name" 0..=1 fn_node_sets;
    NamespaceUri "namespace-uri" 0..=1 fn_node_sets;
    Instance "instance" 1..=1 fn_node_sets;
    Current "current" 0..=0 fn_node_sets;
    IndexedRepeat "indexed-repeat" 3..=11 fn_node_sets;
    Pulldata "pulldata" 4..=4 fn_node_sets;
    Randomize "randomize" 1..=2 fn_random;
    Random "random" 0..=0 fn_random;
    Uuid "uuid" 0..=1 fn_random;
    String "string" 0..=1 fn_strings;
    Concat "concat" 0..=0xffff fn_strings;
    Join "join" 1..=0xffff fn_strings;
    Substr "substr" 2..=3 fn_strings;
    Substring "substring" 2..=3 fn_strings;
    SubstringBefore "substring-before" 2..=2 fn_strings;
    SubstringAfter "substring-after" 2..=2 fn_strings;
    StringLength "string-length" 0..=1 fn_strings;
    NormalizeSpace "normalize-space" 0..=1 fn_strings;
    Translate "translate" 3..=3 fn_strings;
    Contains "contains" 2..=2 fn_strings;
    StartsWith "starts-with" 2..=2 fn_strings;
    EndsWith "ends-with" 2..=2 fn_strings;
    Regex "regex" 2..=2 fn_strings;
    Digest "digest" 2..=3 fn_digest;
    Base64Decode "base64-decode" 1..=1 fn_digest;
    ExtractSigned "extract-signed" 2..=2 fn_digest;
    True "true" 0..=0 fn_booleans;
    False "false" 0..=0 fn_booleans;
    Boolean "boolean" 1..=1 fn_booleans;
    BooleanFromString "boolean-from-string" 1..=1 fn_booleans;
    Not "not" 1..=1 fn_booleans;
    If "if" 3..=3 fn_booleans;
    Coalesce "coalesce" 1..=0xffff fn_booleans;
    Once "once" 1..=1 fn_booleans;
    Checklist "checklist" 2..=0xffff fn_booleans;
    WeightedChecklist "weighted-checklist" 2..=0xffff fn_booleans;
    Lang "lang" 1..=1 fn_booleans;
    Depend "depend" 1..=0xffff fn_booleans;
    Number "number" 0..=1 fn_numbers;
    Int "int" 1..=1 fn_numbers;
    Round "round" 1..=2 fn_numbers;
    Floor "floor" 1..=1 fn_numbers;
    Ceiling "ceiling" 1..=1 fn_numbers;
    Pow "pow" 2..=2 fn_numbers;
    Log "log" 1..=1 fn_numbers;
    Log10 "log10" 1..=1 fn_numbers;
    Exp "exp" 1..=1 fn_numbers;
    Exp10 "exp10" 1..=1 fn_numbers;
    Sqrt "sqrt" 1..=1 fn_numbers;
    Abs "abs" 1..=1 fn_numbers;
    Sin "sin" 1..=1 fn_numbers;
    Cos "cos" 1..=1 fn_numbers;
    Tan "tan" 1..=1 fn_numbers;
    Asin "asin" 1..=1 fn_numbers;
    Acos "acos" 1..=1 fn_numbers;
    Atan "atan" 1..=1 fn_numbers;
    Atan2 "atan2" 2..=2 fn_numbers;
    Pi "pi" 0..=0 fn_numbers;
    Today "today" 0..=0 fn_dates;
    Now "now" 0..=0 fn_dates;
    Date "date" 1..=1 fn_dates;
    DateTime "date-time" 1..=1 fn_dates;
    DecimalDateTime "decimal-date-time" 1..=1 fn_dates;
    DecimalTime "decimal-time" 1..=1 fn_dates;
    FormatDate "format-date" 2..=2 fn_dates;
    FormatDateTime "format-date-time" 2..=2 fn_dates;
    Selected "selected" 2..=2 fn_selects;
    IsSelected "is-selected" 2..=2 fn_selects;
    SelectedAt "selected-at" 2..=2 fn_selects;
    CountSelected "count-selected" 1..=1 fn_selects;
    ChoiceName "jr:choice-name" 2..=2 fn_selects;
    Itext "jr:itext" 1..=1 fn_selects;
    Area "area" 1..=1 fn_geo;
    EnclosedArea "enclosed-area" 1..=1 fn_geo;
    Distance "distance" 1..=0xffff fn_geo;
    Geofence "geofence" 2..=2 fn_geo;
    Intersects "intersects" 1..=1 fn_geo;
    Property "property" 1..=1 fn_facts;
    Version "version" 0..=0 fn_facts;
}

impl Function {
    pub(crate) fn from_name(prefix: &str, local: &str) -> Self {
        let found = if prefix.is_empty() { Self::named(local) } else { Self::named(&format!("{prefix}:{local}")) };
        found.unwrap_or(Self::Unknown)
    }

    /// Means the context node without an argument in XPath 1.0; a form must name it.
    pub(crate) const fn needs_argument_in_forms(self) -> bool {
        matches!(self, Self::Number | Self::NormalizeSpace | Self::StringLength)
    }

    /// Looks only at which nodes there are, not at what they hold.
    pub(crate) const fn only_counts(self) -> bool {
        matches!(self, Self::Count | Self::Position | Self::Name | Self::LocalName | Self::NamespaceUri)
    }
}
