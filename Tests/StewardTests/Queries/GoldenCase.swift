import Databases
import Datasets
import Dimensions
import Foundation
import Queries
import Registry
import StewardCore
import Testing

@testable import QueryExecution

/// One golden query case, run with the query engine.
struct GoldenCase: CustomTestStringConvertible, Sendable {
    let group: String
    let json: JSONValue

    var name: String { json["name"]?.string ?? "?" }
    var testDescription: String { "\(group): \(name)" }
    var call: String { json["call"]?.string ?? "?" }
    var args: JSONValue { json["args"] ?? .null }

    /// What came out.
    enum Outcome: Sendable {
        case rows([JSONValue])
        case value(JSONValue)
    }

    /// Runs the case.
    func run(_ engine: QueryEngine, on connection: any Connection) throws -> Outcome {
        let runner = CaseRunner(case: self, engine: engine, connection: connection)
        return try call == "query" ? runner.runSteps() : .rows(runner.runList())
    }
}

/// Turns the arguments of a case into a query.
struct CaseRunner {
    let `case`: GoldenCase
    let engine: QueryEngine
    let connection: any Connection

    private var universe: DimensionUniverse { engine.registry.universe }

    private func strings(_ json: JSONValue?) -> [String] {
        json?.string.map { [$0] } ?? (json?.array ?? []).compactMap(\.string)
    }

    private func type(_ name: String) throws -> DatasetType {
        let (parent, component) = DatasetType.split(name: name)
        let type = try engine.registry.datasetTypes.record(parent, on: connection).type
        return try component.map {
            try DatasetType(
                name: "\(name)",
                dimensions: type.dimensions,
                storageClass: $0,
                parentStorageClass: type.storageClass
            )
        } ?? type
    }

    /// Default governor values: given, or the only ones in the default collections.
    func defaults() throws -> [String: DimensionValue] {
        let given = `case`.json["defaults"]
        var values: [String: DimensionValue] = [:]
        for governor in universe.governors {
            if let value = given?[governor.name]?.string { values[governor.name] = .string(value) }
        }
        let names = strings(given?["collections"])
        guard !names.isEmpty, given?["infer"]?.bool != false else { return values }
        let records = try engine.registry.collections.resolve(CollectionExpression(names: names), on: connection)
        let summaries = try engine.registry.datasets.summaries(of: records, on: connection)
        for governor in universe.governors where values[governor.name] == nil {
            let found = summaries.values.reduce(into: Set<String>()) { $0.formUnion($1.governors[governor.name] ?? []) }
            if found.count == 1, let only = found.first { values[governor.name] = .string(only) }
        }
        return values
    }

    // MARK: Lists

    func runList() throws -> [JSONValue] {
        let args = `case`.args
        if `case`.call == "all_datasets" { return try runAllDatasets() }
        let tree = QueryTree(in: universe)
        var query: RowQuery
        switch `case`.call {
        case "data_ids", "legacy_data_ids": query = try tree.dataIDs(universe.group(strings(args["dimensions"])))
        case "records", "legacy_records":
            query = try tree.records(of: universe.element(args["element"]?.string ?? ""))
        default:
            let findFirst = args["find_first"]?.bool ?? true
            let collections = try self.collections(args["collections"], findFirst: findFirst)
            query = try tree.datasets(
                type(args["dataset_type"]?.string ?? ""),
                in: collections,
                findFirst: findFirst
            )
        }
        query = try constrained(query)
        if args["with_dimension_records"]?.bool == true { query = query.withRecords() }
        if args["check"]?.bool == false { query = query.withoutGovernorCheck() }
        let isLegacy = `case`.call.hasPrefix("legacy")
        let limit = args["limit"]?.int.map(Int.init) ?? (isLegacy ? nil : -20_000)
        let rows = try self.rows(query.limited(to: limit.map(abs)))
        if rows.isEmpty, !isLegacy, args["explain"]?.bool != false, limit != 0 {
            let reasons = try engine.emptyReasons(query.tree, defaults: defaults(), on: connection)
            throw EmptyResult(reasons: reasons)
        }
        return rows
    }

    /// An empty result whose reasons were asked for.
    struct EmptyResult: Error {
        let reasons: [String]
    }

