/// Writes the values of ``PickleValue`` as a pickle of protocol 4, without frames and memo.
struct PickleWriter {
    private(set) var bytes: [UInt8] = [0x80, 4]

    /// The pickle of a value.
    static func write(_ value: PickleValue) -> [UInt8] {
        var writer = PickleWriter()
        writer.append(value)
        return writer.bytes + [UInt8(ascii: ".")]
    }

    private mutating func append(_ value: PickleValue) {
        switch value {
        case .none: bytes.append(UInt8(ascii: "N"))
        case .bool(let value): bytes.append(value ? 0x88 : 0x89)
        case .int(let value):
            bytes.append(UInt8(ascii: "J"))
            append(UInt32(bitPattern: Int32(clamping: value)))
        case .real(let value):
            bytes.append(UInt8(ascii: "G"))
            withUnsafeBytes(of: value.bitPattern.bigEndian) { bytes += $0 }
        case .text(let text):
            bytes.append(UInt8(ascii: "X"))
            append(UInt32(clamping: text.utf8.count))
            bytes += text.utf8
        case .bytes(let content):
            bytes.append(UInt8(ascii: "B"))
            append(UInt32(clamping: content.count))
            bytes += content
        case .tuple(let items):
            bytes.append(UInt8(ascii: "("))
            items.forEach { append($0) }
            bytes.append(UInt8(ascii: "t"))
        case .dictionary(let items):
            bytes += "}(".utf8
            for (key, value) in items {
                append(.text(key))
                append(value)
            }
            bytes.append(UInt8(ascii: "u"))
        case .global(let module, let name):
            append(.text(module))
            append(.text(name))
            bytes.append(0x93)
        case .object(let type, let arguments, let state):
            append(type)
            append(arguments)
            // With a state an object is made bare (NEWOBJ) and then given it (BUILD), else by a call (REDUCE).
            bytes.append(state == nil ? UInt8(ascii: "R") : 0x81)
            guard let state else { return }
            append(state)
            bytes.append(UInt8(ascii: "b"))
        }
    }

    private mutating func append(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}
