internal import AstroTime
internal import Databases
internal import Dimensions
internal import Foundation
internal import Queries
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// Writes expressions and conditions in SQL.
struct ExpressionCompiler {
    let dialect: SQLDialect
    let format: RegistryFormat
    /// How each column is written.
    let column: (ColumnReference) throws -> ColumnSQL

    /// A value other than a timespan.
    func scalar(_ expression: ColumnExpression) throws -> SQL {
        switch expression {
        case .literal(let value): return try literal(value)
        case .column(let reference):
            guard case .scalar(let sql) = try column(reference) else { throw Self.notScalar(expression) }
            return sql
        case .negated(let operand): return "(-\(try scalar(operand)))"
        case .begin(let operand): return bound(try timespan(operand), isBegin: true)
        case .end(let operand): return bound(try timespan(operand), isBegin: false)
        case .arithmetic(let left, let operation, let right):
            return arithmetic(try scalar(left), operation, try scalar(right), type: expression.type)
        }
    }

    /// A timespan, from a column or a constant.
    func timespan(_ expression: ColumnExpression) throws -> ColumnSQL {
        switch expression {
        case .column(let reference):
            let sql = try column(reference)
            if case .scalar = sql { throw Self.notScalar(expression) }
            return sql
        case .literal(.timespan(let value)): return timespan(value)
        default: throw Self.notScalar(expression)
        }
    }

    /// A constant timespan.
    func timespan(_ value: Timespan) -> ColumnSQL {
        switch dialect.timespanStorage {
        case .columns: return .bounds(begin: "\(value.beginNanoseconds)", end: "\(value.endNanoseconds)")
        case .range:
            let begin = value.begin.map { String($0.nanoseconds) } ?? ""
            let end = value.end.map { String($0.nanoseconds) } ?? ""
            let text = value.isEmpty ? "empty" : "\(begin.isEmpty ? "(" : "[")\(begin),\(end))"
            return .range("CAST(\(text) AS INT8RANGE)")
        }
    }

    /// A constant.
    private func literal(_ value: LiteralValue) throws -> SQL {
        switch value {
        case .int(let value): "\(value)"
        case .real(let value): "\(value)"
        case .string(let value): "\(value)"
        case .hash(let value): "\(Data(value).base64EncodedString())"
        case .uuid(let value): "\(value)"
        case .time(let value): "\(value.nanoseconds)"
        case .region(let value): "\(value.base64)"
        case .timespan: throw Self.notScalar(.literal(value))
        }
    }

    /// A bound of a timespan; 0 where there is none.
    private func bound(_ timespan: ColumnSQL, isBegin: Bool) -> SQL {
        switch timespan {
        case .bounds(let begin, let end): "COALESCE(\(isBegin ? begin : end), 0)"
        case .range(let range): isBegin ? "COALESCE(lower(\(range)), 0)" : "COALESCE(upper(\(range)), 0)"
        case .scalar(let sql): sql
        }
    }

    /// Whole numbers are divided exactly, as real ones.
    private func arithmetic(
        _ left: SQL,
        _ operation: ArithmeticOperator,
        _ right: SQL,
        type: ExpressionType
    ) -> SQL {
        switch operation {
        case .plus: "(\(left) + \(right))"
        case .minus: "(\(left) - \(right))"
        case .times: "(\(left) * \(right))"
        case .divided: type == .int ? "(\(left) * 1.0 / \(right))" : "(\(left) / \(right))"
        case .modulo: "(\(left) % \(right))"
        }
    }

    /// An instant in the form of the column that holds when datasets were registered.
    func ingestDate(_ expression: ColumnExpression) throws -> SQL {
        guard expression.type == .datetime, format.ingestDates == .timestamps else { return try scalar(expression) }
        guard case .time(let time)? = expression.literal else {
            throw ButlerError(
                .invalidQuery,
                "In this repository the ingest date can be compared with constant times only, not with \(expression)."
            )
        }
        return "\(time.iso(decimals: 6, scale: .utc))"
    }

    private static func notScalar(_ expression: ColumnExpression) -> ButlerError {
        ButlerError(.invalidQuery, "\(expression) of type \(expression.type) cannot be used here.")
    }
}
