internal import StewardCore

/// Reads the part of Python's pickle format (protocols 2 to 5) that sky maps need.
///
/// Nothing is executed: globals stay names, and what they would make stays a description. Any other opcode is an error.
/// Opcodes are those of Python's `pickletools` documentation.
struct PickleReader {
    private let bytes: [UInt8]
    private var position = 0
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    /// More steps than any sky map needs; bounds nesting, too.
    private static let greatestCount = 1000

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value of a pickle.
    ///
    /// - Parameter bytes: The file's content.
    /// - Returns: The value.
    /// - Throws: `ButlerError` of code `corruptFile` naming the byte that is not understood.
    static func read(_ bytes: [UInt8]) throws -> PickleValue {
        var reader = PickleReader(bytes)
        for _ in 0..<greatestCount {
            let opcode = try reader.byte()
            if opcode == UInt8(ascii: ".") { return try reader.pop() }
            try reader.run(opcode)
        }
        throw reader.wrong("has too many steps")
    }

    private mutating func run(_ opcode: UInt8) throws {
        switch opcode {
        case 0x80:  // PROTO
            let version = try byte()
            guard (2...5).contains(version) else { throw wrong("has the protocol \(version), not 2 to 5") }
        case 0x95: _ = try take(8)  // FRAME
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))  // NEWTRUE
        case 0x89: stack.append(.bool(false))  // NEWFALSE
        case UInt8(ascii: "K"): stack.append(.int(try count(1)))  // BININT1
        case UInt8(ascii: "M"): stack.append(.int(try count(2)))  // BININT2
        case UInt8(ascii: "J"): stack.append(.int(Int(Int32(truncatingIfNeeded: try count(4)))))  // BININT
        case UInt8(ascii: "G"): stack.append(.real(try real()))  // BINFLOAT
        case 0x8C: try text(try count(1))  // SHORT_BINUNICODE
        case UInt8(ascii: "X"): try text(try count(4))  // BINUNICODE
        case UInt8(ascii: "C"): stack.append(.bytes(try take(count(1))))  // SHORT_BINBYTES
        case UInt8(ascii: "B"): stack.append(.bytes(try take(count(4))))  // BINBYTES
        case 0x94: try memorize(memo.count)  // MEMOIZE
        case UInt8(ascii: "q"): try memorize(count(1))  // BINPUT
        case UInt8(ascii: "r"): try memorize(count(4))  // LONG_BINPUT
        case UInt8(ascii: "h"): try recall(count(1))  // BINGET
        case UInt8(ascii: "j"): try recall(count(4))  // LONG_BINGET
        default: try build(opcode)
        }
    }

    /// Opcodes that make values of those on the stack.
    private mutating func build(_ opcode: UInt8) throws {
        switch opcode {
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: ")"): stack.append(.tuple([]))
        case UInt8(ascii: "t"): stack.append(.tuple(try popToMark()))
        case 0x85...0x87:  // TUPLE1 to TUPLE3
            var items: [PickleValue] = []
            for _ in 0..<Int(opcode) - 0x84 { items.insert(try pop(), at: 0) }
            stack.append(.tuple(items))
        case UInt8(ascii: "}"): stack.append(.dictionary([:]))
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try setItems([pop(), value])
        case UInt8(ascii: "c"): stack.append(.global(module: try line(), name: try line()))
        case 0x93:  // STACK_GLOBAL
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw wrong("names a class by something else than text")
            }
            stack.append(.global(module: module, name: name))
        case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
            let arguments = try pop()
            stack.append(.object(try pop(), arguments: arguments, state: nil))
        case UInt8(ascii: "b"):  // BUILD
            let state = try pop()
            guard case .object(let type, let arguments, nil) = try pop() else {
                throw wrong("has a state of no object")
            }
            stack.append(.object(type, arguments: arguments, state: state))
        default: throw wrong("has the opcode \(opcode), which no sky map needs")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws {
        guard case .dictionary(var dictionary) = try pop(), items.count % 2 == 0 else {
            throw wrong("has items of no dictionary")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            guard case .text(let key) = items[index] else { throw wrong("has a key that is no text") }
            dictionary[key] = items[index + 1]
        }
        stack.append(.dictionary(dictionary))
    }

    private mutating func memorize(_ key: Int) throws {
        guard let top = stack.last else { throw wrong("keeps what is not there") }
        memo[key] = top
    }

    private mutating func recall(_ key: Int) throws {
        guard let value = memo[key] else { throw wrong("recalls what it did not keep") }
        stack.append(value)
    }

    private mutating func text(_ count: Int) throws {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw wrong("has text that is no UTF-8")
        }
        stack.append(.text(text))
    }

    // MARK: Bytes and stack

    private mutating func pop() throws -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
            throw wrong("takes more than there is")
        }
        return value
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw wrong("lacks a mark") }
        let items = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return items
    }

    private mutating func byte() throws -> UInt8 { try take(1)[0] }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= bytes.count - position else { throw wrong("ends too early") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A whole number of some bytes, the least significant first.
    private mutating func count(_ size: Int) throws -> Int {
        try take(size).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func real() throws -> Double {
        Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private mutating func line() throws -> String {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw wrong("ends too early") }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private func wrong(_ reason: String) -> ButlerError {
        ButlerError(
            .corruptFile,
            "The pickle is not that of a sky map: it \(reason).",
            context: [.init("byte", String(position))]
        )
    }
}
