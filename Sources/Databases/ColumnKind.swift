/// How one column of a result is fetched and kept.
public enum ColumnKind: Sendable, Hashable, CaseIterable {
    /// 64-bit integers.
    case integer
    /// Doubles; integers are taken too.
    case real
    /// Texts as UTF-8 bytes one after the other; for values that are mostly different, such as paths and regions.
    case text
    /// Texts as codes into a list of distinct strings; for values that repeat, such as instruments and runs.
    case label
    /// Identifiers of sixteen bytes.
    case uuid
    /// Truth values.
    case bool
    /// Bytes.
    case blob
}
