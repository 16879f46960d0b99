import Datasets
import Dimensions
import StewardCore
import StewardTesting

/// Draws queries of every kind, in the form of golden cases: `call`, `args`, `defaults`, `fields`.
struct RandomQuery {
    let material: QueryMaterial
    var generator: SeededGenerator
    /// Elements whose fields the condition being drawn may name.
    var context: [DimensionElement] = []
    /// Dataset types whose fields it may name.
    var sources: [QueryMaterial.Source] = []
    /// Values bound to names in the condition being drawn.
    var binds: [JSONValue.Member] = []

    init(_ material: QueryMaterial, seed: UInt64) {
        self.material = material
        generator = SeededGenerator(seed: seed)
    }

    mutating func chance(_ percent: Int) -> Bool { number(0..<100) < percent }
    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func pick<Element>(_ list: [Element]) -> Element? { list.randomElement(using: &generator) }
    mutating func some<Element>(_ count: ClosedRange<Int>, of list: [Element]) -> [Element] {
        Array(list.shuffled(using: &generator).prefix(Int.random(in: count, using: &generator)))
    }

    /// A query.
    mutating func query() -> JSONValue {
        var members: [JSONValue.Member] = [.init("repository", .string(material.repository))]
        switch number(0..<100) {
        case 0..<18: members += dataIDs()
        case 18..<28: members += records()
        case 28..<50: members += datasets()
        case 50..<54: members += allDatasets()
        default: members += steps()
        }
        if let defaults = defaults() { members.append(.init("defaults", defaults)) }
        return .object(members)
    }

    private mutating func defaults() -> JSONValue? {
        var members: [JSONValue.Member] = []
        if chance(40), let value = pick(material.samples("instrument")) {
            members.append(.init("instrument", value.json))
        }
        if chance(25), let value = pick(material.samples("skymap")) { members.append(.init("skymap", value.json)) }
        if chance(8) {
            members.append(.init("collections", strings(some(1...2, of: material.collections))))
            if chance(30) { members.append(.init("infer", .bool(false))) }
        }
        return members.isEmpty ? nil : .object(members)
    }

    func strings(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }

    // MARK: Lists

    private mutating func dataIDs() -> [JSONValue.Member] {
        let chosen = dimensions()
        let group = enter(chosen)
        return list("data_ids", [.init("dimensions", strings(chosen))], total: group.required.map(\.name))
    }

    private mutating func records() -> [JSONValue.Member] {
        guard let element = pick(material.elements) else { return [] }
        let group = enter(element.required + element.implied)
        return list("records", [.init("element", .string(element.name))], total: group.required.map(\.name))
    }

    private mutating func datasets() -> [JSONValue.Member] {
        guard let source = pick(material.sources) else { return [] }
        let group = enter(source.type.dimensions.names, [source])
        let findFirst = chance(65)
        var args: [JSONValue.Member] = [.init("dataset_type", .string(source.type.name))]
        if chance(97) { args.append(.init("collections", path(source, globs: findFirst ? 3 : 20))) }
        if chance(90) || !findFirst { args.append(.init("find_first", .bool(findFirst))) }
        return list("datasets", args, total: findFirst ? group.required.map(\.name) : nil)
    }

    private mutating func allDatasets() -> [JSONValue.Member] {
        _ = enter(["instrument"])
        let names = some(1...2, of: material.sources.map(\.type.name) + ["*", "*i*", "?a*"])
        var args: [JSONValue.Member] = [
            .init("name", strings(names)), .init("collections", strings(some(1...3, of: material.collections))),
            .init("find_first", .bool(chance(60))),
        ]
        if chance(50), let value = pick(material.samples("instrument")) {
            args.append(.init("where", .string("instrument = \(value.text)")))
        }
        return [.init("call", "all_datasets"), .init("args", .object(args))]
    }

