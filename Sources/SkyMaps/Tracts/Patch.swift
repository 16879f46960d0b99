public import FITS
internal import StewardCore

/// A part of a tract, in the tract's pixels.
public struct Patch: Sendable, Hashable {
    /// Number within the tract: rows of patches one after the other.
    public let id: Int
    /// Column of the patch.
    public let x: Int
    /// Row of the patch.
    public let y: Int
    /// Pixels that belong to no other patch.
    public let innerBox: PixelBox
    /// Pixels of the patch, with the border that it shares with others.
    public let outerBox: PixelBox
    /// The cells, or nil if there are none.
    public let cellLayout: CellLayout?

    /// Number of cells along x and along y, those in the border included; 0 if there are none.
    public var cellsPerSide: Int { cellLayout.map { $0.perPatch + 2 * $0.inBorder } ?? 0 }

    /// The cells in the order of their numbers.
    public var cells: LazyMapCollection<Range<Int>, Cell> {
        (0..<cellsPerSide * cellsPerSide).lazy.map { Cell(self, x: $0 % cellsPerSide, y: $0 / cellsPerSide) }
    }

    /// The cell at a place.
    ///
    /// - Parameters:
    ///   - x: Column of the cell.
    ///   - y: Row of the cell.
    /// - Returns: The cell.
    /// - Throws: `ButlerError` of code `invalidArgument` if there is none.
    public func cell(x: Int, y: Int) throws -> Cell {
        let range = 0..<cellsPerSide
        guard range.contains(x), range.contains(y) else {
            throw ButlerError(
                .invalidArgument,
                range.isEmpty
                    ? "Patch \(id) has no cells."
                    : "Patch \(id) has no cell (\(x), \(y)); both numbers must be below \(cellsPerSide)."
            )
        }
        return Cell(self, x: x, y: y)
    }

    /// A cell by its number.
    ///
    /// - Parameter id: Number of the cell.
    /// - Returns: The cell.
    /// - Throws: `ButlerError` of code `invalidArgument` if there is none.
    public func cell(_ id: Int) throws -> Cell {
        guard cellsPerSide > 0, id >= 0 else { return try cell(x: id, y: 0) }
        return try cell(x: id % cellsPerSide, y: id / cellsPerSide)
    }
}

/// A part of a patch, in the tract's pixels.
public struct Cell: Sendable, Hashable {
    /// Number within the patch: rows of cells one after the other.
    public let id: Int
    /// Column of the cell.
    public let x: Int
    /// Row of the cell.
    public let y: Int
    /// Pixels that belong to no other cell of the patch.
    public let innerBox: PixelBox
    /// Pixels of the cell with its border.
    public let outerBox: PixelBox

    init(_ patch: Patch, x: Int, y: Int) {
        let layout = patch.cellLayout ?? CellLayout()
        self.x = x
        self.y = y
        id = y * patch.cellsPerSide + x
        innerBox = PixelBox(
            vouchedX: patch.innerBox.xMin + (x - layout.inBorder) * layout.width,
            y: patch.innerBox.yMin + (y - layout.inBorder) * layout.height,
            width: layout.width,
            height: layout.height
        )
        outerBox = innerBox.grown(by: layout.border)
    }
}
