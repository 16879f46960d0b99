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
        let butler = try await Butler.open(path)
        var history = try await butler.physicalDetectors(of: definition.name)
        let certified = try await certifiedSerials(butler, definition, at: instant)
        if let certified { history.define(certified.serials, during: certified.validity) }
        var table = OutputTable(["id", "full_name", "serial", "source", "since", "until", "in_camera", "in_definition"])
        for slot in definition.camera.detectors {
            let found = history.installation(of: slot.id, at: instant, defined: slot.serial)
            let inCamera = certified?.serials[slot.id]
            if let inCamera, let found, found.serial != inCamera {
                Console.error(
                    "Slot \(slot.fullName): raws show detector \(found.serial), the certified camera has \(inCamera)."
                )
            }
            table.rows.append([
                .int(slot.id), .text(slot.fullName), found.map { .text($0.serial) } ?? .null,
                found.map { .text($0.source.rawValue) } ?? .null,
                found?.timespan.begin.map { .text($0.description) } ?? .null,
                found?.timespan.end.map { .text($0.description) } ?? .null,
                inCamera.map { .text($0) } ?? .null, .text(slot.serial),
            ])
        }
        Console.write(try output.render(table))
        guard output.format == .table else { return }
        for change in history.changes { Console.error(change.sentence) }
    }

    /// The serial numbers of the certified camera that is valid at an instant, and for how long it is.
    private func certifiedSerials(
        _ butler: Butler,
        _ definition: InstrumentDefinition,
        at instant: TAI
    ) async throws -> (serials: [Int64: String], validity: Timespan)? {
        let versions = CameraVersions(butler, definition, collections: collectionLists.splitAtCommas)
        guard let version = try await versions.version(during: Timespan(instant: instant)) else { return nil }
        return (version.serials, try await versions.validity(at: instant) ?? .all)
    }
}

extension DetectorChange {
    /// The change for people.
    var sentence: String {
        let origin = formerSlot.map { ", which was in slot \($0)" } ?? ""
        return "Slot \(detector) has detector \(serial)\(origin) since \(instant); before it was \(former)."
    }
}
