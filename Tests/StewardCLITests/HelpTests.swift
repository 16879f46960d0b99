import Foundation

import Testing

/// What users see who ask: help of every command, and completion.
@Suite struct HelpTests {
    /// Names of all subcommands, from the machine-readable help.
    private static let commands: [String] = {
        struct Tool: Decodable {
            struct Command: Decodable {
                let commandName: String
                let subcommands: [Command]?
            }
            let command: Command
        }
        let text = (try? StewardProgram().expect(["--experimental-dump-help"])) ?? ""
        let tool = try? JSONDecoder().decode(Tool.self, from: Data(text.utf8))
        return tool?.command.subcommands?.map(\.commandName).filter { $0 != "help" } ?? []
    }()

    @Test("the list of subcommands is complete enough to test")
    func list() {
        #expect(Self.commands.count >= 25)
        #expect(Self.commands.contains("query-datasets"))
    }

    @Test("every subcommand has help with an example that names it", arguments: commands)
    func help(_ command: String) throws {
        let text = try StewardProgram().expect([command, "--help"])
        #expect(text.contains("OVERVIEW: "))
        let parts = text.components(separatedBy: "Example")
        #expect(parts.count > 1, "no example in\n\(text)")
        #expect(parts.dropFirst().joined().contains("steward \(command) "), "no call of \(command) in\n\(text)")
        #expect(try StewardProgram().expect([command, "-h"]) == text)
        #expect(try StewardProgram().expect(["help", command]) == text)
    }

    @Test("completion scripts name every subcommand", arguments: ["bash", "zsh", "fish"])
    func completion(_ shell: String) throws {
        let script = try StewardProgram().expect(["--generate-completion-script", shell])
        for command in Self.commands { #expect(script.contains(command), "\(command)") }
        #expect(try StewardProgram().expect(["print-completion", shell]) == script)
    }

    @Test("bash takes the completion script and completes subcommands and options")
    func bashCompletion() throws {
        let folder = try TemporaryFolder()
        let script = folder.path + "/steward.bash"
        try StewardProgram().expect(["--generate-completion-script", "bash"]).write(
            toFile: script,
            atomically: true,
            encoding: .utf8
        )
        let shell = """
            source "$1"; PATH="$(dirname "$2"):$PATH"
            complete_line() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
                _steward "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; echo "${COMPREPLY[*]}"
            }
            complete_line steward query-data
            complete_line steward query-datasets --fi
            """
        let program = StewardProgram(prefix: ["/bin/bash", "-c", shell, "bash", script])
        let lines = try program.expect([]).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("query-datasets") ?? false)
        #expect(lines.last?.contains("--find-first") ?? false)
    }

    @Test("the version is said")
    func version() throws {
        #expect(try StewardProgram().expect(["--version"]).contains("."))
    }

    @Test("a standard output that takes nothing is an error, not a crash", .enabled(if: TestMachine.hasFullDevice))
    func fullOutput() async throws {
        let sample = try await SampleRepository()
        let program = StewardProgram(prefix: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"])
        let outcome = try program.run(["query-collections", sample.root])
        #expect(outcome.status == 1 && !outcome.wasKilled)
        #expect(outcome.errors.hasPrefix("Error: Standard output cannot be written"))
    }
}

/// What the machine that runs the tests allows.
enum TestMachine {
    static let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")

    /// Words that make file permissions bind although root runs the tests; nil where that cannot be had.
    static let unprivileged: [String]? = {
        guard getuid() == 0 else { return [] }
        let tool = "/usr/bin/setpriv"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return nil }
        return [tool, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    }()
}
