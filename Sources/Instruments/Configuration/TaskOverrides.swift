internal import ButlerConfig
internal import Foundation
internal import StewardCore

/// Changes of a task's configuration in the reference's forms: `key=value`, and files with lines of
/// `config.key = value`, as the reference saves them.
///
/// Files are not run: assignments of literals are read, `import` and `assert` lines and comments are passed over, and
/// anything else is an error with its line.
public struct TaskOverrides: Sendable {
    /// One change.
    struct Change: Sendable {
        /// Key and value.
        let assignment: TaskConfigText.Assignment
        /// The file, or that it was an item.
        let source: String

        var path: [String] { assignment.path }
        var value: TaskConfigValue { assignment.value }
    }

    /// The changes in the order in which they count; later ones win.
    private(set) var changes: [Change] = []

    /// No changes.
    public init() {}

    /// Adds `key=value` items.
    ///
    /// - Parameter items: The items; text need not be quoted.
    /// - Throws: `ButlerError` of code `invalidArgument` for an item without `=`, `configuration` for a key that is none.
    public mutating func add(_ items: [String]) throws {
        changes += try TaskConfigText(items: items).assignments.map {
            Change(assignment: $0, source: TaskConfigText.itemSource)
        }
    }

    /// Adds the lines of a file.
    ///
    /// - Parameters:
    ///   - text: Content of the file.
    ///   - name: Its name for messages.
    /// - Throws: `ButlerError` of code `configuration` naming the line.
    public mutating func add(text: String, name: String) throws {
        changes += try TaskConfigText(text, source: name).assignments.map { Change(assignment: $0, source: name) }
    }

    /// The error for a change of a field that does not exist, or has no such value.
    ///
    /// - Parameters:
    ///   - change: The change.
    ///   - field: The field, as it is called in what is known.
    ///   - known: Fields that there are.
    /// - Returns: The error.
    static func refused(_ change: Change, _ field: String, known: [String]) -> ButlerError {
        let isField = !known.contains(field)
        return ButlerError(
            .configuration,
            isField
                ? "The configuration has no field \"\(change.assignment.key)\" that can be changed here."
                : "\"\(change.assignment.key)\" cannot be \(change.value.pythonText).",
            remedy: "The fields are \(known.joined(separator: ", ")).",
            candidates: isField ? Candidates.nearest(to: field, in: known) : [],
            context: [.init("file", change.source), .init("line", String(change.assignment.line))]
        )
    }
}

extension InstrumentDefinition {
    /// The configuration files that the camera has for a task: `TASK.py` in each folder of ``overrides`` that has one.
    ///
    /// - Parameter task: The task's name in the reference, for instance `makeDiscreteSkyMap`.
    /// - Returns: Texts with the names of the files; later ones win.
    /// - Throws: `ButlerError` of code `fileAccess` for a file that cannot be read.
    public func configurationFiles(of task: String) throws -> [(text: String, source: String)] {
        try overrides.map { "\($0)/\(task).py" }.filter { FileManager.default.fileExists(atPath: $0) }.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ButlerError(.fileAccess, "The configuration file \"\(path)\" cannot be read.")
            }
            return (String(decoding: data, as: UTF8.self), path)
        }
    }

    /// The changes of a task's configuration that the camera makes.
    ///
    /// - Parameter task: The task's name in the reference, for instance `defineVisits`.
    /// - Returns: The changes.
    /// - Throws: As ``configurationFiles(of:)``, and `ButlerError` of code `configuration` naming file and line.
    public func overrides(of task: String) throws -> TaskOverrides {
        var overrides = TaskOverrides()
        for file in try configurationFiles(of: task) { try overrides.add(text: file.text, name: file.source) }
        return overrides
    }
}
