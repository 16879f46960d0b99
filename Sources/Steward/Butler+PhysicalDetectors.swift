internal import Databases
internal import Registry
internal import StewardCore

extension Butler {
    /// Which physical detectors were in the slots of a camera, and when, as raw files and camera versions tell.
    ///
    /// - Parameter instrument: Name of the instrument.
    /// - Returns: The history, empty when nothing is known.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` for a table of another version; database errors.
    public func physicalDetectors(of instrument: String) async throws -> DetectorHistory {
        try await look { try self.registry.physicalDetectors.history(of: instrument, on: $0) }
    }

    /// Notes something in the history of a camera's physical detectors, in one transaction.
    ///
    /// What is known already is only read; nothing is locked then.
    ///
    /// - Parameters:
    ///   - instrument: Name of a registered instrument.
    ///   - change: Notes it; may be called again.
    /// - Returns: The slots whose change to another physical detector is news.
    /// - Throws: ``ButlerError`` with `.integrity` for slots that are not registered, `.readOnly`; database errors.
    @discardableResult
    public func notePhysicalDetectors(
        of instrument: String,
        _ change: @escaping @Sendable (inout DetectorHistory) -> Void
    ) async throws -> [DetectorChange] {
        if isWriteable {
            let known = try await physicalDetectors(of: instrument)
            var noted = known
            change(&noted)
            if noted == known { return [] }
        }
        return try await write { connection in
            let (before, after) = try self.registry.physicalDetectors.update(instrument, on: connection, change)
            let known = Set(before.changes)
            return after.changes.filter { !known.contains($0) }
        }
    }
}
