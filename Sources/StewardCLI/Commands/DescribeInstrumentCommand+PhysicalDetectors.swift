internal import Foundation
internal import Instruments
internal import Steward
internal import StewardCore

extension DescribeInstrumentCommand {
    /// The physical detectors in the slots of a camera at an instant, as a repository knows them.
    func showPhysicalDetectors(_ definition: InstrumentDefinition, at instant: TAI) async throws {
        guard let path = repository ?? ProcessInfo.processInfo.environment["STEWARD_REPO"], !path.isEmpty else {
            throw ButlerError(
                .invalidArgument,
                "Only a repository knows which detectors were there at \(instant).",
                remedy: "Name it with --repository, or set STEWARD_REPO."
            )
        }
        let history = try await Butler.open(path).physicalDetectors(of: definition.name)
        var table = OutputTable(["id", "full_name", "serial", "source", "since", "until", "in_definition"])
        for slot in definition.camera.detectors {
            let found = history.installation(of: slot.id, at: instant, defined: slot.serial)
            table.rows.append([
                .int(slot.id), .text(slot.fullName), found.map { .text($0.serial) } ?? .null,
                found.map { .text($0.source.rawValue) } ?? .null,
                found?.timespan.begin.map { .text($0.description) } ?? .null,
                found?.timespan.end.map { .text($0.description) } ?? .null,
                .text(slot.serial),
            ])
        }
        Console.write(try output.render(table))
        guard output.format == .table else { return }
        for change in history.changes { Console.error(change.sentence) }
    }
}

extension DetectorChange {
    /// The change for people.
    var sentence: String {
        let origin = formerSlot.map { ", which was in slot \($0)" } ?? ""
        return "Slot \(detector) has detector \(serial)\(origin) since \(instant); before it was \(former)."
    }
}
