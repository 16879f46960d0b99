internal import Databases

/// Distinct keys of whole numbers and the order of their first appearance; open addressing.
struct KeyTable {
    /// How many numbers a key has.
    let width: Int
    /// How many distinct keys there are.
    private(set) var count = 0
    private var keys: [Int64] = []
    private var slots: [Int32] = Array(repeating: -1, count: 1024)

    /// Creates an empty table for keys of so many numbers.
    init(width: Int) {
        self.width = width
    }

    /// The code of a key, which is its place in the order of first appearance.
    mutating func code(_ key: [Int64]) -> Int {
        key.withUnsafeBufferPointer { code($0) }
    }

    /// The code of a key of two numbers.
    mutating func code(_ first: Int64, _ second: Int64) -> Int {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 2) { key in
            key.initializeElement(at: 0, to: first)
            key.initializeElement(at: 1, to: second)
            return code(UnsafeBufferPointer(key))
        }
    }

    private mutating func code(_ key: UnsafeBufferPointer<Int64>) -> Int {
        var slot = Self.hash(key) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = Int(slots[slot])
            if matches(code, key) { return code }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(truncatingIfNeeded: count)
        keys.append(contentsOf: key)
        count += 1
        if 2 * count > slots.count { grow() }
        return count - 1
    }

    private func matches(_ code: Int, _ key: UnsafeBufferPointer<Int64>) -> Bool {
        let start = code * width
        for offset in 0..<width where keys[start + offset] != key[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: 2 * slots.count)
        keys.withUnsafeBufferPointer { keys in
            for code in 0..<count {
                let start = code * width
                var slot = Self.hash(UnsafeBufferPointer(rebasing: keys[start..<(start + width)])) & (slots.count - 1)
                while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = Int32(truncatingIfNeeded: code)
            }
        }
    }

    @inline(__always)
    private static func hash(_ key: UnsafeBufferPointer<Int64>) -> Int {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for part in key {
            hash = (hash ^ UInt64(bitPattern: part)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF_FFFF_FFFF)
    }
}

extension ColumnPage {
    /// A code for each row, equal where the given columns of integers and labels are, and the first row of each code.
    func keyCodes(_ indices: [Int]) -> (codes: [Int32], firstRows: [Int]) {
        guard !indices.isEmpty else { return (Array(repeating: 0, count: rowCount), rowCount > 0 ? [0] : []) }
        var table = KeyTable(width: indices.count)
        var codes: [Int32] = []
        codes.reserveCapacity(rowCount)
        var firstRows: [Int] = []
        var key = [Int64](repeating: 0, count: indices.count)
        let parts = indices.map {
            columns[$0].kind == .label ? columns[$0].codes.map(Int64.init) : columns[$0].integers
        }
        for row in 0..<rowCount {
            for index in parts.indices { key[index] = parts[index][row] }
            let code = table.code(key)
            if code == firstRows.count { firstRows.append(row) }
            codes.append(Int32(truncatingIfNeeded: code))
        }
        return (codes, firstRows)
    }
}
