internal import ArgumentParser
internal import Instruments
internal import Steward
internal import StewardCore

/// `register-instrument`: a camera with its detectors and filters.
struct RegisterInstrumentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register-instrument",
        abstract: "Register cameras with their detectors and filters.",
        discussion: """
            A camera is named by its name, the reference's class name, or the path of a definition. Repeating it changes \
            nothing; filters and detectors that the definition has gained are added.
            Examples:
              steward register-instrument REPO HSC DECam
              steward register-instrument REPO ./MyCam.yaml --update
              steward register-instrument REPO ./MyCam.yaml --begin-date 2026-03-01
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Names, class names or definition files.")
    var instruments: [String]

    @Flag(help: "Change records that differ; the same as --on-conflict update.")
    var update = false

    @Option(help: "What to do with records that differ: raise, skip or update.")
    var onConflict: RecordConflictRule?

    @OptionGroup(title: "Note the serial numbers of detectors as a version of the camera")
    var version: ValidityOptions

    func run() async throws {
        let catalog = InstrumentCatalog.standard()
        let definitions = try instruments.map { try catalog.definition($0) }
        let validity = version.isGiven ? try version.timespan() : nil
        let butler = try await repository.open(writeable: true)
        for definition in definitions {
            let rule = onConflict ?? (update ? .update : .raise)
            let outcome = try await definition.register(in: butler, onConflict: rule)
            let new = outcome.inserted.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            Console.error(
                outcome.isUnchanged
                    ? "\(definition.name) is registered already; nothing changed."
                    : "Registered \(definition.name): " + (new.isEmpty ? "nothing new" : new.joined(separator: ", "))
                        + "."
            )
            for item in outcome.differing {
                let fields = item.fields.map(\.description).joined(separator: "; ")
                Console.error("\(rule == .update ? "Changed" : "Left") \(item.record): \(fields)")
            }
            guard let validity else { continue }
            let serials = definition.detectorSerials
            try await butler.notePhysicalDetectors(of: definition.name) { $0.define(serials, during: validity) }
            Console.error("Noted \(serials.count) serial numbers of \(definition.name).")
        }
    }
}
