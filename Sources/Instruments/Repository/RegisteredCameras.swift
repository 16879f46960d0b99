internal import AstroTime
internal import ObservationMetadata
internal import Steward
internal import StewardCore

/// A raw file whose header is understood and fits the repository.
struct RawFile: Sendable {
    /// Path of the file.
    let path: String
    /// The exposure that its first header describes.
    let exposure: ExposureSummary
    /// The hours of the observing day; nil when the camera has no convention.
    let day: Timespan?
    /// Detectors in the file.
    var detectors: [Int64]
    /// Serial numbers of the physical detectors in them, where headers tell.
    var serials: [Int64: String] = [:]
    /// Class name of the formatter.
    let formatter: String?
    /// Optional properties that could not be had from the headers.
    let unknown: Set<String>

    /// Instrument and number of the exposure.
    var key: RawExposure.Key { .init(instrument: exposure.instrument, exposure: exposure.id) }
}

/// Why a file cannot be ingested, and how far it came.
struct RawFailure: Error {
    let stage: RawIngest.Stage
    let error: ButlerError
}

/// What a repository knows of cameras, read once to check files against.
struct RegisteredCameras: Sendable {
    private var definitions: [String: InstrumentDefinition] = [:]
    private var undefined: [String: ButlerError] = [:]
    private var detectors: [String: Set<Int64>] = [:]
    private var filters: [String: Set<String>] = [:]

    /// Reads instruments, detectors and filters.
    init(_ butler: Butler, _ catalog: InstrumentCatalog) async throws {
        for record in try await butler.records(of: "instrument") {
            guard let name = record["instrument"]?.dimensionValue?.string else { continue }
            do {
                definitions[name] = try catalog.definition(name)
            } catch let error as ButlerError {
                undefined[name] = error
            }
        }
        for record in try await butler.records(of: "detector") {
            guard let name = record["instrument"]?.dimensionValue?.string,
                let id = record["detector"]?.dimensionValue?.int
            else { continue }
            detectors[name, default: []].insert(id)
        }
        for record in try await butler.records(of: "physical_filter") {
            guard let name = record["instrument"]?.dimensionValue?.string,
                let filter = record["physical_filter"]?.dimensionValue?.string
            else { continue }
            filters[name, default: []].insert(filter)
        }
    }

    /// Makes a raw file of what its headers say, if the repository knows its instrument, filter and detectors.
    ///
    /// - Parameters:
    ///   - path: Path of the file.
    ///   - translations: One for each detector.
    /// - Returns: The file.
    /// - Throws: ``RawFailure`` naming what is not registered, or what the header lacks.
    func file(_ path: String, _ translations: [Translation]) throws -> RawFile {
        guard let info = translations.first?.info else {
            throw RawFailure(stage: .header, error: ButlerError(.header, "\"\(path)\" describes no detector."))
        }
        let exposure = try Self.at(.header) { try ExposureSummary(info) }
        let day = try Self.at(.header) { try ExposureSummary.dayTimespan(info) }
        let definition = try definition(exposure.instrument)
        try checkFilter(exposure)
        let numbers = translations.compactMap(\.info.detectorNum)
        try Self.checkUnity(path, translations, exposure, numbers)
        for number in numbers where detectors[exposure.instrument]?.contains(number) != true {
            throw unregistered(.detector, "Detector \(number)", exposure)
        }
        return RawFile(
            path: path,
            exposure: exposure,
            day: day,
            detectors: numbers,
            serials: Dictionary(
                translations.compactMap { translation in
                    guard let number = translation.info.detectorNum else { return nil }
                    return translation.info.detectorSerial.map { (number, $0) }
                }
            ) { first, _ in first },
            formatter: definition.rawFormatter(detector: numbers.first, begin: exposure.begin),
            unknown: Set(
                translations.flatMap(\.problems).map(\.property).filter { $0 != .detectorSerial }.map(\.rawValue)
            )
        )
    }

    /// Makes sure that all headers of a file are of one exposure, each of another detector.
    private static func checkUnity(
        _ path: String,
        _ translations: [Translation],
        _ exposure: ExposureSummary,
        _ detectors: [Int64]
    ) throws {
        if let other = translations.first(where: {
            $0.info.exposureID != exposure.id || $0.info.instrument != exposure.instrument
        }) {
            let name = other.info.observationID ?? "another one"
            throw RawFailure(
                stage: .header,
                error: ButlerError(.header, "\"\(path)\" holds parts of the exposures \(exposure.obsID) and \(name).")
            )
        }
        guard Set(detectors).count < detectors.count else { return }
        throw RawFailure(
            stage: .duplicate,
            error: ButlerError(.header, "\"\(path)\" holds several images of one detector of \(exposure.obsID).")
        )
    }

    /// The definition of a registered instrument.
    ///
    /// - Parameter name: Name of the instrument.
    /// - Returns: The definition.
    /// - Throws: ``RawFailure`` when it is not registered, or not defined here.
    func definition(_ name: String) throws -> InstrumentDefinition {
        if let definition = definitions[name] { return definition }
        if let error = undefined[name] { throw RawFailure(stage: .instrument, error: error) }
        throw RawFailure(
            stage: .instrument,
            error: ButlerError(
                .instrument,
                "Instrument \"\(name)\" is not registered in this repository.",
                remedy: "Register it with \"steward register-instrument REPO \(name)\".",
                candidates: Candidates.nearest(to: name, in: (Array(definitions.keys) + undefined.keys).sorted())
            )
        )
    }

    private func checkFilter(_ exposure: ExposureSummary) throws {
        let known = filters[exposure.instrument] ?? []
        guard !known.contains(exposure.physicalFilter) else { return }
        throw unregistered(
            .filter,
            "Filter \"\(exposure.physicalFilter)\"",
            exposure,
            candidates: Candidates.nearest(to: exposure.physicalFilter, in: known.sorted())
        )
    }

    private func unregistered(
        _ stage: RawIngest.Stage,
        _ subject: String,
        _ exposure: ExposureSummary,
        candidates: [String] = []
    ) -> RawFailure {
        let name = exposure.instrument
        return RawFailure(
            stage: stage,
            error: ButlerError(
                .dataIDValue,
                "\(subject) of \(exposure.obsID) is not registered for \(name).",
                remedy: "Add it to the definition and run \"steward register-instrument REPO \(name) --update\".",
                candidates: candidates
            )
        )
    }

    /// Says at which stage an error happened.
    static func at<Value>(_ stage: RawIngest.Stage, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ButlerError {
            throw RawFailure(stage: stage, error: error)
        }
    }
}
