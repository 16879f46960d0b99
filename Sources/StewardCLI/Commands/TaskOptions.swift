internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import StewardCore

/// A file with changes of a task's configuration, in the reference's form.
struct ConfigFileOption: ParsableArguments {
    @Option(
        name: [.customShort("C"), .customLong("config-file")],
        help: ArgumentHelp("File with lines \"config.key = value\"; Python in it is not run.", valueName: "file"),
        completion: .file()
    )
    var file: String?

    /// The changes of the file.
    func overrides() throws -> TaskOverrides {
        var overrides = TaskOverrides()
        guard let file else { return overrides }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ButlerError(.fileNotFound, "The configuration file \"\(file)\" cannot be read.")
        }
        try overrides.add(text: String(decoding: data, as: UTF8.self), name: file)
        return overrides
    }
}

/// Changes of a task's configuration by file and one by one.
struct TaskConfigOptions: ParsableArguments {
    @OptionGroup var file: ConfigFileOption

    @Option(
        name: [.customShort("c"), .customLong("config")],
        parsing: .singleValue,
        help: ArgumentHelp("Changes of the configuration (comma-separated, repeatable).", valueName: "key=value")
    )
    var items: [String] = []

    /// The changes; those given one by one count more than the file's.
    func overrides() throws -> TaskOverrides {
        var overrides = try file.overrides()
        try overrides.add(items.splitAtCommas)
        return overrides
    }
}
