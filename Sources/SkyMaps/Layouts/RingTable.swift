#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The tracts of a sky map of rings by number and by position (`skymap: ringsSkyMap.py`); angles in radians.
struct RingTable: Sendable {
    /// Height of a ring, and twice that of a polar cap.
    let height: Double
    /// How many tracts each ring has, from south to north.
    let counts: [Int]
    /// Number of tracts in the rings before each ring, and in all.
    let offsets: [Int]
    let raStart: Double
    /// Whether numbers are those of version 0, which is off by one at ``raStart``.
    let isVersion0: Bool

    init(count: Int, raStart: Double, isVersion0: Bool) {
        let height = Double.pi / Double(count + 1)
        self.height = height
        self.raStart = raStart
        self.isVersion0 = isVersion0
        counts = (0..<count).map { ring in
            let south = height * (Double(ring) + 0.5) - 0.5 * .pi
            let nearest = min(abs(south), abs(south + height))
            return Int(2 * .pi * cos(nearest) / height) + 1
        }
        offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// How many tracts there are, the polar caps included.
    var tractCount: Int { offsets[counts.count] + 2 }

    /// Where a tract stands.
    enum Place {
        case southCap
        case northCap
        case ring(Int, Int)
    }

    /// The place of a tract that exists.
    func place(of tract: Int) -> Place {
        if tract == 0 { return .southCap }
        if tract == tractCount - 1 { return .northCap }
        var (ring, number) = (0, tract - 1)
        while ring < counts.count - 1, isVersion0 ? number > counts[ring] : number >= counts[ring] {
            number -= counts[ring]
            ring += 1
        }
        return .ring(ring, number)
    }

    /// Right ascension and declination of a tract's centre.
    func center(of place: Place) -> (ra: Double, dec: Double) {
        switch place {
        case .southCap: return (0, -0.5 * .pi)
        case .northCap: return (0, 0.5 * .pi)
        case .ring(let ring, let number):
            let ra = wrapped(2 * .pi * Double(number) / Double(counts[ring]) + raStart)
            return (ra, height * Double(ring + 1) - 0.5 * .pi)
        }
    }

    /// The part of the sky that belongs to a tract.
    func bounds(of place: Place) -> (west: Double, east: Double, south: Double, north: Double) {
        let south = { (ring: Int) in -Double.pi / 2 + (Double(ring) + 0.5) * height }
        switch place {
        case .southCap: return (0, 2 * .pi, -.pi / 2, -.pi / 2 + 0.5 * height)
        case .northCap: return (0, 2 * .pi, south(counts.count), .pi / 2)
        case .ring(let ring, let number):
            let west = (Double(number) - 0.5) * 2 * .pi / Double(counts[ring])
            let east = (Double(number) + 0.5) * 2 * .pi / Double(counts[ring])
            let north = -Double.pi / 2 + (Double(ring) + 1.5) * height
            return (wrapped(raStart + west), wrapped(raStart + east), south(ring), north)
        }
    }

    /// The ring of a declination; -1 in the southern cap, the number of rings in the northern one.
    @inline(__always)
    func ring(ofDec dec: Double) -> Int {
        let first = height * 0.5 - 0.5 * .pi
        if dec < first { return -1 }
        if dec > -first { return counts.count }
        return Int((dec - first) / height)
    }

    /// The tract of a ring that holds a right ascension.
    @inline(__always)
    func number(ofRA ra: Double, ring: Int) -> Int {
        let count = counts[ring]
        let number = Int(wrapped(ra - raStart) / (2 * .pi / Double(count)) + 0.5)
        return number == count ? 0 : number
    }

    /// The number of a tract of a ring.
    @inline(__always)
    func tract(ring: Int, number: Int) -> Int {
        // Tracts of version 0 that begin a ring have the number after the ring's last.
        let shifted = isVersion0 && number == 0 && ring != 0 ? ring + 1 : ring
        return offsets[shifted] + number + 1
    }

    /// The tract whose part of the sky holds a position.
    @inline(__always)
    func tract(ra: Double, dec: Double) -> Int {
        let ring = ring(ofDec: dec)
        if ring < 0 { return 0 }
        if ring >= counts.count { return tractCount - 1 }
        return tract(ring: ring, number: number(ofRA: ra, ring: ring))
    }

    /// The angle from 0 to 2π, which is excluded.
    @inline(__always)
    private func wrapped(_ angle: Double) -> Double {
        if angle >= 0, angle < 2 * .pi { return angle }
        let remainder = fmod(angle, 2 * .pi)
        let positive = remainder < 0 ? remainder + 2 * .pi : remainder
        return positive < 2 * .pi ? positive : 0
    }
}
