internal import Foundation

/// A private PostgreSQL server in a temporary folder, reached through a Unix socket, for one test process.
///
/// It is started on first use and stops when the process ends, however it ends.
public final class PostgreSQLServer: Sendable {
    /// The folder with the socket.
    public var folder: String { server.folder }
    /// User and owner of ``database``.
    public let user = "steward"
    /// Name of the one database; tests make schemas of their own in it.
    public let database = "steward"
    private let server: PrivateServer
    private let programs: String

    /// The process's server; nil if no server can be started on this machine.
    public static let shared: PostgreSQLServer? = programs.flatMap { try? PostgreSQLServer(programs: $0) }

    /// Whether the programs of a server are installed.
    public static var isAvailable: Bool { programs != nil }

    /// The address as a repository's configuration has it.
    public var url: String { url(of: database) }

    /// The address of a database as a repository's configuration has it.
    public func url(of database: String) -> String { "postgresql://\(user)@/\(database)?host=\(folder)" }

    /// The server refused to start, or one of its programs failed.
    public struct NotStarted: Error {}

    private init(programs: String, _ network: Network? = nil, connections: Int = 300) throws {
        self.programs = programs
        let arguments = [programs, network?.certificates ?? "", network?.address ?? "", String(connections)]
        do {
            server = try PrivateServer(Self.script, arguments)
        } catch is PrivateServer.NotStarted {
            throw NotStarted()
        }
    }

    /// How a server is reached by TCP, with TLS and a password only; by its socket it is reached without.
    public struct Network: Sendable {
        /// Folder with `server.crt` and `server.key`, which all may read.
        public let certificates: String
        /// An address of the loopback interface.
        public let address: String

        /// Describes access by TCP.
        public init(certificates: String, address: String) {
            self.certificates = certificates
            self.address = address
        }
    }

    /// Starts a server of its own, for tests that do it harm; it stops with the process.
    ///
    /// - Parameters:
    ///   - network: Access by TCP, at port 5432; by default there is none.
    ///   - connections: Most connections at a time, at least 4.
    /// - Returns: The server; nil if its programs are not installed.
    /// - Throws: ``NotStarted``.
    public static func start(_ network: Network? = nil, connections: Int = 300) throws -> PostgreSQLServer? {
        try programs.map { try PostgreSQLServer(programs: $0, network, connections: connections) }
    }

    /// Runs a statement as the server's owner and blocks until it has.
    ///
    /// - Parameter sql: The statement.
    /// - Returns: The rows as lines, with `|` between columns.
    /// - Throws: ``NotStarted`` if that fails.
    @discardableResult
    public func query(_ sql: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: programs + "/psql")
        process.arguments = ["-At", "-h", folder, "-U", user, "-d", database, "-c", sql]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotStarted() }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Kills one of the server's processes, so that it ends all sessions and starts again; blocks until it has.
    ///
    /// - Throws: ``NotStarted`` if it does not start.
    public func crash() throws {
        let process = try query(
            "SELECT pid FROM pg_stat_activity WHERE backend_type IN ('walwriter', 'background writer') LIMIT 1"
        )
        guard let number = Int32(process), kill(number, SIGKILL) == 0 else { throw NotStarted() }
        for _ in 0..<200 {
            usleep(50_000)
            if (try? query("SELECT pg_is_in_recovery()")) == "f" { return }
        }
        throw NotStarted()
    }

    /// Makes a database of a test's own.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - template: The database that it is a copy of, to which nobody may be connected.
    /// - Throws: ``NotStarted`` if the program `createdb` fails.
    public func createDatabase(_ name: String, from template: String = "template1") throws {
        try run("createdb", ["-T", template, name])
    }

    /// Runs SQL as the owner of the server.
    ///
    /// - Parameters:
    ///   - sql: Statements.
    ///   - database: Name of the database.
    /// - Throws: ``NotStarted`` if the program `psql` fails.
    public func execute(_ sql: String, in database: String) throws {
        try run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: programs + "/" + program)
        process.arguments = ["-h", folder, "-U", user] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotStarted() }
    }

    /// The definitions of all objects of a schema as sorted statements, without comments and without the schema's name.
    ///
    /// - Parameter schema: Name of the schema, of letters, digits and `_`.
    /// - Returns: Statements, each in one line.
    /// - Throws: ``NotStarted`` if the program `pg_dump` fails.
    public func definitions(of schema: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: programs + "/pg_dump")
        process.arguments = ["-s", "-h", folder, "-U", user, "-n", schema, database]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotStarted() }
        let lines = String(decoding: data, as: UTF8.self).replacing(schema, with: "SCHEMA").split(separator: "\n")
            .filter { line in !["--", "\\", "COMMENT "].contains { line.hasPrefix($0) } }
        let statements = lines.joined(separator: " ").split(separator: ";")
        return statements.map { $0.split(separator: " ").joined(separator: " ") }
            .filter { !$0.isEmpty }.sorted()
    }

    /// Folder of the server's programs: of `STEWARD_POSTGRESQL`, the newest of Debian's or Homebrew's.
    private static let programs: String? = {
        var folders = ProcessInfo.processInfo.environment["STEWARD_POSTGRESQL"].map { [$0] } ?? []
        for (parent, suffix) in [("/usr/lib/postgresql", "/bin"), ("/opt/homebrew/opt", "/bin")] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            let versions = names.filter { parent.hasPrefix("/usr") || $0.hasPrefix("postgresql") }
            folders += versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
                .map { "\(parent)/\($0)\(suffix)" }
        }
        return folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    private static let script = """
        set -e
        folder=$(mktemp -d /tmp/steward-postgresql.XXXXXX)
        chmod 755 "$folder"
        "$1/initdb" -D "$folder/data" -U steward -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log"
        encryption=off
        if [ -n "$2" ]; then
            encryption=on
            cp "$2/server.crt" "$2/server.key" "$folder/data/"
            chmod 600 "$folder/data/server.key"
            printf 'local all all trust\\nhostssl all all 127.0.0.0/8 scram-sha-256\\n' >"$folder/data/pg_hba.conf"
        fi
        "$1/postgres" -D "$folder/data" -k "$folder" -c "listen_addresses=$3" -c ssl=$encryption -c fsync=off -c max_connections=$4 -c max_locks_per_transaction=1000 \\
            >>"$folder/log" 2>&1 &
        server=$!
        trap 'kill -INT $server; wait $server || true; rm -rf "$folder"' EXIT
        tries=0
        until "$1/createdb" -h "$folder" -U steward steward 2>/dev/null; do
            tries=$((tries + 1))
            [ $tries -lt 100 ]
            sleep 0.1
        done
        "$1/psql" -q -h "$folder" -U steward -d steward -c 'CREATE EXTENSION btree_gist' >>"$folder/log"
        echo "$folder"
        cat >/dev/null
        """
}
