package import StewardCore

/// The assignments of a configuration file of the reference (`pex_config`): Python, of which only assignments of literals
/// and of arithmetic with them are understood.
///
/// Nothing is ever evaluated but `+ - * /` of numbers. Comments, `import` and `assert` lines are passed over, any other
/// statement is an error that names its line.
package struct TaskConfigText: Sendable {
    /// One `config.a['b'].c = value`.
    package struct Assignment: Sendable, Hashable {
        /// Names and keys after `config`.
        package let path: [String]
        /// What it is set to.
        package let value: TaskConfigValue
        /// Number of the line, from 1.
        package let line: Int

        /// Creates an assignment.
        package init(path: [String], value: TaskConfigValue, line: Int) {
            self.path = path
            self.value = value
            self.line = line
        }

        /// The path as people write it.
        package var key: String { path.joined(separator: ".") }
    }

    /// The assignments in their order.
    package let assignments: [Assignment]

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - source: What it is called in errors.
    /// - Throws: `ButlerError` of code `configuration` naming line and text of the first statement that is not understood.
    package init(_ text: String, source: String) throws {
        var lexer = TaskConfigLexer(text, source: source)
        var assignments: [Assignment] = []
        while let statement = try lexer.nextStatement() {
            var parser = TaskConfigParser(statement, source: source)
            if let assignment = try parser.assignment() { assignments.append(assignment) }
        }
        self.assignments = assignments
    }

    /// Reads `key=value` items, as command lines give them.
    ///
    /// - Parameter items: The items; a value that is no literal is a text.
    /// - Throws: `ButlerError` of code `invalidArgument` for an item without `=`, `configuration` for a key that is none.
    package init(items: [String]) throws {
        assignments = try items.enumerated().map { index, item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = parts[0].trimmingPrefix { $0 == " " }
            guard parts.count == 2, !key.isEmpty else {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(item)\" does not change a configuration.",
                    remedy: "Write it as key=value, for instance failFast=True."
                )
            }
            let read = try TaskConfigText("config.\(key) = 0", source: Self.itemSource).assignments
            guard read.count == 1 else {
                throw Self.error("\"\(key)\" is no key.", line: index + 1, source: Self.itemSource)
            }
            return Assignment(path: read[0].path, value: Self.value(parts[1]), line: index + 1)
        }
    }

    /// What items of a command line are called in errors; their lines are counted from 1.
    package static let itemSource = "options"

    /// The value that a text stands for: a literal; a bare word stands for itself.
    private static func value(_ text: Substring) -> TaskConfigValue {
        var word = text.drop { $0 == " " }
        while word.last == " " { word.removeLast() }
        guard let read = try? TaskConfigText("config.x = \(word)", source: ""), read.assignments.count == 1 else {
            return .text(String(word))
        }
        return read.assignments[0].value
    }

    /// The error of a line that is not understood.
    package static func error(_ message: String, line: Int, source: String, remedy: String? = nil) -> ButlerError {
        ButlerError(
            .configuration,
            message,
            remedy: remedy,
            context: [.init("file", source), .init("line", String(line))]
        )
    }
}
