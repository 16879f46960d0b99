internal import Foundation

/// A private PgBouncer before a private server, reached through a Unix socket; it stops with the value or the process.
public final class PgBouncer: Sendable {
    /// Folder of the socket, as a client's parameter `host`.
    public var folder: String { pooler.folder }
    private let pooler: PrivateServer

    /// Whether the program is installed.
    public static var isAvailable: Bool { program != nil }

    /// It is not installed.
    public struct NotInstalled: Error {}

    /// Starts it.
    ///
    /// - Parameters:
    ///   - server: The server behind it.
    ///   - mode: `session` or `transaction`: for how long a client has one of the server's sessions.
    ///   - size: How many sessions of the server it has.
    /// - Throws: ``NotInstalled`` if it is not installed; errors of its start.
    public init(to server: PostgreSQLServer, mode: String, size: Int) throws {
        guard let program = Self.program else { throw NotInstalled() }
        pooler = try PrivateServer(Self.script, [program, server.folder, mode, String(size), server.user])
    }

    deinit {
        pooler.close()
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
