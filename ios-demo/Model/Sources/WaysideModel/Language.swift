/// The BCP 47 tag in a form's name of a language, which XLSForm writes in brackets: `Français (fr)`.
public func languageTag(_ name: String) -> String {
    guard let open = name.lastIndex(of: "(") else { return name }
    return String(name[name.index(after: open)...].prefix { $0 != ")" })
}

private let rightToLeft: Set = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "prs", "ps", "sd", "ug", "ur", "yi"]

/// Whether a language is written from right to left, by its primary subtag.
public func isRightToLeft(_ tag: String) -> Bool {
    rightToLeft.contains(String(tag.prefix { $0 != "-" }).lowercased())
}
