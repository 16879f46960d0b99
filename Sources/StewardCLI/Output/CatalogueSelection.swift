internal import Foundation
internal import ReferenceCatalogues
internal import StewardCore

/// Which of the sources found are shown, and which of their columns.
struct CatalogueSelection {
    /// The fields to show.
    let schema: CatalogueSchema
    let limit: Int?
    private let names: [String]
    /// Flux by which to cut and to sort.
    private let flux: String?
    private let leastFlux: Double?

    init(
        _ schema: CatalogueSchema,
        filter: String?,
        filterMap: String?,
        brighterThan: Double?,
        columns: String?,
        limit: Int?
    ) throws {
        self.limit = limit
        flux = try Self.flux(schema, filter, filterMap, isNeeded: brighterThan != nil || limit != nil)
        // The flux of AB magnitude 0 is 3631 Jy, as 48.6 has it.
        leastFlux = brighterThan.map { pow(10, -0.4 * ($0 + 48.6)) * 1e32 }
        let chosen = flux
        let all = schema.fields.map(\.name).filter { name in
            guard filter != nil, let chosen else { return true }
            let isFlux = schema.filters.contains { name == "\($0)_flux" || name == "\($0)_fluxErr" }
            return !isFlux || name == chosen || name == chosen + "Err"
        }
        names = columns.map { $0.split(separator: ",").map(String.init) } ?? all
        self.schema = try CatalogueSchema(names.map { schema.fields[try schema.require($0)] })
    }

    /// The field of a filter (`meas_algorithms: loadReferenceObjects.py`, `getRefFluxField`).
    private static func flux(
        _ schema: CatalogueSchema,
        _ filter: String?,
        _ file: String?,
        isNeeded: Bool
    ) throws -> String? {
        guard let filter else {
            guard isNeeded else { return nil }
            let known = schema.filters
            guard known.count == 1 else {
                throw ButlerError(
                    .invalidArgument,
                    "The catalogue has \(known.count) fluxes, and none was chosen to compare.",
                    remedy: "Name a filter with --filter: \(known.joined(separator: ", "))."
                )
            }
            return known[0] + "_flux"
        }
        let name = try file.map { try map($0)[filter] ?? filter } ?? filter
        let candidates = ["\(name)_camFlux", "\(name)_flux"]
        if let field = candidates.first(where: { schema.index($0) != nil }) { return field }
        throw ButlerError(
            .invalidArgument,
            "The catalogue has no flux in filter \"\(name)\".",
            remedy: "It has \(schema.filters.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: schema.filters)
        )
    }

    /// The names of a file with lines `NAME: FILTER`.
    private static func map(_ path: String) throws -> [String: String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ButlerError(.fileNotFound, "The file \"\(path)\" cannot be read.", remedy: "Check the path.")
        }
        return try FilterMap.read(text, file: path)
    }

    /// The rows that are bright enough.
    func choose(_ rows: CatalogueRows) throws -> CatalogueRows {
        guard let flux, let leastFlux, let values = rows.doubles(flux) else { return rows }
        return rows.selecting(values.indices.filter { values[$0] > leastFlux })
    }

    /// The brightest rows up to the limit, the brightest first; all in their order without a limit.
    func brightest(_ rows: CatalogueRows?) throws -> CatalogueRows? {
        guard let rows, let limit, let flux, let values = rows.doubles(flux) else { return rows }
        let order = values.indices.sorted { first, second in
            let (a, b) = (values[first], values[second])
            // Unknown fluxes come last; equal ones keep their order.
            if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? first < second : b.isNaN }
            return a == b ? first < second : a > b
        }
        return rows.selecting(Array(order.prefix(limit)))
    }

    /// The rows with the columns to show.
    func columns(of rows: CatalogueRows) throws -> CatalogueRows { try rows.selecting(names) }

    /// The rows with the columns to show.
    func columns(of rows: CatalogueRows?) throws -> CatalogueRows? { try rows?.selecting(names) }
}
