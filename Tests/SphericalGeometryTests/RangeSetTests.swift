import SphericalGeometry
import Testing

/// Sets of ranges against sets of integers.
@Suite struct RangeSetTests {
    @Test("union, intersection, difference and complement agree with sets of integers")
    func algebra() {
        var sky = RandomSky(seed: 7)
        for _ in 0..<500 {
            let a = Set((0..<Int.random(in: 0...30, using: &sky)).map { _ in UInt64.random(in: 0..<40, using: &sky) })
            let b = Set((0..<Int.random(in: 0...30, using: &sky)).map { _ in UInt64.random(in: 0..<40, using: &sky) })
            let (x, y) = (RangeSet(members: a), RangeSet(members: b))
            #expect(Array(x.members) == a.sorted())
            #expect(x.memberCount == UInt64(a.count))
            #expect(x.union(y) == RangeSet(members: a.union(b)))
            #expect(x.intersection(y) == RangeSet(members: a.intersection(b)))
            #expect(x.difference(y) == RangeSet(members: a.subtracting(b)))
            #expect(x.intersects(y) == !a.isDisjoint(with: b))
            #expect(x.isSuperset(of: y) == a.isSuperset(of: b))
            #expect(x.complement.complement == x)
            #expect(x.intersection(x.complement).isEmpty)
            #expect(x.union(x.complement) == .all)
            #expect((0..<41).allSatisfy { x.contains($0) == a.contains($0) })
        }
    }

    @Test("ranges that overlap or touch become one")
    func normalForm() {
        let set = RangeSet(ranges: [10..<20, 0..<5, 5..<7, 15..<30, 40..<40])
        #expect(set.map { [$0.lowerBound, $0.upperBound] } == [[0, 7], [10, 30]])
        #expect(set.contains(10...29))
        #expect(!set.contains(6...10))
        #expect(RangeSet(3..<3).isEmpty)
    }

    @Test("the largest integer can be a member")
    func largestInteger() {
        let top = RangeSet((UInt64.max - 1)...UInt64.max)
        #expect(top.first?.upperBound == 0)
        #expect(top.contains(.max))
        #expect(top.complement == RangeSet(0..<(UInt64.max - 1)))
        #expect(RangeSet().complement == .all)
        #expect(RangeSet.all.complement.isEmpty)
        #expect(RangeSet.all.memberCount == nil)
        #expect(top.union(RangeSet(0..<(UInt64.max - 1))) == .all)
    }

    @Test("scaling multiplies bounds and cuts what exceeds 64 bits")
    func scaling() {
        let set = RangeSet(ranges: [1..<3, 5..<6])
        #expect(set.scaled(by: 4) == RangeSet(ranges: [4..<12, 20..<24]))
        #expect(set.scaled(by: 1) == set)
        #expect(set.scaled(by: 0).isEmpty)
        #expect(RangeSet(UInt64.max / 2..<UInt64.max).scaled(by: 2).last?.last == .max)
        #expect(RangeSet(UInt64.max - 5..<UInt64.max).scaled(by: 4).isEmpty)
        #expect(RangeSet.all.scaled(by: 3) == .all)
    }
}
