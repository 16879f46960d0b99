internal import Resources
internal import StewardCore

extension RawIngest.Options {
    /// Takes over changes of the reference's `RawIngestConfig`.
    ///
    /// - Parameter overrides: The changes.
    /// - Throws: ``ButlerError`` with `.configuration` for fields and values that there are not.
    public mutating func apply(_ overrides: TaskOverrides) throws {
        for change in overrides.changes {
            switch (change.field, change.value) {
            case ("failFast", .bool(let value)): failsFast = value
            case ("transfer", .null): mode = .none
            case ("transfer", .string(let name)):
                guard let value = TransferMode(rawValue: name), value != .split else {
                    throw TaskOverrides.refused(change, known: ["transfer", "failFast"])
                }
                mode = value
            default: throw TaskOverrides.refused(change, known: ["transfer", "failFast"])
            }
        }
    }
}
