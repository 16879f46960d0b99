internal import Foundation
internal import StewardCore

/// What is wrong with a call of a function.
struct WhereCallProblem: Error {
    let message: String
}

extension WhereNode.Content {
    /// The meaning of a call, with number and form of the arguments checked.
    init(calling name: String, with arguments: [WhereNode]) throws(WhereCallProblem) {
        let upper = name.uppercased()
        if upper == "UUID" {
            self = .uuid(try Self.uuid(arguments))
            return
        }
        guard let function = WhereFunction(rawValue: upper) else {
            let known = WhereFunction.allCases.map(\.rawValue) + ["UUID"]
            let near = Candidates.nearest(to: upper, in: known).first.map { " Did you mean \($0)?" } ?? ""
            throw WhereCallProblem(
                message: "there is no function \"\(name)\".\(near) There are \(known.joined(separator: ", "))."
            )
        }
        try function.check(arguments)
        self = .call(function, arguments)
    }

    private static func uuid(_ arguments: [WhereNode]) throws(WhereCallProblem) -> UUID {
        guard arguments.count == 1, case .text(let text) = arguments[0].content else {
            throw WhereCallProblem(message: "UUID takes one text in quotes: UUID('…').")
        }
        guard let value = UUID(hexadecimal: text.filter { $0 != "-" }) else {
            throw WhereCallProblem(message: "UUID('\(text)') is not an identifier of 32 hexadecimal digits.")
        }
        return value
    }
}

extension WhereFunction {
    /// How the function is called.
    var form: String {
        switch self {
        case .point: "POINT(ra, dec)"
        case .circle: "CIRCLE(ra, dec, radius)"
        case .box: "BOX(ra, dec, width, height)"
        case .polygon: "POLYGON(ra1, dec1, ra2, dec2, ra3, dec3, …)"
        case .region: "REGION('CIRCLE ra dec radius')"
        case .glob: "GLOB(column, 'pattern')"
        }
    }

    fileprivate func check(_ arguments: [WhereNode]) throws(WhereCallProblem) {
        let count = arguments.count
        let fits =
            switch self {
            case .point, .glob: count == 2
            case .circle: count == 3
            case .box: count == 4
            case .polygon: count >= 6 && count.isMultiple(of: 2)
            case .region: count == 1
            }
        guard fits else {
            throw WhereCallProblem(message: "\(rawValue) cannot take \(count) arguments; write \(form).")
        }
        switch self {
        case .point: break
        case .circle, .box, .polygon:
            guard arguments.allSatisfy(\.mayBeNumber) else {
                throw WhereCallProblem(message: "the arguments of \(rawValue) must be numbers or binds; write \(form).")
            }
        case .region:
            guard arguments[0].mayBeText else {
                throw WhereCallProblem(message: "REGION takes a text in quotes or a bind; write \(form).")
            }
        case .glob: try checkGlob(arguments)
        }
    }

    private func checkGlob(_ arguments: [WhereNode]) throws(WhereCallProblem) {
        guard case .identifier = arguments[0].content else {
            throw WhereCallProblem(message: "the first argument of GLOB must be a column; write \(form).")
        }
        switch arguments[1].content {
        case .text, .bind: break
        default:
            throw WhereCallProblem(message: "the pattern of GLOB must be a text in quotes or a :bind; write \(form).")
        }
    }
}

extension WhereNode {
    fileprivate var mayBeNumber: Bool {
        guard !isParenthesized else { return false }
        switch content {
        case .integer, .real, .bind, .identifier, .sign, .arithmetic, .comparison, .all, .any, .not: return true
        default: return false
        }
    }

    fileprivate var mayBeText: Bool {
        guard !isParenthesized else { return false }
        switch content {
        case .text, .bind, .identifier: return true
        default: return false
        }
    }
}
