internal import Foundation

/// A private PgBouncer before a private server, reached through a Unix socket; it stops with the value or the process.
public final class PgBouncer: Sendable {
    /// Folder of the socket, as a client's parameter `host`.
    public let folder: String
    private let input: Pipe
    private let process: Process

    /// Whether the program is installed.
    public static var isAvailable: Bool { program != nil }

    /// It did not start.
    public struct NotStarted: Error {}

    /// Starts it.
    ///
    /// - Parameters:
    ///   - server: The server behind it.
    ///   - mode: `session` or `transaction`: for how long a client has one of the server's sessions.
    ///   - size: How many sessions of the server it has.
    /// - Throws: ``NotStarted``.
    public init(to server: PostgreSQLServer, mode: String, size: Int) throws {
        guard let program = Self.program else { throw NotStarted() }
        let process = Process()
        let shell = [
            "/bin/sh", "-c", Self.script, "sh", program, server.folder, mode, String(size), server.user,
        ]
        // It does not run as root.
        let isRoot = getuid() == 0
        process.executableURL = URL(fileURLWithPath: isRoot ? "/usr/sbin/runuser" : "/bin/sh")
        process.arguments = isRoot ? ["-u", "postgres", "--"] + shell : Array(shell.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        var answer = Data()
        while !answer.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw NotStarted() }
            answer.append(more)
        }
        folder = String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let script = """
        set -e
        folder=$(mktemp -d /tmp/steward-pgbouncer.XXXXXX)
        chmod 755 "$folder"
        printf '"%s" ""\\n' "$5" >"$folder/users"
        cat >"$folder/pgbouncer.ini" <<END
        [databases]
        * = host=$2
        [pgbouncer]
        listen_port = 5432
        unix_socket_dir = $folder
        auth_type = trust
        auth_file = $folder/users
        pool_mode = $3
        default_pool_size = $4
        max_client_conn = 300
        logfile = $folder/log
        END
        "$1" -q "$folder/pgbouncer.ini" &
        pooler=$!
        trap 'kill -TERM $pooler; wait $pooler || true; rm -rf "$folder"' EXIT
        tries=0
        until [ -S "$folder/.s.PGSQL.5432" ]; do
            tries=$((tries + 1))
            [ $tries -lt 100 ]
            sleep 0.1
        done
        echo "$folder"
        cat >/dev/null
        """
}
