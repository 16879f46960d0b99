internal import StewardCore

/// The assignments of a configuration file of the reference (`pex_config`): Python, of which only assignments of literals
/// and of arithmetic with them are understood.
///
/// Nothing is ever evaluated but `+ - * /` of numbers. Comments, `import` and `assert` lines are passed over, any other
/// statement is an error that names its line.
struct ConfigText: Sendable {
    /// One `config.a['b'].c = value`.
    struct Assignment: Sendable, Hashable {
        /// Names and keys after `config`.
        let path: [String]
        let value: ConfigValue
        /// Number of the line, from 1.
        let line: Int

        /// The path as people write it.
        var key: String { path.joined(separator: ".") }
    }

    let assignments: [Assignment]

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - source: What it is called in errors.
    /// - Throws: `ButlerError` of code `configuration` naming line and text of the first statement that is not understood.
    init(_ text: String, source: String) throws {
        var lexer = ConfigLexer(text, source: source)
        var assignments: [Assignment] = []
        while let statement = try lexer.nextStatement() {
            var parser = ConfigParser(statement, source: source)
            if let assignment = try parser.assignment() { assignments.append(assignment) }
        }
        self.assignments = assignments
    }

    /// The value that a text stands for, for instance one given on a command line.
    ///
    /// - Parameter text: A literal; a bare word stands for itself.
    /// - Returns: The value.
    static func value(_ text: String) -> ConfigValue {
        guard
            let read = try? ConfigText("config.x = " + text, source: ""), read.assignments.count == 1,
            let assignment = read.assignments.first
        else { return .text(text) }
        return assignment.value
    }

    /// The error of a line that is not understood.
    static func error(_ message: String, line: Int, source: String, remedy: String? = nil) -> ButlerError {
        ButlerError(
            .configuration,
            message,
            remedy: remedy,
            context: [.init("file", source), .init("line", String(line))]
        )
    }
}
