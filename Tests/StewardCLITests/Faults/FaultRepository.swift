import Foundation
import Steward
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// A sample repository on one of the databases, another one to transfer from, and the files that operations need.
final class FaultRepository: Sendable {
    let folder: TemporaryFolder
    let root: String
    let source: String
    let backend: TestBackend
    /// The name that sessions of killed programs have on the server.
    let sessionName = "fault-" + UUID().uuidString

    init(_ backend: TestBackend) async throws {
        self.backend = backend
        folder = try TemporaryFolder()
        root = folder.path + "/repo"
        source = folder.path + "/source"
        try await SampleRepository.make(root, backend)
        try await SampleRepository.make(source)
    }

    /// Puts three datasets into a new run.
    @discardableResult
    func fill(_ run: String, _ name: String = "metric", root: String? = nil) async throws -> [DatasetRef] {
        let butler = try await Butler.open(root ?? self.root, writeable: true)
        let type = try await butler.datasetType(name)
        var refs: [DatasetRef] = []
        for detector in 0..<3 as Range<Int64> {
            let dataID = try await butler.dataID(
                ["instrument": "Cam1", "detector": .int(detector)],
                for: type.dimensions
            )
            let text = Array("value: \(detector)".utf8)
            refs.append(try await butler.put(file: nil, contents: text, as: type, dataID, run: run))
        }
        return refs
    }

    /// Writes files and a table of them for `ingest-files`, in a folder of their own; gives the folder.
    @discardableResult
    func files(_ tag: String, in parent: String? = nil) throws -> String {
        let place = (parent ?? folder.path) + "/files-" + tag
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        var rows = "file,detector\n"
        for detector in 0..<3 {
            try "value: \(detector)".write(toFile: "\(place)/\(detector).yaml", atomically: false, encoding: .utf8)
            rows += "\(detector).yaml,\(detector)\n"
        }
        try rows.write(toFile: folder.path + "/files-\(tag).csv", atomically: false, encoding: .utf8)
        return place
    }

    /// Repairs what an operation left, or only looks, and returns what is left to mend.
    func findings(after operation: FaultOperation, repairing: Bool = true) async throws -> [RepositoryFinding] {
        let open = Mutex<[RepositoryFinding]>([])
        let butler = try await Butler.open(root, writeable: repairing)
        _ = try await butler.check(RepositoryCheck(repairing: repairing, temporaryAge: .zero)) { finding in
            guard finding.state != .repaired else { return }
            if operation.hasOwnFiles, finding.subject.contains("/files-"), finding.kind == .unreferencedFile { return }
            open.withLock { $0.append(finding) }
        }
        return open.withLock { $0 }
    }

    /// Waits until the server has noticed that a program of ``sessionName`` does not live any more.
    func awaitEndOfSessions() throws {
        guard backend == .postgresql, let server = PostgreSQLServer.shared else { return }
        for _ in 0..<400 {
            let count = try server.query(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(sessionName)'"
            )
            if count == "0" { return }
            usleep(10_000)
        }
        Issue.record("the server keeps the session of a killed program")
    }
}
