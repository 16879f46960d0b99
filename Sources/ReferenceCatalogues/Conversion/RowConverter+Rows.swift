internal import Foundation
internal import SphericalGeometry
internal import StewardCore

extension RowConverter {
    /// Makes rows of a chunk.
    ///
    /// - Parameters:
    ///   - chunk: The input.
    ///   - firstRow: Number of its first row in the whole input, for catalogues without identifiers.
    /// - Returns: The rows in the order of the input.
    /// - Throws: ``ButlerError`` with `.corruptFile` for values that do not read.
    func rows(of chunk: any InputChunk, firstRow: Int) throws -> ConvertedRows {
        let columns = try chunk.columns(requests, missing: configuration.missing)
        let count = chunk.rowCount
        var rows = ConvertedRows(
            bytes: [UInt8](repeating: 0, count: count * schema.rowSize),
            trixels: [UInt32](repeating: 0, count: count)
        )
        let longitudes = rightAscensions(columns)
        let latitudes = scaled(columns, position[1])
        locate(longitudes, latitudes, &rows) { chunk.place($0) }
        try rows.bytes.withUnsafeMutableBytes { bytes in
            let writer = ColumnWriter(bytes: bytes, rowSize: schema.rowSize)
            try writeIdentifiers(columns, firstRow, writer, count)
            try writer.store(longitudes, schema, "coord_ra")
            try writer.store(latitudes, schema, "coord_dec")
            for flux in fluxes { write(flux, columns, writer) }
            for flag in flags {
                if case .flags(let values) = columns[flag.index] { writer.set(values, flag.bit) }
            }
            let errors = try writePositionErrors(columns, writer, count)
            if let motion {
                rows.extent = try write(motion, columns, latitudes: latitudes, positionErrors: errors, writer)
            }
            for item in extra {
                try write(columns[item.index], item.place, item.kind, writer) { "\"\(label)\", \(chunk.place($0))" }
            }
        }
        if let identifier, case .integers(_, let missing?) = columns[identifier] {
            for row in missing.indices where missing[row] && rows.trixels[row] != 0 {
                rows.trixels[row] = 0
                rows.bad.append(BadRow(file: label, place: chunk.place(row), reason: "there is no identifier"))
            }
        }
        return rows
    }

    // MARK: Positions

    private func scaled(_ columns: [InputColumn], _ quantity: Quantity) -> [Double] {
        guard case .reals(let values) = columns[quantity.index] else { return [] }
        return values.map { $0 * quantity.factor }
    }

    /// Right ascensions in radians from 0 to less than 2π.
    private func rightAscensions(_ columns: [InputColumn]) -> [Double] {
        let turn = 2 * Double.pi
        return scaled(columns, position[0]).map { value in
            if value >= 0, value < turn { return value }
            let wrapped = fmod(value, turn)
            let positive = wrapped < 0 ? wrapped + turn : wrapped
            return positive >= turn ? 0 : positive
        }
    }

    private func locate(
        _ longitudes: [Double],
        _ latitudes: [Double],
        _ rows: inout ConvertedRows,
        place: (Int) -> String
    ) {
        for row in longitudes.indices {
            let (longitude, latitude) = (longitudes[row], latitudes[row])
            guard longitude.isFinite, latitude.isFinite, latitude.magnitude <= Double.pi / 2 else {
                let reason =
                    longitude.isFinite && latitude.isFinite
                    ? "the declination lies beyond the poles" : "there is no position"
                rows.bad.append(BadRow(file: label, place: place(row), reason: reason))
                continue
            }
            let point = UnitVector3D(longitude: Angle(radians: longitude), latitude: Angle(radians: latitude))
            rows.trixels[row] = UInt32(truncatingIfNeeded: pixels.index(of: point))
        }
    }

    private func writeIdentifiers(
        _ columns: [InputColumn],
        _ firstRow: Int,
        _ writer: ColumnWriter,
        _ count: Int
    ) throws {
        guard let index = schema.index("id"), case .bytes(let offset) = schema.places[index] else {
            throw schema.lacks("id")
        }
        if let identifier, case .integers(let values, _) = columns[identifier] {
            writer.store(values, offset)
        } else {
            writer.store((0..<count).map { Int64(firstRow + $0) }, offset)
        }
    }

    /// Writes the errors of the position and returns them, in radians; NaN where they are not known.
    private func writePositionErrors(
        _ columns: [InputColumn],
        _ writer: ColumnWriter,
        _ count: Int
    ) throws -> [[Double]] {
        try ["coord_raErr", "coord_decErr"].enumerated().map { index, name in
            let values =
                positionErrors.isEmpty
                ? [Double](repeating: .nan, count: count) : scaled(columns, positionErrors[index])
            try writer.store(floats: values, schema, name)
            return values
        }
    }

    // MARK: Fluxes

    /// The flux of an AB magnitude in nJy: 48.6 is the magnitude of 1 erg/s/cm²/Hz.
    private static func flux(magnitude: Double) -> Double { pow(10, -0.4 * (magnitude + 48.6)) * 1e32 }

    /// The flux of magnitude 0 in nJy that the reference makes errors with.
    private static let errorFluxOfZero = 3631.0e9

