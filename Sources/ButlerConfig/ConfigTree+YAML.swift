import StewardCore

extension ConfigTree {
    /// The tree of YAML text, in the dialect of the reference's safe loader.
    ///
    /// Dates stay text. `!include` is not followed here.
    ///
    /// - Parameters:
    ///   - text: One YAML document; an empty one gives null.
    ///   - source: Name of the text in errors, such as the file's path.
    /// - Throws: ``ButlerError`` with `.configuration`, with line and column, if the text is malformed, repeats a
    ///   key or uses a tag other than those of the core schema.
    public init(yaml text: String, source: String = "YAML text") throws {
        var reader = YAMLReader(source: source) { name in
            throw ButlerError(
                .configuration,
                "\"\(source)\" includes the file \"\(name)\", but is not a file itself.",
                remedy: "Put the text into a file beside the one it includes."
            )
        }
        self = try reader.read(text)
    }

    /// The tree as a YAML document in block style, as the reference writes it.
    ///
    /// - Parameters:
    ///   - sortsKeys: Whether keys are in the order of their code points instead of their own.
    ///   - allowsUnicode: Whether other than ASCII characters stand for themselves instead of being escaped.
    /// - Returns: The document, with a final line break.
    public func yaml(sortsKeys: Bool = true, allowsUnicode: Bool = false) -> String {
        var writer = YAMLWriter(sortsKeys: sortsKeys, allowsUnicode: allowsUnicode)
        return writer.document(self)
    }
}
