internal import Foundation

/// A shell that starts a server in a folder of its own, says where, and ends it when its input ends: when this is closed, or
/// with the test process, however that ends.
final class PrivateServer: Sendable {
    /// It did not say where the server is.
    struct NotStarted: Error {}

    /// What the shell said: the folder with the server's socket.
    let folder: String
    private let input = Pipe()
    private let process: Process

    /// Runs the shell as the user `postgres` where this is root, whom these servers refuse; blocks until it has spoken.
    ///
    /// - Parameters:
    ///   - script: What starts the server, prints the folder, and reads its input to the end.
    ///   - arguments: The script's `$1` and so on.
    /// - Throws: ``NotStarted``; errors of `Process`.
    init(_ script: String, _ arguments: [String]) throws {
        let process = Process()
        let shell = ["/bin/sh", "-c", script, "sh"] + arguments
        let isRoot = getuid() == 0
        process.executableURL = URL(fileURLWithPath: isRoot ? "/usr/sbin/runuser" : "/bin/sh")
        process.arguments = isRoot ? ["-u", "postgres", "--"] + shell : Array(shell.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
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

    /// Ends the server and blocks until it has ended.
    func close() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
