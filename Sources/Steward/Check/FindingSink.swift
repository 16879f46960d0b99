internal import Registry
internal import Synchronization

/// Counts findings and hands them on, one at a time.
final class FindingSink: Sendable {
    private let state = Mutex(RepositoryCheck.Outcome())
    private let report: @Sendable (RepositoryFinding) -> Void

    init(_ report: @escaping @Sendable (RepositoryFinding) -> Void) {
        self.report = report
    }

    var outcome: RepositoryCheck.Outcome { state.withLock { $0 } }

    func add(_ finding: RepositoryFinding) {
        state.withLock { outcome in
            switch (finding.state, finding.severity) {
            case (.repaired, _): outcome.repaired[finding.kind, default: 0] += 1
            case (_, .note): outcome.notes[finding.kind, default: 0] += 1
            default: outcome.open[finding.kind, default: 0] += 1
            }
            report(finding)
        }
    }
}
