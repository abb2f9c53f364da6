//! Prints the types of the Python package as a stub, `wayside/__init__.pyi`. UniFFI's own annotations stop at enums with data,
//! errors and objects, and a type checker then sees nothing of most calls.

mod printed;

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use std::fmt::Write as _;
use uniffi_bindgen::interface::{Argument, AsType as _, ComponentInterface, Enum, Field, Object, Record, Type};

const HEAD: &str = "\
# Made from the library by `cargo xtask bindings python`.
from abc import ABC, abstractmethod
from builtins import bytes as _bytes
from datetime import datetime
from enum import Enum
";

/// Python's keywords that can be names elsewhere (The Python Language Reference, 2.3.1).
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    printed::print(HEAD, stub)
}

fn stub(interface: &ComponentInterface, out: &mut String) -> std::fmt::Result {
    for choice in interface.enum_definitions() {
        let is_error = interface.is_name_used_as_error(choice.name());
        match (is_error, choice.is_flat()) {
            (true, _) => error(choice, out)?,
            (false, true) => flat(choice, out)?,
            (false, false) => with_data(choice, out)?,
        }
    }
    interface.record_definitions().iter().try_for_each(|record| of_record(record, out))?;
    interface.object_definitions().iter().try_for_each(|object| of_object(object, out))?;
    writeln!(out)?;
    for function in interface.function_definitions() {
        let arguments = arguments(&function.arguments(), None);
        writeln!(out, "def {}({arguments}) -> {}: ...", function.name(), gives(function.return_type()))?;
    }
    Ok(())
}

fn flat(choice: &Enum, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\nclass {}(Enum):", choice.name())?;
    for (number, variant) in choice.variants().iter().enumerate() {
        writeln!(out, "    {} = {number}", variant.name().to_shouty_snake_case())?;
    }
    Ok(())
}

/// Each variant is a class within the class, and an instance of it.
fn with_data(choice: &Enum, out: &mut String) -> std::fmt::Result {
    let name = choice.name();
    writeln!(out, "\nclass {name}:")?;
    for variant in choice.variants() {
        let class = variant.name().to_shouty_snake_case();
        variant_of(&class, name, variant.fields(), out)?;
        for way in [class.clone(), class.to_lowercase()] {
            writeln!(out, "    def is_{way}(self) -> bool: ...")?;
        }
    }
    Ok(())
}

/// What stands in any variant can be read from the error, as far as all of them have it.
fn error(choice: &Enum, out: &mut String) -> std::fmt::Result {
    let name = choice.name();
    writeln!(out, "\nclass {name}(Exception):")?;
    if let [only] = choice.variants() {
        attributes(only.fields(), "    ", out)?;
    }
    for variant in choice.variants() {
        variant_of(&variant.name().to_upper_camel_case(), name, variant.fields(), out)?;
    }
    Ok(())
}

fn variant_of(class: &str, of: &str, fields: &[Field], out: &mut String) -> std::fmt::Result {
    writeln!(out, "    class {class}({of}):")?;
    attributes(fields, "        ", out)?;
    let arguments: String =
        fields.iter().map(|field| format!(", {}: {}", spelled(field.name()), named(&field.as_type()))).collect();
    writeln!(out, "        def __init__(self{arguments}) -> None: ...")
}

fn attributes(fields: &[Field], indent: &str, out: &mut String) -> std::fmt::Result {
    fields.iter().try_for_each(|field| writeln!(out, "{indent}{}: {}", spelled(field.name()), named(&field.as_type())))
}

fn of_record(record: &Record, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\nclass {}:", record.name())?;
    attributes(record.fields(), "    ", out)?;
    let argument = |field: &Field| {
        let default = if field.default_value().is_some() { " = ..." } else { "" };
        format!(", {}: {}{default}", spelled(field.name()), named(&field.as_type()))
    };
    let arguments: String = record.fields().iter().map(argument).collect();
    writeln!(out, "    def __init__(self, *{arguments}) -> None: ...")
}

fn of_object(object: &Object, out: &mut String) -> std::fmt::Result {
    let is_host = object.has_callback_interface();
    writeln!(out, "\nclass {}{}:", object.name(), if is_host { "(ABC)" } else { "" })?;
    for made in object.constructors() {
        if made.is_primary_constructor() {
            writeln!(out, "    def __init__({}) -> None: ...", arguments(&made.arguments(), Some("self")))?;
        } else {
            let arguments = arguments(&made.arguments(), Some("cls"));
            writeln!(out, "    @classmethod\n    def {}({arguments}) -> {}: ...", made.name(), object.name())?;
        }
    }
    for method in object.methods() {
        if is_host {
            writeln!(out, "    @abstractmethod")?;
        }
        let arguments = arguments(&method.arguments(), Some("self"));
        writeln!(out, "    def {}({arguments}) -> {}: ...", method.name(), gives(method.return_type()))?;
    }
    Ok(())
}

fn arguments(arguments: &[&Argument], first: Option<&str>) -> String {
    let argument = |argument: &&Argument| {
        let default = if argument.default_value().is_some() { " = ..." } else { "" };
        format!("{}: {}{default}", spelled(argument.name()), named(&argument.as_type()))
    };
    first.map(str::to_owned).into_iter().chain(arguments.iter().map(argument)).collect::<Vec<_>>().join(", ")
}

/// Words of the language get a line before them, as in the module.
fn spelled(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("_{name}") } else { name.to_owned() }
}

fn gives(what: Option<&Type>) -> String {
    what.map_or_else(|| "None".to_owned(), named)
}

fn named(what: &Type) -> String {
    match what {
        Type::Boolean => "bool".to_owned(),
        Type::String => "str".to_owned(),
        // A field may be called `bytes`.
        Type::Bytes => "_bytes".to_owned(),
        Type::Timestamp => "datetime".to_owned(),
        Type::Float32 | Type::Float64 => "float".to_owned(),
        Type::Object { name, .. } | Type::Record { name, .. } | Type::Enum { name, .. } => name.clone(),
        Type::CallbackInterface { name, .. } | Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{} | None", named(inner_type)),
        Type::Sequence { inner_type } => format!("list[{}]", named(inner_type)),
        Type::Map { key_type, value_type } => format!("dict[{}, {}]", named(key_type), named(value_type)),
        Type::Box { inner_type } => named(inner_type),
        _ => "int".to_owned(),
    }
}
