import FITS
import StewardTesting
import Testing

@Suite struct HeaderMemoryTests {
    private static let lines = [
        "SIMPLE  =                    T / conforms", "BITPIX  =                    8", "NAXIS   =                    0",
        "EXPTIME =                 30.0 / seconds", "OBJECT  = 'M 31    '           / what is seen",
        "LONG    = 'a text that goes on &'", "CONTINUE  'and on &'", "CONTINUE  'to its end' / with a comment",
        "HIERARCH ESO TEL TEMP = 12.5 / degrees", "COMMENT a remark", "HISTORY what was done", "CONTINUE  'of nothing'",
        "", "OBJECT  = 'again'", "VALUE   =", "DATE-OBS= '2025-12-01T01:02:03' / UTC", "SEQNUM  =                   17",
    ]
    private static let others = [
        "OBJECT  = 'M 33'", "SEQNUM  =                   18", "NEW     =                    T", "CONTINUE  ' more'",
        "LONG    = 'another &'", "COMMENT other", "HIERARCH ESO TEL TEMP = 13.5",
        "EXPTIME =                 15.0 / seconds",
        "TEXT    = 'ends &'",
    ]

    /// The lines with some replaced, left out, repeated or added.
    private func variant(_ generator: inout SeededGenerator) -> [String] {
        var lines = Self.lines
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 3..<lines.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: lines[place] = Self.others.randomElement(using: &generator) ?? ""
            case 1: lines.remove(at: place)
            case 2: lines.insert(lines[place], at: place)
            default: lines.insert(Self.others.randomElement(using: &generator) ?? "", at: place)
            }
        }
        return lines
    }

    @Test("headers read after similar ones are the same as headers read alone", arguments: 0..<20)
    func sameResults(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let memory = HeaderMemory()
        for number in 0..<40 {
            let path = try folder.write(headerBlocks(variant(&generator)), "\(number).fits")
            let alone = try #require(try FITSHeaderReader.read(path).first).header
            let after = try #require(try FITSHeaderReader.read(path, recalling: memory).first).header
            #expect(after == alone)
            #expect(after.source == path)
            for card in alone.cards {
                #expect(after.card(card.keyword) == alone.card(card.keyword), "\(card.keyword)")
                #expect(after.cards(card.keyword) == alone.cards(card.keyword))
            }
            #expect(["NEW", "TEXT", "SEQNUM"].allSatisfy { after.contains($0) == alone.contains($0) })
        }
    }

    @Test("a file that cannot be read leaves the memory in order")
    func failure() throws {
        let folder = try TemporaryFolder()
        let memory = HeaderMemory()
        let good = try folder.write(headerBlocks(Self.lines), "good.fits")
        let truncated = try folder.write(Array(headerBlocks(Self.lines).prefix(1000)), "truncated.fits")
        let header = try FITSHeaderReader.read(good, recalling: memory)[0].header
        #expect(throws: (any Error).self) { try FITSHeaderReader.read(truncated, recalling: memory) }
        #expect(try FITSHeaderReader.read(good, recalling: memory)[0].header == header)
    }
}
