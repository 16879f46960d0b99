internal import SphericalGeometry
internal import Steward

extension FieldDifference {
    /// Whether the two values differ by rounding only: numbers by at most 4 units in the last place, each vertex of
    /// regions by at most 1e-9 rad.
    ///
    /// No column tells whose arithmetic filled a row, so that such rows are taken for equal
    /// (instruments and ingest design document, sections 2.8 and 3.5).
    var isRounding: Bool {
        switch (stored, given) {
        case (.real(let stored), .real(let given)):
            abs(stored - given) <= 4 * max(stored.magnitude, given.magnitude).ulp
        case (.region(.polygon(let stored)), .region(.polygon(let given))): stored.matches(given)
        default: false
        }
    }

    /// Whether a region is stored and none is given, which says nothing against the stored one.
    var isUnknownRegion: Bool { field == "region" && given == .null }
}

extension DimensionRecord {
    /// The record with the stored values of some fields.
    func keepingStored(_ differences: [FieldDifference]) -> DimensionRecord {
        replacing(Dictionary(differences.map { ($0.field, $0.stored) }, uniquingKeysWith: { $1 }))
    }

    /// The record with other values of some fields.
    func replacing(_ fields: [String: FieldValue]) -> DimensionRecord {
        DimensionRecord(
            element,
            values: zip(element.fields, values).map { field, value in fields[field.name] ?? value }
        )
    }
}