    private func collections(_ json: JSONValue?, findFirst: Bool) throws -> [String] {
        let names = json == nil ? strings(`case`.json["defaults"]?["collections"]) : strings(json)
        guard json != nil || !names.isEmpty else { throw ButlerError(.missingCollection, "There are no defaults.") }
        let expression = CollectionExpression(names)
        guard !expression.isOrdered else { return names }
        guard !findFirst else {
            throw ButlerError(.invalidQuery, "Patterns have no order.")
        }
        return try engine.registry.collections.resolve(expression, flattening: true, on: connection).map(\.name)
    }

    private func constrained(_ query: RowQuery) throws -> RowQuery {
        let args = `case`.args
        var result = query
        if let text = args["where"]?.string {
            result = try result.filtered(by: text, binds: GoldenValues.binds(args["bind"]))
        }
        var dataID = try GoldenValues.dataID(args["data_id"])
        dataID.merge(try GoldenValues.dataID(args["kwargs"])) { $1 }
        result = try result.filtered(dataID: dataID)
        return try result.ordered(by: strings(args["order_by"]))
    }

    private func runAllDatasets() throws -> [JSONValue] {
        let args = `case`.args
        let names = args["name"] == nil ? ["*"] : strings(args["name"])
        let (types, missing) = try engine.registry.datasetTypes.resolve(names, on: connection)
        guard missing.isEmpty, !types.isEmpty else { throw ButlerError(.missingDatasetType, "\(missing)") }
        let findFirst = args["find_first"]?.bool ?? true
        let collections = try self.collections(args["collections"], findFirst: findFirst)
        let records = try engine.registry.collections.resolve(CollectionExpression(names: collections), on: connection)
        let summaries = try engine.registry.datasets.summaries(of: records, on: connection)
        var left = abs(args["limit"]?.int.map(Int.init) ?? -20_000)
        var rows: [JSONValue] = []
        for type in types.map(\.type) where left > 0 {
            let path = records.map(\.name).filter { summaries[$0]?.datasetTypes.contains(type.name) ?? false }
            guard !path.isEmpty else { continue }
            let query = try constrained(QueryTree(in: universe).datasets(type, in: path, findFirst: findFirst))
            let found = try self.rows(query.limited(to: left))
            left -= found.count
            rows += found
        }
        return rows
    }

    // MARK: Steps

