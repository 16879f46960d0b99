internal import StewardCore

extension SkyMapConfiguration {
    /// The SHA-1 by which the reference tells sky maps apart, 20 bytes (`skymap: baseSkyMap.py, tractBuilder.py`).
    var hash: [UInt8] {
        var bytes = Array(layout.kind.className.utf8)
        switch patches {
        case .legacy(let width, let height, let border):
            for value in [width, height, border] { Self.append(value, to: &bytes) }
        case .cells(let cells):
            for value in [cells.width, cells.height, cells.border, cells.perPatch, cells.inBorder] {
                Self.append(value, to: &bytes)
            }
        }
        Self.append(tractOverlap, to: &bytes)
        Self.append(pixelScale, to: &bytes)
        bytes += projection.utf8
        Self.append(rotation, to: &bytes)
        appendLayout(to: &bytes)
        return Digest.of(bytes, .sha1)
    }

    private func appendLayout(to bytes: inout [UInt8]) {
        switch layout {
        case .rings(let count, let raStart):
            Self.append(count, to: &bytes)
            Self.append(raStart, to: &bytes)
        case .discrete(let tracts):
            for values in [tracts.map(\.ra), tracts.map(\.dec), tracts.map(\.radius)] {
                for value in values { Self.append(value, to: &bytes) }
            }
        case .dodecahedron(let onPoles):
            bytes.append(onPoles ? 1 : 0)
        case .equatorial(let count, let south, let north):
            Self.append(count, to: &bytes)
            Self.append(south, to: &bytes)
            Self.append(north, to: &bytes)
        case .healpix(let order, let isNested):
            Self.append(order, to: &bytes)
            bytes.append(isNested ? 1 : 0)
        }
    }

    private static func append(_ value: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: Int32(clamping: value).littleEndian) { bytes += $0 }
    }

    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
}
