public import FITS
import StewardCore

/// The translators to choose from, in order of preference.
public struct TranslatorRegistry: Sendable {
    /// The translators; the first that recognises a header is used.
    public let translators: [HeaderTranslator]

    /// Creates a registry.
    public init(_ translators: [HeaderTranslator]) {
        self.translators = translators
    }

    /// The translator of a header.
    ///
    /// - Parameter header: A header.
    /// - Returns: The first translator that recognises it.
    /// - Throws: `ButlerError` of code `header` listing the translators when none does.
    public func translator(for header: FITSHeader) throws -> HeaderTranslator {
        guard let translator = recognising(header) else { throw unrecognised(header) }
        return translator
    }

    /// The translator of a file: that of its primary header, or of the first extension's merged over it.
    ///
    /// - Parameter units: The first header-data units of the file, at least one.
    /// - Returns: The translator.
    /// - Throws: `ButlerError` of code `header` listing the translators when none recognises the file.
    public func translator(forFile units: [FITSHeader]) throws -> HeaderTranslator {
        guard let primary = units.first else { throw ButlerError(.header, "The file has no header.") }
        if let translator = recognising(primary) { return translator }
        guard units.count > 1 else { throw unrecognised(primary) }
        return try translator(for: units.merged(upTo: 2))
    }

    private func recognising(_ header: FITSHeader) -> HeaderTranslator? {
        translators.first { $0.rules.recognises(header) }
    }

    private func unrecognised(_ header: FITSHeader) -> ButlerError {
        let clues = ["INSTRUME", "TELESCOP"].map { keyword in
            header.defined(keyword).map { "\(keyword) is \($0)" } ?? "\(keyword) is not given"
        }
        let error = ButlerError(
            .header,
            "No camera recognises this header: \(clues.joined(separator: ", ")).",
            remedy: "Known translators: \(translators.map(\.name).joined(separator: ", ")).",
            context: [.init("stage", "translator")]
        )
        return header.source.map { error.adding("file", $0) } ?? error
    }
}
