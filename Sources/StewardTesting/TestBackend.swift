internal import Foundation

/// The kinds of database on which tests make their repositories.
///
/// Most tests use the one that the environment variable `STEWARD_TEST_DATABASE` names, SQLite if it is not set; `make
/// test` runs them once on each.
public enum TestBackend: String, Sendable, CaseIterable, CustomStringConvertible {
    /// A file in the repository.
    case sqlite
    /// A schema on the process's private server.
    case postgresql

    /// The kind that the environment asks for.
    public static let current =
        ProcessInfo.processInfo.environment["STEWARD_TEST_DATABASE"].flatMap(TestBackend.init) ?? .sqlite

    /// Whether tests that name their kinds of database themselves run; once is enough of the passes of `make test`.
    public static var isFirstPass: Bool { current == .sqlite }

    /// All kinds that this machine has.
    public static var available: [TestBackend] { PostgreSQLServer.isAvailable ? allCases : [.sqlite] }

    /// The kind's name.
    public var description: String { rawValue }

    /// A schema that belongs to a repository's folder; the same for the same path.
    public static func namespace(of folder: String) -> String {
        let hash = folder.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        return "test_" + String(hash, radix: 16)
    }

    /// Writes the seed configuration of a repository beside its folder.
    ///
    /// - Parameters:
    ///   - root: The repository's folder; the folder that it is in must exist.
    ///   - server: The server, if one is needed; the process's own by default.
    /// - Returns: Path of the file; nil if the defaults do.
    /// - Throws: File errors; ``PostgreSQLServer/NotStarted``.
    public func seedConfig(for root: String, on server: PostgreSQLServer? = nil) throws -> String? {
        guard self == .postgresql else { return nil }
        guard let server = server ?? .shared else { throw PostgreSQLServer.NotStarted() }
        let text = """
            registry:
              db: \(server.url)
              namespace: \(Self.namespace(of: root))

            """
        let path = root + ".seed.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
