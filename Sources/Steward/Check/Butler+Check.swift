internal import Databases
internal import Datastores
public import Registry
internal import SQLiteDriver
internal import StewardCore

extension Butler {
    /// Ends a look for something to repair.
    private struct FoundRepairable: Error {}

    /// Looks for what should not be in the repository, and mends what can be mended without loss.
    ///
    /// Mended are the trash, temporary files of ended writers, summaries and sky pixels that lack rows, sky pixels that
    /// are too many, and locations without records; each in a transaction. Other files and records are never removed.
    /// Memory does not grow with the repository.
    ///
    /// - Parameters:
    ///   - check: What to do.
    ///   - progress: Hears how much of a stage is done.
    ///   - report: Takes each finding, one at a time; those that were mended after their transaction.
    /// - Returns: Numbers of findings.
    /// - Throws: ``ButlerError`` with `.readOnly` for repairs of a repository opened for reading; database and file
    ///   errors.
    public func check(
        _ check: RepositoryCheck = RepositoryCheck(),
        progress: @escaping @Sendable (_ stage: RepositoryCheck.Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in
        },
        report: @escaping @Sendable (RepositoryFinding) -> Void
    ) async throws -> RepositoryCheck.Outcome {
        guard !check.repairing || isWriteable else {
            throw ButlerError(
                .readOnly,
                "The repository at \"\(root)\" was opened for reading only, so nothing can be repaired.",
                remedy: "Open it for writing, or check it without repairs."
            )
        }
        var check = check
        let sink = FindingSink(report)
        let tables = RegistryCheck(registry, records, datastore: datastore.name)
        let topics = RegistryCheck.Topic.allCases
        for (index, topic) in topics.enumerated() {
            progress(.tables, index, topics.count)
            let isDamaged = Self.isDamaged(sink.outcome)
            if isDamaged, check.repairing {
                check.repairing = false
                sink.add(Self.notRepaired)
            }
            do {
                try await examine(topic, tables, check, sink)
            } catch let error as ButlerError where isDamaged {
                sink.add(Self.unchecked("\(topic)", error))
            }
        }
        guard check.examinesFiles else { return sink.outcome }
        do {
            try await checkRecordedFiles(check, sink) { progress(.records, $0, $1) }
            let unfinished = try await checkJournals(check, sink)
            try await checkFolder(check, except: unfinished, sink) { progress(.folder, $0, $1) }
        } catch let error as ButlerError where Self.isDamaged(sink.outcome) {
            sink.add(Self.unchecked("files", error))
        }
        return sink.outcome
    }

    /// Whether tables cannot be trusted to take changes.
    private static func isDamaged(_ outcome: RepositoryCheck.Outcome) -> Bool {
        [.storage, .missingTable, .columns].contains { outcome.open[$0] != nil }
    }

    private static let notRepaired = RepositoryFinding(
        .unchecked,
        "repairs",
        "Nothing is repaired, because the database itself is damaged.",
        remedy: "Mend that first.",
        severity: .note
    )

    private static func unchecked(_ subject: String, _ error: ButlerError) -> RepositoryFinding {
        RepositoryFinding(
            .unchecked,
            subject,
            "This could not be checked: \(error.message)",
            remedy: "Mend the database first."
        )
    }

    private func examine(
        _ topic: RegistryCheck.Topic,
        _ tables: RegistryCheck,
        _ check: RepositoryCheck,
        _ sink: FindingSink
    ) async throws {
        guard check.repairing, topic.isRepairable || topic == .trash else {
            try await database.read(.snapshot) { connection in
                _ = try tables.run(topic, repairing: false, on: connection) { sink.add($0) }
            }
            return
        }
        if topic == .trash { return try await checkTrash(tables, sink) }
        guard let open = try await openFindings(topic, tables) else {
            return try await repair(topic, tables, sink)
        }
        for finding in open { sink.add(finding) }
    }

    /// What is found if there is nothing to mend; nil if there is.
    private func openFindings(
        _ topic: RegistryCheck.Topic,
        _ tables: RegistryCheck
    ) async throws -> [RepositoryFinding]? {
        try await database.read(.snapshot) { connection in
            var findings: [RepositoryFinding] = []
            do {
                _ = try tables.run(topic, repairing: false, on: connection) { finding in
                    guard finding.state != .repairable else { throw FoundRepairable() }
                    findings.append(finding)
                }
            } catch is FoundRepairable {
                return nil
            }
            return findings
        }
    }

    private func repair(_ topic: RegistryCheck.Topic, _ tables: RegistryCheck, _ sink: FindingSink) async throws {
        var hasMore = true
        while hasMore {
            let (findings, isUnfinished) = try await write { connection in
                var findings: [RepositoryFinding] = []
                let isUnfinished = try tables.run(topic, repairing: true, on: connection) { findings.append($0) }
                return (findings, isUnfinished)
            }
            for finding in findings { sink.add(finding) }
            hasMore = isUnfinished
        }
        // What is open was not reported by the transactions.
        try await database.read(.snapshot) { connection in
            _ = try tables.run(topic, repairing: false, on: connection) { sink.add($0) }
        }
    }

    /// Empties the trash, unless it holds what must not go.
    private func checkTrash(_ tables: RegistryCheck, _ sink: FindingSink) async throws {
        let findings = try await database.read(.snapshot) { connection in
            var findings: [RepositoryFinding] = []
            _ = try tables.run(.trash, repairing: false, on: connection) { findings.append($0) }
            return findings
        }
        let mayBeEmptied = !findings.contains { $0.severity == .error }
        if mayBeEmptied, findings.contains(where: { $0.state == .repairable }) { try await emptyTrash() }
        for finding in findings {
            let isMended = mayBeEmptied && finding.state == .repairable
            sink.add(isMended ? finding.repaired("Its files and rows were removed.") : finding)
        }
    }
}
