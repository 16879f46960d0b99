internal import Datasets
internal import StewardCore

/// Names of catalogues: what the catalogue is, and the date of the version.
enum CatalogueName {
    /// Checks a name; one that does not end with a date needs consent.
    static func check(_ name: String, allowsAny: Bool) throws {
        try DatasetType.check(name: name)
        guard !allowsAny, name.wholeMatch(of: /[a-z][a-z0-9_]*_[0-9]{8}/) == nil else { return }
        throw ButlerError(
            .datasetTypeExpression,
            "\"\(name)\" does not end with the date of the version.",
            remedy: "Name it like gaia_dr3_20230707, or add --name-as-is."
        )
    }
}
