internal import AstroTime
internal import Datasets
internal import StewardCore

/// How objects of a storage class look in memory and as JSON or YAML.
///
/// `int` is `Int`, `Timespan` is `Timespan`, everything else `JSONValue`: an object for Python's `dict`, a list for
/// `list`. On writing, plain numbers, text and truth values are taken, too.
enum JSONForm {
    /// The JSON of an object, checked against its storage class.
    ///
    /// - Throws: `ButlerError` with `.storageClass` if the object is not of the storage class's type.
    static func json(_ object: any Sendable, _ storageClass: StorageClass) throws -> JSONValue {
        if storageClass.pythonType == timespanType, let timespan = object as? Timespan { return json(timespan) }
        guard let value = plain(object) else { throw mismatch(object, storageClass) }
        let fits =
            switch storageClass.pythonType {
            case "dict": value.members != nil
            case "list": value.array != nil
            case "int": value.int != nil
            case "float": value.double != nil
            case "str": value.string != nil
            case "bool": value.bool != nil
            case timespanType: timespan(value) != nil
            default: value.members != nil || value.array != nil
            }
        guard fits else { throw mismatch(object, storageClass) }
        return value
    }

    /// The object that JSON of a storage class stands for.
    ///
    /// - Throws: `ButlerError` with `.corruptFile` if it is not of the storage class's type.
    static func object(_ value: JSONValue, _ storageClass: StorageClass, file: String) throws -> any Sendable {
        switch storageClass.pythonType {
        case "int": if let number = value.int { return Int(number) }
        case timespanType: if let timespan = timespan(value) { return timespan }
        case "dict": if value.members != nil { return value }
        case "list": if value.array != nil { return value }
        default: return value
        }
        throw ButlerError(
            .corruptFile,
            "\"\(file)\" does not hold a \(storageClass.pythonType), as the storage class \"\(storageClass.name)\" needs."
        )
    }

    /// Whether Python writes the type through pydantic, which leaves out blanks.
    static func isCompact(_ storageClass: StorageClass) -> Bool {
        !["dict", "list", "int", "float", "str", "bool"].contains(storageClass.pythonType)
    }

    private static let timespanType = "lsst.daf.butler.Timespan"

    private static func plain(_ object: any Sendable) -> JSONValue? {
        switch object {
        case let value as JSONValue: value
        case let value as Int: .int(Int64(value))
        case let value as Int64: .int(value)
        case let value as Double: .double(value)
        case let value as String: .string(value)
        case let value as Bool: .bool(value)
        case let value as [JSONValue]: .array(value)
        default: nil
        }
    }

    private static func json(_ timespan: Timespan) -> JSONValue {
        .array([.int(timespan.beginNanoseconds), .int(timespan.endNanoseconds)])
    }

    private static func timespan(_ value: JSONValue) -> Timespan? {
        guard let bounds = value.array, bounds.count == 2, let begin = bounds[0].int, let end = bounds[1].int else {
            return nil
        }
        return Timespan(beginNanoseconds: begin, endNanoseconds: end)
    }

    private static func mismatch(_ object: any Sendable, _ storageClass: StorageClass) -> ButlerError {
        ButlerError(
            .storageClass,
            "A \(kind(of: object)) cannot be stored as \"\(storageClass.name)\", which holds a "
                + "\(storageClass.pythonType).",
            remedy: remedy(storageClass)
        )
    }

    private static func kind(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "truth value"
        case .int, .double: "number"
        case .string: "text"
        case .array: "list"
        case .object: "mapping"
        }
    }

    private static func kind(of object: any Sendable) -> String {
        plain(object).map(kind) ?? "\(type(of: object))"
    }

    private static func remedy(_ storageClass: StorageClass) -> String {
        switch storageClass.pythonType {
        case "dict": "Put a JSONValue that is a mapping."
        case "list": "Put a JSONValue that is a list."
        case "int": "Put an Int."
        case timespanType: "Put a Timespan."
        default: "Put a JSONValue."
        }
    }
}