    private func write(_ flux: FluxColumns, _ columns: [InputColumn], _ writer: ColumnWriter) {
        let values = scaled(columns, flux.value)
        let errors = flux.error.map { scaled(columns, $0) }
        switch flux.kind {
        case .magnitude(let offset):
            writer.store(values.map { Self.flux(magnitude: $0 + offset) }, flux.target)
            let factor = 0.4 * Self.errorFluxOfZero * M_LN10
            let result = errors.map { errors in
                values.indices.map { row -> Double in
                    let relative: Double = pow(10, -0.4 * (values[row] + offset))
                    return (factor * errors[row] * relative).magnitude
                }
            }
            writer.store(result ?? values.map { _ in .nan }, flux.errorTarget)
        case .counts(let zeroPoint):
            let factor = Self.flux(magnitude: zeroPoint)
            let fluxes = values.map { $0 * factor }
            writer.store(fluxes, flux.target)
            writer.store(
                errors.map { zip(fluxes, $0).map { $0 / $1 } } ?? values.map { _ in .nan },
                flux.errorTarget
            )
        case .flux:
            writer.store(values, flux.target)
            writer.store(errors ?? values.map { _ in .nan }, flux.errorTarget)
        }
    }

    // MARK: Motion

    private func write(
        _ motion: MotionColumns,
        _ columns: [InputColumn],
        latitudes: [Double],
        positionErrors: [[Double]],
        _ writer: ColumnWriter
    ) throws -> CatalogueExtent {
        var extent = CatalogueExtent()
        let epochs = try epochs(motion, columns, count: latitudes.count)
        for epoch in epochs { extent.add(epoch: epoch) }
        var motions = motion.motions.map { scaled(columns, $0) }
        var motionErrors = motion.motionErrors.map { scaled(columns, $0) }
        if !motion.includesCosine {
            for row in latitudes.indices {
                motions[0][row] *= cos(latitudes[row])
                motionErrors[0][row] *= cos(latitudes[row])
            }
        }
        for row in latitudes.indices { extent.add(motion: hypot(motions[0][row], motions[1][row])) }
        let parallaxes = scaled(columns, motion.parallax)
        let parallaxErrors = scaled(columns, motion.parallaxError)
        try writer.store(epochs, schema, "epoch")
        try writer.store(motions[0], schema, "pm_ra")
        try writer.store(motions[1], schema, "pm_dec")
        try writer.store(floats: motionErrors[0], schema, "pm_raErr")
        try writer.store(floats: motionErrors[1], schema, "pm_decErr")
        try writer.store(parallaxes, schema, "parallax")
        try writer.store(parallaxErrors, schema, "parallaxErr")
        try writer.mark(motions + motionErrors, schema, "pm_flag")
        try writer.mark([parallaxes, parallaxErrors], schema, "parallax_flag")
        try writeCovariances(motion, columns, positionErrors + motionErrors + [parallaxErrors], writer)
        return extent
    }

    private func epochs(_ motion: MotionColumns, _ columns: [InputColumn], count: Int) throws -> [Double] {
        guard let index = motion.epoch else { return [Double](repeating: motion.constantEpoch, count: count) }
        switch columns[index] {
        case .reals(let values):
            // Most catalogues have one date for all rows.
            var (known, date) = (Double.nan, Double.nan)
            return try values.map { value in
                if value == known { return date }
                (known, date) = (value, try motion.reading.modifiedJulianDate(value))
                return date
            }
        case .texts(let texts):
            return try (0..<count).map {
                texts.range($0).isEmpty ? .nan : try motion.reading.modifiedJulianDate(texts[$0])
            }
        case .integers, .flags: return [Double](repeating: .nan, count: count)
        }
    }

    private func writeCovariances(
        _ motion: MotionColumns,
        _ columns: [InputColumn],
        _ errors: [[Double]],
        _ writer: ColumnWriter
    ) throws {
        for (pair, index) in zip(CatalogueSchema.correlatedPairs, motion.correlations) {
            let (first, second) = (errors[pair.0], errors[pair.1])
            var values = [Double](repeating: .nan, count: first.count)
            if let index, case .reals(let numbers) = columns[index] {
                values = motion.areCovariances ? numbers : numbers.indices.map { numbers[$0] * first[$0] * second[$0] }
            } else if case .zero = configuration.correlations {
                values = [Double](repeating: 0, count: first.count)
            }
            let names = CatalogueSchema.correlated
            try writer.store(floats: values, schema, "\(names[pair.0])_\(names[pair.1])_Cov")
        }
    }

    // MARK: Further columns

    private func write(
        _ column: InputColumn,
        _ place: CatalogueSchema.Place,
        _ kind: CatalogueField.Kind,
        _ writer: ColumnWriter,
        describe: (Int) -> String
    ) throws {
        switch (column, place, kind) {
        case (.flags(let values), .bit(let bit), _): writer.set(values, bit)
        case (.integers(let values, _), .bytes(let offset), _): writer.store(values, offset)
        case (.reals(let values), .bytes(let offset), _): writer.store(values, offset)
        case (.texts(let texts), .bytes(let offset), .string(let width)):
            if let row = writer.store(texts, offset, width: width) {
                throw ButlerError(
                    .corruptFile,
                    "\(describe(row)): the text \"\(texts[row])\" has more than \(width) bytes.",
                    remedy: "Give the column a greater width in the configuration."
                ).adding("file", label)
            }
        default: break
        }
    }
}
