internal import FITS
internal import Foundation
internal import ObservationMetadata
internal import Resources
internal import StewardCore

/// Reads, translates and checks the headers of raw files, some at the same time.
struct RawReader: Sendable {
    /// Tasks that read headers at the same time unless told otherwise.
    private static let defaultTasks = 8

    private let cameras: RegisteredCameras
    private let reader: ObservationReader
    private let options: RawIngest.Options
    private let memory = HeaderMemory()

    /// What the headers of some files say.
    struct Window: Sendable {
        /// Files that can be ingested, in their order.
        var files: [RawFile] = []
        /// Files that cannot.
        var failures: [RawIngest.Failure] = []
        /// In how many files an optional property could not be had.
        var unknownProperties: [String: Int] = [:]
    }

    /// Prepares the reading.
    ///
    /// - Throws: `ButlerError` of code `instrument` for a malformed definition.
    init(_ cameras: RegisteredCameras, _ catalog: InstrumentCatalog, _ options: RawIngest.Options) throws {
        self.cameras = cameras
        self.options = options
        reader = ObservationReader(
            try catalog.translators(),
            corrections: CorrectionFolders([], environment: ProcessInfo.processInfo.environment),
            properties: ObservationProperty.requiredForIngest.union(ObservationProperty.optionalForIngest)
                .union([.detectorSerial]),
            required: ObservationProperty.requiredForIngest,
            recalling: TranslationMemory()
        )
    }

    /// Reads some files; ends soon after the first failure when told to fail fast.
    ///
    /// - Parameter sources: The files.
    /// - Returns: What was read.
    /// - Throws: When cancelled.
    func read(_ sources: ArraySlice<RawSource>) async throws -> Window {
        var results: [Int: Result<RawFile, RawFailure>] = [:]
        results.reserveCapacity(sources.count)
        var rest = sources.indices[...]
        try await withThrowingTaskGroup(of: (Int, Result<RawFile, RawFailure>).self) { group in
            func start() {
                guard let index = rest.popFirst() else { return }
                let source = sources[index]
                group.addTask {
                    guard source.isRemote else { return (index, file(source)) }
                    return (index, try await Cancellation.thread { file(source) })
                }
            }
            for _ in 0..<max(1, options.readers ?? Self.defaultTasks) { start() }
            for try await (index, result) in group {
                try Task.checkCancellation()
                results[index] = result
                if case .failure = result, options.failsFast { break }
                start()
            }
        }
        var window = Window()
        for index in sources.indices {
            switch results[index] {
            case .success(let file):
                window.files.append(file)
                for property in file.unknown { window.unknownProperties[property, default: 0] += 1 }
            case .failure(let failure):
                window.failures.append(
                    .init(subject: sources[index].name, stage: failure.stage, error: failure.error)
                )
            case nil: break
            }
        }
        return window
    }

    private func file(_ source: RawSource) -> Result<RawFile, RawFailure> {
        do {
            return .success(try cameras.file(source.path, try source.translations(reader, recalling: memory)))
        } catch let failure as RawFailure {
            return .failure(failure)
        } catch let error as ButlerError {
            let isOpening = [.fileNotFound, .fileAccess, .corruptFile].contains(error.code)
            return .failure(RawFailure(stage: isOpening ? .open : .header, error: error))
        } catch {
            let wrapped = ButlerError(.fileAccess, "The file \"\(source.name)\" could not be read.", cause: error)
            return .failure(RawFailure(stage: .open, error: wrapped))
        }
    }
}
