internal import CPostgreSQL

/// The fixed identifiers of PostgreSQL's own types (`pg_type.dat`).
enum TypeIdentifier {
    /// Left for the server to tell from the context.
    static let inferred: Oid = 0
    static let bool: Oid = 16
    static let bytes: Oid = 17
    static let character: Oid = 18
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let unknown: Oid = 705
    static let paddedText: Oid = 1042
    static let variableText: Oid = 1043
    static let timestamp: Oid = 1114
    static let numeric: Oid = 1700
    static let uuid: Oid = 2950
}
