internal import ButlerConfig
internal import Foundation
internal import StewardCore

/// Brings the process's arguments into the form that the command tree parses.
///
/// Three things lie outside the tree: options in front of the subcommand, the repository that may come from the
/// environment, and files of options.
enum ArgumentPreparation {
    /// The arguments for the command tree.
    ///
    /// - Parameters:
    ///   - arguments: The process's arguments without the program's name.
    ///   - environment: The process's environment.
    /// - Returns: The prepared arguments.
    /// - Throws: ``ButlerError`` with `.configuration` or `.fileNotFound` for a file of options that cannot be read.
    static func prepared(_ arguments: [String], environment: [String: String]) throws -> [String] {
        var rest = arguments[...]
        var isReadOnly = false
        while let option = rest.first, option.hasPrefix("-"), let width = globalWidth(option) {
            isReadOnly = isReadOnly || option == readOnlyFlag
            rest = rest.dropFirst(min(width, rest.count))
        }
        guard let command = rest.first, !command.hasPrefix("-") else { return Array(rest) }
        var own = try expandingOptionFiles(Array(rest.dropFirst()), command: command)
        if let repository = environment["STEWARD_REPO"], !repository.isEmpty, takesRepository(command),
            !own.contains(where: isRepository), !own.contains("--help"), !own.contains("-h")
        {
            own.insert(repository, at: 0)
        }
        if isReadOnly, takesRepository(command) { own.insert(readOnlyFlag, at: 0) }
        return [command] + own
    }

    private static let readOnlyFlag = "--read-only"

    /// Commands about cameras and headers, and the program itself.
    private static let commandsWithoutRepository: Set = [
        "help", "print-completion", "check-instrument", "describe-instrument", "translate-header", "write-sidecars",
        "write-index",
    ]

    /// How many words a global option takes, those of the reference among them; nil for other options.
    private static func globalWidth(_ option: String) -> Int? {
        let name = option.split(separator: "=", maxSplits: 1).first.map(String.init) ?? option
        let flags: Set = ["--long-log", "--log-tty", "--no-log-tty", "--progress", "--no-progress", readOnlyFlag]
        if flags.contains(name) { return 1 }
        guard ["--log-level", "--log-file", "--log-label"].contains(name) else { return nil }
        return option.contains("=") ? 1 : 2
    }

    private static func takesRepository(_ command: String) -> Bool {
        !commandsWithoutRepository.contains(command)
    }

    private static func isRepository(_ word: String) -> Bool {
        guard !word.hasPrefix("-") else { return false }
        let files = FileManager.default
        return word.contains("://") || word.hasSuffix("butler.yaml") || files.fileExists(atPath: word + "/butler.yaml")
    }

    /// Replaces `-@ FILE` by the options that the file gives for the command, unless they are given in the line.
    private static func expandingOptionFiles(_ words: [String], command: String) throws -> [String] {
        var result: [String] = []
        var files: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            if word == "-@" || word == "--options-file", index + 1 < words.count {
                files.append(words[index + 1])
                index += 2
            } else if word.hasPrefix("--options-file=") {
                files.append(String(word.dropFirst("--options-file=".count)))
                index += 1
            } else {
                result.append(word)
                index += 1
            }
        }
        for file in files { result += try options(in: file, command: command, given: result) }
        return result
    }

    private static func options(in file: String, command: String, given: [String]) throws -> [String] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw ButlerError(.fileNotFound, "The file of options \"\(file)\" cannot be read.")
        }
        guard let map = try ConfigTree(yaml: text, source: file)[command]?.map else { return [] }
        var words: [String] = []
        for (key, value) in map {
            let option = "--" + key.replacing("_", with: "-")
            guard !given.contains(where: { $0 == option || $0.hasPrefix(option + "=") }) else { continue }
            for item in value.list ?? [value] {
                switch item {
                case .bool(true): words.append(option)
                case .bool(false), .null: break
                case .string(let text): words += [option, text]
                case .int(let number): words += [option, String(number)]
                case .double(let number): words += [option, String(number)]
                default:
                    throw ButlerError(.configuration, "\(file): option \"\(key)\" of \(command) must be a plain value.")
                }
            }
        }
        return words
    }
}
