import Datasets
import Dimensions
import StewardCore

extension RandomQuery {
    /// A query object that is changed step by step, and what is asked of it.
    mutating func steps() -> [JSONValue.Member] {
        var steps: [JSONValue] = []
        var names: [String] = []
        var joined: [QueryMaterial.Source] = []
        if chance(50) {
            names += dimensions()
            steps.append(.array(["join_dimensions", strings(names)]))
        }
        for source in some(0...(chance(30) ? 2 : 1), of: material.sources.filter { !$0.holding.isEmpty }) {
            steps.append(.array(["join_dataset_search", .string(source.type.name), path(source, globs: 0)]))
            joined.append(source)
            names += source.type.dimensions.names
        }
        if chance(20) { names += upload(&steps) }
        if chance(60) {
            _ = enter(names, joined)
            steps.append(.array(["where", .object(condition("expr"))]))
        }
        if chance(6), !names.isEmpty { materialize(&steps, names, joined) }
        let total = result(&steps, names, joined)
        return finish(&steps, total)
    }

    /// Fetches the rows so far, with all or some of their dimensions and searches.
    private mutating func materialize(
        _ steps: inout [JSONValue],
        _ names: [String],
        _ joined: [QueryMaterial.Source]
    ) {
        var options: [JSONValue.Member] = []
        if chance(30) { options.append(.init("dimensions", strings(some(1...4, of: names)))) }
        if chance(40) { options.append(.init("datasets", strings(some(0...1, of: joined.map(\.type.name))))) }
        steps.append(.array(options.isEmpty ? ["materialize"] : ["materialize", .object(options)]))
    }

    /// Joins a table of data IDs; gives its dimensions.
    private mutating func upload(_ steps: inout [JSONValue]) -> [String] {
        guard let element = pick(material.elements) else { return [] }
        var rows = some(1...6, of: material.dataIDs[element.name] ?? [])
        if chance(15), let last = rows.last?.members?.last, last.value.int != nil, let members = rows.last?.members {
            rows.append(.object(members.dropLast() + [.init(last.key, .int(987_654))]))
        }
        guard !rows.isEmpty else { return [] }
        steps.append(.array(["join_data_coordinates", .array(rows)]))
        return element.required
    }

    /// Chooses what rows show; gives the names that order them completely, if any do.
    private mutating func result(
        _ steps: inout [JSONValue],
        _ names: [String],
        _ joined: [QueryMaterial.Source]
    ) -> [String]? {
        switch number(0..<10) {
        case 0..<3:
            let shown = names.isEmpty || chance(20) ? dimensions() : some(1...3, of: names)
            steps.append(.array(["data_ids", strings(shown)]))
            return enter(shown).required.map(\.name)
        case 3..<5:
            let fitting = material.elements.filter { names.contains($0.name) }
            guard let element = pick(fitting.isEmpty || chance(20) ? material.elements : fitting) else { return nil }
            steps.append(.array(["dimension_records", .string(element.name)]))
            return enter(element.required + element.implied).required.map(\.name)
        case 5..<7:
            guard let source = pick(joined.isEmpty || chance(30) ? material.sources : joined) else { return nil }
            let isJoined = joined.contains { $0.type.name == source.type.name }
            let findFirst = chance(60)
            steps.append(
                .array([
                    "datasets", .string(source.type.name), isJoined ? .null : path(source, globs: 0),
                    .object(["find_first": .bool(findFirst)]),
                ])
            )
            let group = enter(source.type.dimensions.names, [source])
            return findFirst ? group.required.map(\.name) : nil
        default: return general(&steps, names, joined)
        }
    }

    /// Chooses columns.
    private mutating func general(
        _ steps: inout [JSONValue],
        _ names: [String],
        _ joined: [QueryMaterial.Source]
    ) -> [String]? {
        let shown = names.isEmpty ? dimensions() : some(1...3, of: names)
        let source = chance(85) ? pick(joined) : nil
        let group = enter(shown + (source?.type.dimensions.names ?? []), source.map { [$0] } ?? [])
        var args: [JSONValue.Member] = [.init("dimensions", strings(shown))]
        let own = ((try? material.universe.group(shown)) ?? material.universe.emptyGroup).elements
        let columns = own.filter { !$0.isSkyPixel }.flatMap { element in
            element.fields.map { "\(element.name).\($0.name)" }
        }
        if chance(60) { args.append(.init("names", strings(some(1...3, of: columns)))) }
        if let source {
            let fields = some(1...3, of: ["dataset_id", "run", "collection", "timespan", "ingest_date"])
            let shownFields = chance(10) ? JSONValue.string("...") : strings(fields)
            args.append(.init("dataset_fields", .object([source.type.name: shownFields])))
            if chance(97) { args.append(.init("find_first", .bool(chance(50) && !fields.contains("timespan")))) }
        }
        steps.append(.array(["general", .object(args)]))
        return source == nil ? group.required.map(\.name) : nil
    }

    /// Changes the result, and asks something of it.
    private mutating func finish(_ steps: inout [JSONValue], _ total: [String]?) -> [JSONValue.Member] {
        if chance(55) { steps.append(.array(["where", .object(condition("expr"))])) }
        if chance(5) { steps.append(.array(["where", .object(condition("expr"))])) }
        var members: [JSONValue.Member] = [.init("call", "query")]
        var args: [JSONValue.Member] = []
        switch number(0..<20) {
        case 0..<3:
            let options: [JSONValue] = [.object([]), .object(["discard": true]), .object(["exact": false])]
            args.append(.init("action", .array(["count", pick(options) ?? .null])))
        case 3: args.append(.init("action", .array(["explain"])))
        case 4..<6:
            let options: [JSONValue] = [.object([]), .object(["exact": false])]
            args.append(.init("action", .array(["any", pick(options) ?? .null])))
        default:
            let order = order(total)
            if !order.terms.isEmpty { steps.append(.array(["order_by", strings(order.terms)])) }
            if order.isTotal, chance(30) { steps.append(.array(["limit", .int(Int64(number(0..<8)))])) }
            members.append(.init("ordered", .bool(order.isTotal)))
        }
        args.append(.init("steps", .array(steps)))
        return members + [.init("args", .object(args))]
    }
}
