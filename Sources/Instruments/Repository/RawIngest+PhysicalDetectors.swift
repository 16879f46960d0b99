internal import AstroTime
internal import Dimensions
internal import Steward

extension RawIngest {
    /// Notes which physical detectors the files show in which slots; one transaction for each instrument.
    func notePhysicalDetectors(_ files: [RawFile], into report: inout Report) async throws {
        guard !options.isDryRun else { return }
        var seen: [String: [DetectorInstallation]] = [:]
        for file in files where !file.serials.isEmpty {
            let span = Timespan(
                beginNanoseconds: file.exposure.begin.nanoseconds,
                endNanoseconds: max(file.exposure.end.nanoseconds, file.exposure.begin.nanoseconds + 1)
            )
            seen[file.exposure.instrument, default: []] += file.serials.map {
                DetectorInstallation(detector: $0.key, serial: $0.value, timespan: span, source: .raw)
            }
        }
        for (instrument, installations) in seen.sorted(by: { $0.key < $1.key }) {
            let changes = try await butler.notePhysicalDetectors(of: instrument) { $0.see(installations) }
            if !changes.isEmpty { report.detectorChanges[instrument, default: []] += changes }
        }
    }
}
