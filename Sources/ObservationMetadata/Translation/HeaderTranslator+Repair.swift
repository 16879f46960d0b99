import AstroTime
public import FITS
import StewardCore

extension HeaderTranslator {
    /// First words of the keywords that record a repair.
    private static let provenance = "ASTRO METADATA FIX"
    /// The keyword that tells whether a header was changed.
    private static let mark = provenance + " MODIFIED"

    /// Applies the corrections of the observation, then the repairs of the camera.
    ///
    /// A header that was repaired before, or whose instrument or label cannot be told, is left alone. Cards
    /// `ASTRO METADATA FIX MODIFIED` (and DATE, FILE) are added, as the reference does (`headers.py: fix_header`).
    ///
    /// - Parameters:
    ///   - header: The header as it is in the file.
    ///   - corrections: Folders with correction files.
    /// - Returns: The header to translate, and what was changed.
    /// - Throws: `ButlerError` of code `corruptFile` when a correction file is malformed.
    public func repair(
        _ header: FITSHeader,
        corrections: CorrectionFolders = .none
    ) throws -> (header: FITSHeader, repairs: HeaderRepairs) {
        let (translation, repairs) = try repairing(header, corrections)
        guard let repairs else { return (header, .none) }
        var repaired = translation.header.header
        record(repairs, in: &repaired)
        return (repaired, repairs)
    }

    /// The translation of the header with corrections and repairs, without a record of them in it; no repairs where it is
    /// left alone.
    func repairing(
        _ header: FITSHeader,
        _ corrections: CorrectionFolders,
        recalling memory: TranslationMemory? = nil
    ) throws -> (translation: HeaderTranslation, repairs: HeaderRepairs?) {
        var translation = HeaderTranslation(rules, header, recalling: memory)
        guard header[Self.mark] == nil, let instrument = try? translation.string(.instrument),
            case .success(let label) = Result(catching: { try translation.string(.observationID) })
        else { return (translation, nil) }
        let found = try label.flatMap { try self.corrections(of: $0, by: instrument, in: corrections) }
        if let found {
            var corrected = header
            found.corrections.forEach { corrected[$0.keyword] = $0.value }
            translation = translation.begun(anew: corrected)
        }
        let isRepaired = applyFixUps(to: &translation)
        var repairs = HeaderRepairs(isModified: found != nil || isRepaired, correctionSource: found?.path, keywords: [])
        if repairs.isModified {
            let repaired = translation.header.header
            repairs.keywords = repaired.cards.map(\.keyword).filter { header[$0] != repaired[$0] }
        }
        return (translation, repairs)
    }

    /// The corrections of an observation and where they come from: a file, or the definition of the camera.
    private func corrections(
        of observation: String,
        by instrument: String,
        in folders: CorrectionFolders
    ) throws -> (path: String, corrections: [HeaderCorrection])? {
        try folders.find(instrument: instrument, observation: observation)
            ?? rules.corrections[observation].map { ("definition of \(instrument)", $0) }
    }

    /// Makes the repairs of the camera; whether any applied.
    private func applyFixUps(to translation: inout HeaderTranslation) -> Bool {
        var isModified = false
        for fixUp in rules.fixUps {
            guard let applies = applies(fixUp, to: &translation) else {
                if fixUp.isVital { return false }
                continue
            }
            guard applies else { continue }
            if fixUp.isEnd { return false }
            var changes: [(String, FITSValue)] = []
            for (keyword, replacement) in fixUp.replacements {
                guard let value = value(of: replacement, in: &translation) else { continue }
                changes.append((keyword, value))
            }
            guard changes.count == fixUp.replacements.count else {
                if fixUp.isVital { return false }
                continue
            }
            var header = translation.header.header
            changes.forEach { header[$0.0] = $0.1 }
            translation = translation.begun(anew: header)
            isModified = true
        }
        return isModified
    }

    /// Whether a repair is to be made; nil when that cannot be told.
    private func applies(_ fixUp: HeaderFixUp, to translation: inout HeaderTranslation) -> Bool? {
        if let period = fixUp.period {
            guard let begin = try? translation.instant(.datetimeBegin) else { return nil }
            guard period.contains(begin) else { return false }
        }
        return try? translation.holds(fixUp.guardian)
    }

    /// The value to write; nil when the angle it is made of is not there.
    private func value(
        of replacement: HeaderFixUp.Replacement,
        in translation: inout HeaderTranslation
    ) -> FITSValue? {
        switch replacement {
        case .constant(let value): return value
        case .changed(let change): return change.value(in: &translation)
        case .earlier(let keyword, let minusSeconds, let isISO):
            return earlier(keyword, minusSeconds, isISO: isISO, in: translation)
        case .angle(let keyword, let unit, let plusDegrees):
            guard let degrees = try? translation.angle(keyword, unit) else { return nil }
            return .real((degrees + plusDegrees) / unit.inDegrees)
        }
    }

    /// A date (Modified Julian, or in ISO form) less some seconds, as a Modified Julian Date or in ISO form.
    private func earlier(
        _ keyword: String,
        _ seconds: String,
        isISO: Bool,
        in translation: HeaderTranslation
    ) -> FITSValue? {
        let scale = try? TimeScale(name: translation.header.defined("TIMESYS")?.text.lowercased() ?? "utc")
        guard let scale, let value = translation.header.defined(keyword),
            let span = translation.header.defined(seconds)?.realValue,
            let date = try? value.realValue.map({ try TAI($0, format: .mjd, scale: scale) })
                ?? TAI(value.text, format: .isot, scale: scale)
        else { return nil }
        let instant = date.advanced(bySeconds: -span)
        return isISO ? .string(instant.isot(decimals: 3, scale: scale)) : .real(instant.modifiedJulianDate(scale))
    }

    private func record(_ repairs: HeaderRepairs, in header: inout FITSHeader) {
        header[Self.mark] = .logical(repairs.isModified)
        header["\(Self.provenance) DATE"] = .string(TAI.now().isot(decimals: 6, scale: .utc))
        if let source = repairs.correctionSource {
            header["\(Self.provenance) FILE"] = .string(source)
        }
    }
}