    /// A list method with everything that all of them take.
    ///
    /// - Parameters:
    ///   - call: Name of the method.
    ///   - args: Its own arguments.
    ///   - total: Names by which rows are in one order only; nil if there are none.
    /// - Returns: Members of the query.
    private mutating func list(
        _ call: String,
        _ args: [JSONValue.Member],
        total: [String]?
    ) -> [JSONValue.Member] {
        var args = args
        var result: [JSONValue.Member] = [.init("call", .string(call))]
        args += condition("where")
        let order = order(total)
        if !order.terms.isEmpty { args.append(.init("order_by", strings(order.terms))) }
        args.append(.init("limit", order.isTotal && chance(30) ? .int(Int64(number(-3..<8))) : .null))
        args.append(.init("explain", .bool(false)))
        if call != "records", chance(10) {
            args.append(.init("with_dimension_records", .bool(true)))
            result.append(.init("fields", strings(fields())))
        }
        return result + [.init("args", .object(args)), .init("ordered", .bool(order.isTotal))]
    }

    /// Names of fields of the records that come with rows.
    private mutating func fields() -> [String] {
        let elements = context.filter { $0.hasTable && !$0.isSkyPixel }
        return some(1...3, of: elements.flatMap { element in element.fields.map { "\(element.name).\($0.name)" } })
    }

    // MARK: Parts

    /// Makes the elements of dimensions the context of conditions.
    mutating func enter(_ names: [String], _ sources: [QueryMaterial.Source] = []) -> DimensionGroup {
        let group = (try? material.universe.group(names)) ?? material.universe.emptyGroup
        context = group.elements
        self.sources = sources
        return group
    }

    mutating func dimensions() -> [String] {
        var names = some(1...3, of: material.dimensions.map(\.name))
        if chance(4) { names.append(chance(80) ? "htm7" : "htm9") }
        return names
    }

    /// Collections to search, mostly such that can hold the type.
    mutating func path(_ source: QueryMaterial.Source, globs: Int) -> JSONValue {
        if chance(globs) {
            let name = pick(material.collections) ?? ""
            return strings([chance(30) ? "*" : "\(name.prefix(number(1..<5)))*"])
        }
        var names = some(1...3, of: source.holding)
        if names.isEmpty || chance(15) { names += some(1...2, of: material.collections) }
        if chance(2) { names.append("nosuch") }
        return strings(names)
    }

    /// An order, with whether it leaves no two rows equal.
    mutating func order(_ total: [String]?) -> (terms: [String], isTotal: Bool) {
        guard chance(45) else { return ([], false) }
        var terms: [String] = []
        if chance(40), let element = pick(context), let field = pick(element.fields) {
            terms.append("\(element.name).\(field.name)\(field.role == .timespan && chance(80) ? ".begin" : "")")
        }
        if chance(10), let source = pick(sources) { terms.append("\(source.type.name).run") }
        let isTotal = chance(80)
        if let total, isTotal { terms += total.shuffled(using: &generator) }
        return (terms.map { chance(50) ? "-\($0)" : $0 }, total != nil && isTotal)
    }

    /// An expression under a name, its binds, and values of dimensions.
    mutating func condition(_ name: String) -> [JSONValue.Member] {
        binds = []
        var parts: [String] = []
        var result: [JSONValue.Member] = []
        var dataID: [JSONValue.Member] = []
        for (governor, percent) in [("instrument", 75), ("skymap", 30)] {
            guard chance(percent), let value = pick(material.samples(governor)) else { continue }
            if chance(80) {
                parts.append("\(governor) = \(value.text)")
            } else {
                dataID.append(.init(governor, value.json))
            }
        }
        if chance(80) { parts.append(expression(pick([0, 1, 1, 2, 2, 2, 3]) ?? 1)) }
        if chance(14) { parts.append(space()) }
        if chance(12), let dimension = pick(context.filter(\.isDimension)), !dimension.isSkyPixel,
            let value = pick(material.samples(dimension.name))
        {
            dataID.append(.init(dimension.name, chance(95) ? value.json : .string("nothing")))
        }
        if !parts.isEmpty {
            let text = parts.shuffled(using: &generator).joined(separator: chance(95) ? " AND " : "\nand\t")
            result.append(.init(name, .string(text)))
        }
        if !binds.isEmpty { result.append(.init("bind", .object(binds))) }
        if !dataID.isEmpty { result.append(.init(chance(50) ? "kwargs" : "data_id", .object(dataID))) }
        return result
    }
}