    func runSteps() throws -> GoldenCase.Outcome {
        var tree = QueryTree(in: universe)
        var query: RowQuery?
        for step in `case`.args["steps"]?.array ?? [] {
            let items = step.array ?? []
            let name = items.first?.string ?? ""
            if let current = query {
                query = try apply(name, items, to: current)
            } else if let made = try result(name, items, of: tree) {
                query = made
            } else {
                tree = try apply(name, items, to: tree)
            }
        }
        let action = `case`.args["action"]?.array ?? ["rows"]
        return try act(action.first?.string ?? "rows", action.count > 1 ? action[1] : .null, try #require(query))
    }

    private func apply(_ name: String, _ items: [JSONValue], to tree: QueryTree) throws -> QueryTree {
        let argument = items.count > 1 ? items[1] : .null
        switch name {
        case "join_dimensions": return try tree.joining(universe.group(strings(argument)))
        case "join_dataset_search":
            return try tree.joining(DatasetSearch(type(argument.string ?? ""), in: strings(items[2])))
        case "where": return try tree.filtered(by: condition(argument, tree.context))
        case "join_data_coordinates":
            let dataIDs = try (argument.array ?? []).map { json in
                let values = try GoldenValues.dataID(json).compactMapValues(\.dimensionValue)
                return try DataCoordinate(values, for: universe.group(values.keys))
            }
            return tree.joining(try DataIDTable(dataIDs))
        case "materialize":
            return try engine.materialize(
                tree,
                argument["dimensions"].map { try universe.group(strings($0)) },
                datasetTypes: argument["datasets"].map(strings),
                defaults: defaults(),
                on: connection
            )
        default: throw ButlerError(.invalidArgument, "unknown step \(name)")
        }
    }

    private func condition(
        _ json: JSONValue,
        _ context: ([String: BindValue]) -> IdentifierContext
    ) throws -> QueryPredicate {
        var condition = QueryPredicate.true
        if let text = json["expr"]?.string {
            condition = try QueryPredicate(parsing: text, in: context(GoldenValues.binds(json["bind"])))
        }
        var dataID = try GoldenValues.dataID(json["data_id"])
        dataID.merge(try GoldenValues.dataID(json["kwargs"])) { $1 }
        return condition.and(try QueryPredicate(dataID: dataID, in: universe))
    }

    private func result(_ name: String, _ items: [JSONValue], of tree: QueryTree) throws -> RowQuery? {
        let argument = items.count > 1 ? items[1] : .null
        switch name {
        case "data_ids": return try tree.dataIDs(universe.group(strings(argument)))
        case "dimension_records": return try tree.records(of: universe.element(argument.string ?? ""))
        case "datasets":
            let type = try type(argument.string ?? "")
            let findFirst = items.count > 3 ? items[3]["find_first"]?.bool ?? true : true
            var collections = items.count > 2 && items[2] != .null ? strings(items[2]) : nil
            if collections == nil, tree.search(type.parentName) == nil {
                collections = try self.collections(nil, findFirst: true)
            }
            return try tree.datasets(type, in: collections, findFirst: findFirst)
        case "general":
            var fields: [String: Set<DatasetField>] = [:]
            for member in argument["dataset_fields"]?.members ?? [] {
                let names = member.value.array == nil ? ["run", "dataset_id"] : strings(member.value)
                fields[member.key] = Set(names.compactMap(DatasetField.init(rawValue:)))
            }
            return try tree.general(
                universe.group(strings(argument["dimensions"])),
                strings(argument["names"]),
                datasetFields: fields,
                findFirst: argument["find_first"]?.bool
            )
        default: return nil
        }
    }

    private func apply(_ name: String, _ items: [JSONValue], to query: RowQuery) throws -> RowQuery {
        let argument = items.count > 1 ? items[1] : .null
        switch name {
        case "order_by": return try query.ordered(by: strings(argument))
        case "limit": return query.limited(to: argument.int.map(Int.init))
        case "with_dimension_records": return query.withRecords()
        case "where":
            let condition = try condition(argument) { query.spec.context(in: universe, binds: $0) }
            return try query.filtered(by: condition)
        case "result_data_ids": return try query.tree.dataIDs(query.spec.dimensions(in: universe))
        default: throw ButlerError(.invalidArgument, "unknown step \(name)")
        }
    }

    private func act(_ action: String, _ options: JSONValue, _ query: RowQuery) throws -> GoldenCase.Outcome {
        let exact = options["exact"]?.bool ?? true
        switch action {
        case "count":
            let count = try engine.count(
                query.tree,
                query.spec,
                defaults: defaults(),
                exact: exact,
                discard: options["discard"]?.bool ?? false,
                on: connection
            )
            return .value(.int(Int64(count)))
        case "any":
            let execute = options["execute"]?.bool ?? true
            let defaults = try defaults()
            let found = try engine.any(query.tree, defaults: defaults, execute: execute, exact: exact, on: connection)
            return .value(.bool(found))
        case "explain":
            let reasons = try engine.emptyReasons(query.tree, defaults: defaults(), on: connection)
            return .value(.int(Int64(reasons.count)))
        default: return .rows(try rows(query))
        }
    }

    // MARK: Rows

    private func rows(_ query: RowQuery) throws -> [JSONValue] {
        let fields = `case`.json["fields"].map(strings)
        return try engine.pages(query, defaults: defaults(), on: connection).flatMap { page -> [JSONValue] in
            switch page {
            case .dataIDs(let rows):
                return rows.map {
                    query.spec.withRecords ? withRecords(GoldenValues.json($0), $0, fields) : GoldenValues.json($0)
                }
            case .datasets(let rows):
                return rows.map {
                    query.spec.withRecords
                        ? withRecords(GoldenValues.json($0), $0.dataID, fields) : GoldenValues.json($0)
                }
            case .records(let rows):
                return rows.map { record in
                    let names = fields ?? record.element.fields.map(\.name)
                    return .object(names.map { .init($0, record[$0].map(GoldenValues.json) ?? .null) })
                }
            case .general(let general):
                return general.rows.map { row in
                    .object(zip(general.columns, row).map { .init($0, GoldenValues.json($1)) })
                }
            }
        }
    }

    private func withRecords(_ row: JSONValue, _ dataID: DataCoordinate, _ fields: [String]?) -> JSONValue {
        let records = (fields ?? []).map { name -> JSONValue.Member in
            let parts = name.split(separator: ".").map(String.init)
            let record = universe.find(parts[0]).flatMap { dataID.records?[$0] }
            return .init(name, record?[parts[1]].map(GoldenValues.json) ?? .null)
        }
        return .object(["row": row, "records": .object(records)])
    }
}
