internal import Datasets
internal import StewardCore

/// What JSON values of storage classes with plain Python types look like.
enum JSONShape {
    /// Fails for a value that does not fit the Python type of a storage class.
    ///
    /// - Throws: `ButlerError` with `.storageClass`.
    static func check(_ value: JSONValue, _ storageClass: StorageClass) throws {
        guard let (fits, wanted) = shape(storageClass.pythonType), !fits(value) else { return }
        throw ButlerError(
            .storageClass,
            "A \(kind(value)) cannot be stored as \"\(storageClass.name)\", which holds a \(storageClass.pythonType).",
            remedy: "Give \(wanted)."
        )
    }

    private static func shape(_ pythonType: String) -> (fits: (JSONValue) -> Bool, wanted: String)? {
        switch pythonType {
        case "dict": ({ $0.members != nil }, "a mapping")
        case "list": ({ $0.array != nil }, "a list")
        case "int": ({ $0.int != nil }, "a whole number")
        case "float": ({ $0.double != nil }, "a number")
        case "str": ({ $0.string != nil }, "text")
        case "bool": ({ $0.bool != nil }, "true or false")
        case "lsst.daf.butler.Timespan":
            ({ $0.array?.count == 2 && $0.array?.allSatisfy { $0.int != nil } == true }, "two numbers of nanoseconds")
        default: nil
        }
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
}
