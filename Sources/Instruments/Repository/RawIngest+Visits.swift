internal import Steward
internal import StewardCore

extension RawIngest {
    /// Exposures that one definition of visits takes.
    private static let exposuresAtOnce = 500

    /// Defines visits of exposures, incrementally: visits that got further exposures are extended.
    ///
    /// Each instrument's own configuration counts. Where the exposures together fail, they are taken one by one.
    ///
    /// - Parameter exposures: Numbers of exposures by instrument.
    /// - Returns: How many visits are new or changed, and the exposures that failed.
    /// - Throws: When cancelled.
    public func defineVisits(of exposures: [String: Set<Int64>]) async throws -> VisitOutcome {
        var outcome = VisitOutcome()
        for (instrument, numbers) in exposures.sorted(by: { $0.key < $1.key }) {
            let numbers = numbers.sorted()
            for start in stride(from: 0, to: numbers.count, by: Self.exposuresAtOnce) {
                let some = Array(numbers[start..<min(start + Self.exposuresAtOnce, numbers.count)])
                try await defineVisits(instrument, some, &outcome)
            }
        }
        return outcome
    }

    private func defineVisits(
        _ instrument: String,
        _ exposures: [Int64],
        _ outcome: inout VisitOutcome
    ) async throws {
        do {
            outcome.visits += try await defineVisits(instrument, exposures)
        } catch let error as ButlerError where exposures.count > 1 && error.code != .instrument {
            for number in exposures { try await defineVisits(instrument, [number], &outcome) }
        } catch let error as ButlerError {
            outcome.fail(instrument, exposures, error)
        }
    }

    private func defineVisits(_ instrument: String, _ exposures: [Int64]) async throws -> Int {
        let definition = try catalog.definition(instrument)
        var choice = VisitDefinition.Options()
        try choice.apply(definition.overrides(of: "defineVisits"))
        choice.condition = "exposure IN (\(exposures.map(String.init).joined(separator: ", ")))"
        choice.isIncremental = true
        choice.refusesUnusable = false
        let report = try await VisitDefinition(butler, definition, options: choice).run()
        return report.inserted + report.updated + report.partiallyUpdated
    }
}

extension RawIngest {
    /// What became of the visits of some exposures.
    public struct VisitOutcome: Sendable {
        /// Visits that are new or changed.
        public fileprivate(set) var visits = 0
        /// What failed, exposure by exposure where it is not the instrument's fault.
        public private(set) var failures: [Failure] = []
        /// The exposures that failed, by instrument.
        public private(set) var unvisited: [String: Set<Int64>] = [:]

        /// Adds what became of the visits of other exposures.
        mutating func add(_ other: VisitOutcome) {
            visits += other.visits
            failures += other.failures
            unvisited.merge(other.unvisited) { $0.union($1) }
        }

        fileprivate mutating func fail(_ instrument: String, _ exposures: [Int64], _ error: ButlerError) {
            let numbers = exposures.count == 1 ? "exposure \(exposures[0])" : "\(exposures.count) exposures"
            failures.append(Failure(subject: "\(instrument) \(numbers)", stage: .visit, error: error))
            unvisited[instrument, default: []].formUnion(exposures)
        }
    }
}

extension RawIngest.Summary {
    /// Adds what became of the visits.
    public mutating func add(_ outcome: RawIngest.VisitOutcome) {
        visits += outcome.visits
        failures += outcome.failures
    }
}
