public import Datasets
public import Dimensions

/// A key under which configuration for datasets is found: a name or a group of dimensions, for one instrument or all.
///
/// Names are those of dataset types and storage classes. Source: `daf_butler: _config_support.py`.
public struct LookupKey: Hashable, Sendable {
    /// What the key stands for.
    public enum Subject: Hashable, Sendable {
        /// The name of a dataset type, with or without component, or of a storage class.
        case name(String)
        /// All dataset types with exactly these dimensions.
        case dimensions(DimensionGroup)
    }

    /// What the key stands for.
    public var subject: Subject
    /// The instrument whose datasets it is for; nil for all.
    public var instrument: String?

    /// Creates a key.
    public init(_ subject: Subject, instrument: String? = nil) {
        self.subject = subject
        self.instrument = instrument
    }

    /// Reads a key of a configuration file.
    ///
    /// Text with `+` is a group of dimensions, closed over what they require and imply; a single dimension is written
    /// `visit+`. With a name that the universe does not know it is a plain name.
    ///
    /// - Parameters:
    ///   - text: The key.
    ///   - instrument: The instrument in whose section it stands.
    ///   - universe: The dimensions.
    init(parsing text: String, instrument: String? = nil, in universe: DimensionUniverse) {
        let names = text.split(separator: "+").map(String.init)
        let group = text.contains("+") ? try? universe.group(names) : nil
        self.init(group.map { .dimensions($0) } ?? .name(text), instrument: instrument)
    }

    /// The keys of a dataset type, most specific first.
    ///
    /// Name with component, name without, dimensions, storage class, storage class of the composite: first for the
    /// instrument, if there is one, then for all.
    ///
    /// - Parameters:
    ///   - type: The dataset type.
    ///   - instrument: Value of the data ID for the instrument.
    /// - Returns: The keys in the order of search.
    public static func keys(for type: DatasetType, instrument: String?) -> [LookupKey] {
        var subjects = [Subject.name(type.name)]
        if type.component != nil { subjects.append(.name(type.parentName)) }
        if !type.dimensions.isEmpty { subjects.append(.dimensions(type.dimensions)) }
        subjects.append(.name(type.storageClass))
        if let parent = type.parentStorageClass { subjects.append(.name(parent)) }
        let general = subjects.map { LookupKey($0) }
        return instrument.map { name in subjects.map { LookupKey($0, instrument: name) } + general } ?? general
    }

    /// The keys of a dataset, most specific first.
    public static func keys(for ref: DatasetRef) -> [LookupKey] {
        keys(for: ref.datasetType, instrument: ref.dataID["instrument"]?.string)
    }
}

extension LookupKey: CustomStringConvertible {
    /// The name, or the dimensions joined by `+`; then the instrument in brackets.
    public var description: String {
        let text =
            switch subject {
            case .name(let name): name
            case .dimensions(let group): group.names.joined(separator: "+")
            }
        return instrument.map { "\(text) (instrument \($0))" } ?? text
    }
}
