internal import ButlerConfig
internal import Resources
internal import StewardCore

extension RawIngest.Options {
    /// Takes over changes of the reference's `RawIngestConfig`.
    ///
    /// - Parameter overrides: The changes.
    /// - Throws: ``ButlerError`` with `.configuration` for fields and values that there are not.
    public mutating func apply(_ overrides: TaskOverrides) throws {
        for change in overrides.changes {
            switch (change.path, change.value) {
            case (["failFast"], .bool(let value)): failsFast = value
            case (["transfer"], .none): mode = .none
            case (["transfer"], .text(let name)):
                guard let value = TransferMode(rawValue: name), value != .split else { throw Self.refused(change) }
                mode = value
            default: throw Self.refused(change)
            }
        }
    }

    private static func refused(_ change: TaskOverrides.Change) -> ButlerError {
        TaskOverrides.refused(change, change.assignment.key, known: ["transfer", "failFast"])
    }
}
