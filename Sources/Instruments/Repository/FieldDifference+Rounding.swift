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
}

extension DimensionRecord {
    /// The record with the stored values of some fields.
    func keepingStored(_ differences: [FieldDifference]) -> DimensionRecord {
        let stored = Dictionary(differences.map { ($0.field, $0.stored) }, uniquingKeysWith: { $1 })
        return DimensionRecord(
            element,
            values: zip(element.fields, values).map { field, value in stored[field.name] ?? value }
        )
    }
}
