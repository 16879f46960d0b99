internal import ArgumentParser
internal import Foundation
internal import StewardCore

/// Runs one command and ends the process with its exit code: 0 ok, 1 user or data error, 2 usage, 70 internal.
public enum CommandLineProgram {
    /// Parses the process's arguments, runs the command and exits.
    public static func run() async -> Never {
        signal(SIGPIPE, SIG_DFL)
        signal(SIGXFSZ, SIG_IGN)
        let arguments = Array(ProcessInfo.processInfo.arguments.dropFirst())
        do {
            let prepared = try ArgumentPreparation.prepared(arguments, environment: ProcessInfo.processInfo.environment)
            refuseUnknownCommand(prepared)
            var command = try StewardCommand.parseAsRoot(prepared)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch let error as ButlerError {
            report(error, asJSON: wantsJSON(arguments))
            exit(1)
        } catch is CancellationError {
            Console.error("Cancelled.")
            exit(1)
        } catch {
            finish(error)
        }
    }

    /// Ends the process for a subcommand that does not exist, and names those that look like it.
    private static func refuseUnknownCommand(_ arguments: [String]) {
        let known = StewardCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let name = arguments.first, !name.hasPrefix("-"), !known.contains(name) else { return }
        let error = ButlerError(
            .invalidArgument,
            "There is no subcommand \"\(name)\".",
            remedy: "List them with \"steward --help\".",
            candidates: Candidates.nearest(to: name, in: known)
        )
        report(error, asJSON: wantsJSON(arguments))
        exit(2)
    }

    /// Ends for help, version, completion scripts and usage errors; anything else is internal.
    private static func finish(_ error: any Error) -> Never {
        switch StewardCommand.exitCode(for: error) {
        case .success:
            StewardCommand.exit(withError: error)
        case .validationFailure:
            Console.error(StewardCommand.fullMessage(for: error))
            exit(2)
        case let code where error is ExitCode:
            exit(code.rawValue)
        default:
            Console.error("Internal error: \(error)\nPlease report this, with the command that led to it.")
            exit(70)
        }
    }

    private static func report(_ error: ButlerError, asJSON: Bool) {
        Console.error(asJSON ? JSONValue.object([.init("error", error.json)]).text(.indented) : "Error: \(error)")
    }

    private static func wantsJSON(_ arguments: [String]) -> Bool {
        ["json", "jsonl"].contains { format in
            arguments.contains("--format=\(format)")
                || zip(arguments, arguments.dropFirst()).contains { $0 == "--format" && $1 == format }
        }
    }
}

extension ButlerError {
    /// The JSON form of an error on standard error with `--format json`.
    var json: JSONValue {
        .object([
            .init("code", .string(code.rawValue)),
            .init("message", .string(message)),
            .init("remedy", remedy.map { .string($0) } ?? .null),
            .init("candidates", .array(candidates.map { .string($0) })),
            .init("context", .object(context.map { .init($0.label, .string($0.value)) })),
        ])
    }
}
