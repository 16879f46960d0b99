import Foundation
import StewardTesting
import Testing

extension Golden {
    /// Path of one image file.
    static func image(_ name: String) throws -> String {
        try #require(folder("images")).appending(path: name).path
    }

    /// All JSON files of an area that hold an object.
    static func expectations(_ area: String) throws -> [JSON] { try names(area).map { try expected(area, $0) } }

    /// A JSON file of an area, with `null` for NaN.
    static func expected(_ area: String, _ name: String) throws -> JSON {
        let url = try #require(folder(area)).appending(path: name)
        return JSON(try JSONSerialization.jsonObject(with: Data(contentsOf: url)))
    }
}

/// Files that are part of the package.
enum Fixture {
    /// Path of one image file.
    static func image(_ name: String) -> String {
        Golden.package.appending(path: "Tests/Fixtures/images").appending(path: name).path
    }
}

/// Expected values from a JSON file, with `null` for NaN.
struct JSON {
    let value: Any

    init(_ value: Any) {
        self.value = value
    }

    subscript(key: String) -> JSON {
        JSON((value as? [String: Any])?[key] ?? NSNull())
    }

    subscript(index: Int) -> JSON {
        let items = items
        return index < items.count ? items[index] : JSON(NSNull())
    }

    var exists: Bool { !(value is NSNull) }
    var keys: [String] { ((value as? [String: Any]) ?? [:]).keys.sorted() }
    var items: [JSON] { ((value as? [Any]) ?? []).map(JSON.init) }
    var string: String? { value as? String }
    var int: Int { (value as? NSNumber)?.intValue ?? .min }
    var double: Double { (value as? NSNumber)?.doubleValue ?? .nan }
    var bool: Bool? { (value as? NSNumber)?.boolValue }
}

/// Whether two numbers agree, NaN with NaN.
func agree(_ a: Double, _ b: Double, within tolerance: Double) -> Bool {
    a.isNaN && b.isNaN || abs(a - b) <= tolerance
}

/// Whether two positions in degrees agree, also across longitude 0 and at the poles.
func agree(_ a: SIMD2<Double>, _ b: SIMD2<Double>, degrees: Double) -> Bool {
    let turn = (a[0] - b[0]).remainder(dividingBy: 360) * cos(b[1] * .pi / 180)
    return abs(turn) <= degrees && abs(a[1] - b[1]) <= degrees
}
