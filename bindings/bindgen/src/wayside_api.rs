//! Prints the surface of the bindings as text: every name, signature, record, enum and error, in the words of Rust.
//! `bindings/api.txt` is this text, so that a change of the surface is a diff that somebody reads.

mod printed;

use std::fmt::Write as _;
use uniffi_bindgen::interface::{
    Argument, AsType as _, ComponentInterface, DefaultValue, Enum, Field, Literal, Object, Record, Type,
};

const HEAD: &str = "\
# The surface of the bindings, as the library says it. Written by `cargo xtask docs`; Kotlin and Swift spell names their way.
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    printed::print(HEAD, surface)
}

fn surface(interface: &ComponentInterface, out: &mut String) -> std::fmt::Result {
    let mut parts: Vec<(String, String)> = Vec::new();
    for function in interface.function_definitions() {
        let line = signature(
            "function ",
            function.name(),
            &function.arguments(),
            function.return_type(),
            function.throws_name(),
        );
        parts.push((function.name().to_owned(), line));
    }
    for object in interface.object_definitions() {
        parts.push((object.name().to_owned(), of_object(object)));
    }
    for record in interface.record_definitions() {
        parts.push((record.name().to_owned(), of_record(record)));
    }
    for choice in interface.enum_definitions() {
        parts.push((choice.name().to_owned(), of_enum(choice, interface.is_name_used_as_error(choice.name()))));
    }
    parts.sort();
    parts.iter().try_for_each(|(_, part)| write!(out, "\n{part}"))
}

fn of_object(object: &Object) -> String {
    let kind = if object.has_callback_interface() { "trait of the host" } else { "object" };
    let mut text = format!("{kind} {}\n", object.name());
    for made in object.constructors() {
        let own = Type::Object { module_path: String::new(), name: object.name().to_owned(), imp: *object.imp() };
        text += &signature("  constructor ", made.name(), &made.arguments(), Some(&own), made.throws_name());
    }
    for method in object.methods() {
        text += &signature("  ", method.name(), &method.arguments(), method.return_type(), method.throws_name());
    }
    text
}

fn of_record(record: &Record) -> String {
    format!("record {}\n", record.name()) + &fields(record.fields(), "  ")
}

fn of_enum(choice: &Enum, is_error: bool) -> String {
    let mut text = format!("{} {}\n", if is_error { "error" } else { "enum" }, choice.name());
    for variant in choice.variants() {
        text += &format!("  {}\n{}", variant.name(), fields(variant.fields(), "    "));
    }
    text
}

fn fields(fields: &[Field], indent: &str) -> String {
    let line = |field: &Field| {
        format!("{indent}{}: {}{}\n", field.name(), name(&field.as_type()), otherwise(field.default_value()))
    };
    fields.iter().map(line).collect()
}

fn signature(head: &str, called: &str, arguments: &[&Argument], gives: Option<&Type>, throws: Option<&str>) -> String {
    let argument = |argument: &&Argument| {
        format!("{}: {}{}", argument.name(), name(&argument.as_type()), otherwise(argument.default_value()))
    };
    let arguments = arguments.iter().map(argument).collect::<Vec<_>>().join(", ");
    let gives = gives.map(|gives| format!(" -> {}", name(gives))).unwrap_or_default();
    let throws = throws.map(|error| format!(" throws {error}")).unwrap_or_default();
    format!("{head}{called}({arguments}){gives}{throws}\n")
}

/// What stands where a caller says nothing.
fn otherwise(default: Option<&DefaultValue>) -> String {
    match default {
        None => String::new(),
        Some(DefaultValue::Default) => " = default".to_owned(),
        Some(DefaultValue::Literal(Literal::UInt(number, ..))) => format!(" = {number}"),
        Some(DefaultValue::Literal(Literal::Int(number, ..))) => format!(" = {number}"),
        Some(DefaultValue::Literal(other)) => format!(" = {other:?}"),
    }
}

fn name(of: &Type) -> String {
    match of {
        Type::Object { name, .. } | Type::Record { name, .. } | Type::Enum { name, .. } => name.clone(),
        Type::CallbackInterface { name, .. } | Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{}?", name(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", name(inner_type)),
        Type::Map { key_type, value_type } => format!("{{{}: {}}}", name(key_type), name(value_type)),
        Type::Box { inner_type } => name(inner_type),
        plain => format!("{plain:?}"),
    }
}
