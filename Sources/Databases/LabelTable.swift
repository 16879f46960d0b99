internal import Foundation

/// Distinct texts and their codes, found by their bytes without making a string for each row.
struct LabelTable: Sendable {
    private(set) var labels: [String] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Open addressing: one plus the code of a label, or zero; the count is a power of two.
    private var slots: [Int32] = Array(repeating: 0, count: 16)
    private var last: Int32 = -1

    /// The code of a text; new texts get the next code.
    mutating func code(_ utf8: UnsafeBufferPointer<UInt8>) -> Int32 {
        if last >= 0, equals(last, utf8) { return last }
        var slot = Self.hash(utf8) & (slots.count - 1)
        while slots[slot] != 0 {
            let candidate = slots[slot] - 1
            if equals(candidate, utf8) {
                last = candidate
                return candidate
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return add(utf8, at: slot)
    }

    private mutating func add(_ utf8: UnsafeBufferPointer<UInt8>, at slot: Int) -> Int32 {
        last = Int32(truncatingIfNeeded: labels.count)
        slots[slot] = last + 1
        labels.append(String(decoding: utf8, as: UTF8.self))
        bytes.append(contentsOf: utf8)
        ends.append(bytes.count)
        if 2 * labels.count > slots.count {
            grow()
        }
        return last
    }

    private mutating func grow() {
        var larger = [Int32](repeating: 0, count: 2 * slots.count)
        bytes.withUnsafeBufferPointer { all in
            for code in labels.indices {
                let text = UnsafeBufferPointer(rebasing: all[(code == 0 ? 0 : ends[code - 1])..<ends[code]])
                var slot = Self.hash(text) & (larger.count - 1)
                while larger[slot] != 0 {
                    slot = (slot + 1) & (larger.count - 1)
                }
                larger[slot] = Int32(truncatingIfNeeded: code) + 1
            }
        }
        slots = larger
    }

    private func equals(_ code: Int32, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let index = Int(code)
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == utf8.count else { return false }
        guard let given = utf8.baseAddress, !utf8.isEmpty else { return true }
        return bytes.withUnsafeBufferPointer { all in
            guard let known = all.baseAddress else { return false }
            return memcmp(known + start, given, utf8.count) == 0
        }
    }

    /// Mixes eight bytes at a time by multiplication, then folds so that the low bits depend on all of the text.
    private static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        let text = UnsafeRawBufferPointer(utf8)
        var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9e37_79b9_7f4a_7c15
        var offset = 0
        while offset + 8 <= text.count {
            hash = mixed(hash, text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < text.count {
            rest = rest << 8 | UInt64(text[offset])
            offset += 1
        }
        return Int(truncatingIfNeeded: mixed(hash, rest) >> 20)
    }

    private static func mixed(_ hash: UInt64, _ bytes: UInt64) -> UInt64 {
        let product = (hash ^ bytes) &* 0x9e37_79b9_7f4a_7c15
        return product ^ product >> 29
    }
}
