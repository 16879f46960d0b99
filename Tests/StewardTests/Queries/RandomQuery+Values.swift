import AstroTime
import Datasets
import Dimensions
import Queries
import StewardCore

extension RandomQuery {
    // MARK: Binds

    /// Binds a value to a new name; gives the name as written in the condition.
    mutating func bound(_ value: JSONValue, colon: Bool? = nil) -> String {
        let name = "b\(binds.count)"
        binds.append(.init(name, value))
        return (colon ?? chance(60)) ? ":\(name)" : name
    }

    /// Binds some values of a column as a list.
    mutating func boundList(_ column: SampleColumn) -> String {
        var items = some(1...4, of: column.values.map(\.json).filter { $0 != .null })
        if items.isEmpty || chance(10) {
            switch column.type {
            case .int: items.append(.int(Int64(number(0..<20))))
            case .string: items.append("nothing")
            default: items.append(.object(["$uuid": "00000000-0000-4000-8000-000000000000"]))
            }
        }
        if chance(5) { items = [] }
        return bound(chance(50) ? .array(items) : .object(["$set": .array(items)]))
    }

    // MARK: Time

    /// An instant, in any of the forms of literals.
    mutating func moment() -> SampleValue {
        let forms = [
            "T'2020-01-01T02:30:00/tai'", "T'2020-01-01 02:30:00'", "T'2020:001:02:30:00'", "T'58849.125'",
            "T'mjd/58849.0625/utc'", "T'jd/2458849.625'", "t'unix/1577846000.5'", "T'2021-09-09'", "T'+2020-01-01'",
            "T'2013-11-03 05:00:00/tt'", "T'cxcsec/701958102.184'",
        ]
        if let time = pick(material.times), chance(70) {
            let shift: Int64 = pick([0, 0, 1, -1, 3_600_000_000_000, -86_400_000_000_000]) ?? 0
            return SampleValue(TAI(nanoseconds: time.nanoseconds + shift))
        }
        let text = pick(forms) ?? "T'2020-01-01'"
        return SampleValue(text, .null)
    }

    private mutating func instant() -> String {
        let moment = moment()
        return moment.json != .null && chance(20) ? bound(moment.json) : moment.text
    }

    /// A span of time, maybe open, empty or bound.
    private mutating func span() -> String {
        let (a, b) = (moment(), moment())
        if chance(20), let first = a.json["$time"], let last = b.json["$time"], let x = first.string,
            let y = last.string,
            x < y
        {
            let pair: [JSONValue] = [chance(15) ? .null : first, chance(15) ? .null : last]
            return bound(.object(["$timespan": .array(pair)]))
        }
        return "(\(chance(15) ? "NULL" : a.text), \(chance(15) ? "null" : b.text))"
    }

    mutating func time(_ column: SampleColumn) -> String {
        switch number(0..<7) {
        case 0: return "\(column.text) OVERLAPS \(instant())"
        case 1: return "\(column.text) OVERLAPS \(span())"
        case 2: return "\(span()) overlaps \(column.text)"
        case 3: return "\(column.text) \(chance(50) ? "=" : "!=") NULL"
        case 4:
            let others = (context + material.elements).filter(\.isTemporal).map { "\($0.name).timespan" }
            return "\(column.text) OVERLAPS \(pick(others + sources.map { "\($0.type.name).timespan" }) ?? "timespan")"
        default:
            let bound = chance(50) ? "begin" : "end"
            return "\(column.text).\(bound) \(pick(["<", ">=", "=", ">"]) ?? "<") \(instant())"
        }
    }

    // MARK: Space

    /// A region, literal or bound, near a region of the repository.
    private mutating func region(_ ra: Double, _ dec: Double) -> String {
        let size = pick([0.05, 0.2, 0.5, 1.5]) ?? 0.2
        let (left, right) = (ra - size, ra + size)
        let (low, high) = (max(dec - size, -90), min(dec + size, 90))
        switch number(0..<10) {
        case 0, 1: return "POINT(\(ra), \(dec))"
        case 2: return "CIRCLE(\(ra), \(dec), \(size))"
        case 3: return "BOX(\(ra), \(dec), \(size), \(size / 2))"
        case 4: return "POLYGON(\(left), \(low), \(right), \(low), \(ra), \(high))"
        case 5: return "REGION('CIRCLE \(ra) \(dec) \(size)')"
        case 6: return "region('POLYGON \(left) \(low) \(right) \(low) \(right) \(high)')"
        case 7: return "REGION('RANGE \(max(left, 0)) \(min(right, 360)) \(low) \(high)')"
        case 8: return bound(.object(["$region": .string("CIRCLE \(ra) \(dec) \(size)")]))
        default: return bound(.object(["$point": .array([.double(ra), .double(dec)])]))
        }
    }

    /// A condition on regions.
    mutating func space() -> String {
        let spatial = (chance(85) ? context : material.elements).filter(\.isSpatial)
        guard let element = pick(spatial), let point = pick(material.points) else { return "1 = 1" }
        let column = "\(element.name).region"
        if chance(25), let other = pick(material.elements.filter(\.isSpatial)) {
            return "\(column) OVERLAPS \(chance(90) ? other.name : "htm7").region"
        }
        let region = region(point.0, point.1)
        let overlap = chance(70) ? "\(column) OVERLAPS \(region)" : "\(region) OVERLAPS \(column)"
        guard chance(4) else { return overlap }
        return chance(50) ? "NOT (\(overlap))" : "(\(overlap) OR \(element.required.last ?? "visit") = 1)"
    }
}
