public import FITS
import StewardCore

/// Gets the standard properties of data files: from headers, sidecars or index entries.
///
/// Any number of tasks may use one reader at the same time.
public struct ObservationReader: Sendable {
    /// The translators to choose from.
    public let registry: TranslatorRegistry
    /// Where to look for corrections of single observations.
    public let corrections: CorrectionFolders
    /// The properties to work out.
    public let properties: Set<ObservationProperty>
    /// The properties that must have a value.
    public let required: Set<ObservationProperty>
    private let memory: TranslationMemory?

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - registry: The translators to choose from.
    ///   - corrections: Where to look for corrections of single observations.
    ///   - properties: The properties to work out; all unless given.
    ///   - required: The properties that must have a value.
    ///   - memory: Translations of similar headers, for a reader of many files.
    public init(
        _ registry: TranslatorRegistry,
        corrections: CorrectionFolders = .none,
        properties: Set<ObservationProperty> = ObservationProperty.all,
        required: Set<ObservationProperty> = [],
        recalling memory: TranslationMemory? = nil
    ) {
        self.memory = memory
        self.registry = registry
        self.corrections = corrections
        self.properties = properties.union(required)
        self.required = required
    }

    /// Reads the headers of a FITS file and translates them; one result for each detector.
    ///
    /// Only header blocks are read, and no more header-data units than the camera needs.
    ///
    /// - Parameter path: Path of a local FITS file.
    /// - Returns: The translations in file order, at least one.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess`, `corruptFile` or `header`, naming the file.
    public func read(_ path: String) throws -> [Translation] {
        try read { try FITSHeaderReader.read(path, first: $0).map(\.header) }
    }

    /// Reads the headers of a FITS file by a function and translates them; one result for each detector.
    ///
    /// - Parameter headers: Gives the headers of the first units, or of all for nil; called with growing numbers.
    /// - Returns: The translations in file order, at least one.
    /// - Throws: `ButlerError` of code `header`; what the function throws.
    public func read(headers: (Int?) throws -> [FITSHeader]) throws -> [Translation] {
        var units = try headers(1)
        let recognises = registry.translators.contains { translator in
            units.first.map(translator.rules.recognises) ?? false
        }
        if !recognises { units = try headers(2) }
        let translator = try registry.translator(forFile: units)
        if translator.readsExtensions { units = try headers(nil) }
        return try translate(translator.translatableHeaders(in: units), with: translator)
    }

    /// Translates the headers of a file; one result for each detector.
    ///
    /// - Parameter units: All header-data units of the file.
    /// - Returns: The translations in file order, at least one.
    /// - Throws: `ButlerError` of code `header`, or `corruptFile` for a malformed correction file.
    public func translate(_ units: [FITSHeader]) throws -> [Translation] {
        let translator = try registry.translator(forFile: units)
        return try translate(translator.translatableHeaders(in: units), with: translator)
    }

    /// Translates the record of a sidecar or index.
    ///
    /// - Parameters:
    ///   - record: The record; properties that are translated already are only checked.
    ///   - file: Name of the data file for error messages.
    /// - Returns: The translation.
    /// - Throws: `ButlerError` of code `header` when a required property is missing or cannot be had.
    public func translate(_ record: HeaderRecord, of file: String) throws -> Translation {
        switch record {
        case .header(var header):
            header.source = file
            let translator = try registry.translator(for: header)
            return try translator.translate(
                header,
                properties: properties,
                required: required,
                corrections: corrections,
                recalling: memory
            )
        case .translated(let info):
            let missing = info.missing(of: required).map(\.rawValue)
            guard missing.isEmpty else {
                throw ButlerError(
                    .header,
                    "The translated header of \"\(file)\" lacks \(missing.joined(separator: ", ")).",
                    context: [.init("file", file), .init("property", missing.joined(separator: ", "))]
                )
            }
            return Translation(info: info, problems: [], repairs: .none)
        }
    }

    private func translate(_ headers: [FITSHeader], with translator: HeaderTranslator) throws -> [Translation] {
        try headers.map {
            try translator.translate(
                $0,
                properties: properties,
                required: required,
                corrections: corrections,
                recalling: memory
            )
        }
    }
}
