public import FITS
internal import StewardCore

/// How a tract is cut into patches: whole numbers of patches of one size, numbered along x first.
public struct PatchGrid: Sendable, Hashable {
    /// Number of columns of patches.
    public let columns: Int
    /// Number of rows of patches.
    public let rows: Int
    /// Columns of pixels of a patch's inner part.
    public let patchWidth: Int
    /// Rows of pixels of a patch's inner part.
    public let patchHeight: Int
    /// Pixels by which patches overlap beyond their inner parts.
    public let border: Int
    /// The cells of patches, or nil if patches have none.
    public let cells: CellLayout?
    /// By how much the numbers of patches grow from row to row: the number of columns, or that of another tract, see
    /// ``PatchNumbering``.
    public private(set) var stride: Int
    /// Pixels beyond which no patch reaches, unless patches have cells.
    private var limit: PixelBox

    /// Whether the tract is the whole of what patches may cover; patches of cells go beyond its edges.
    var isClipped: Bool { cells == nil }

    /// The fewest patches that cover a number of pixels.
    ///
    /// - Parameters:
    ///   - layout: Size of the patches.
    ///   - width: Columns to cover.
    ///   - height: Rows to cover.
    /// - Throws: `ButlerError` of code `configuration` for more pixels than 32 bits count.
    init(_ layout: PatchLayout, covering width: Int, _ height: Int) throws {
        switch layout {
        case .legacy(let patchWidth, let patchHeight, let border):
            (self.patchWidth, self.patchHeight, self.border) = (patchWidth, patchHeight, border)
            cells = nil
        case .cells(let cells):
            patchWidth = cells.perPatch * cells.width
            patchHeight = cells.perPatch * cells.height
            border = cells.inBorder * cells.width + cells.border
            self.cells = cells
        }
        columns = (width + patchWidth - 1) / patchWidth
        rows = (height + patchHeight - 1) / patchHeight
        stride = columns
        limit = PixelBox(vouchedX: 0, y: 0, width: 0, height: 0)
        let greatest = Int(Int32.max) / 2
        let sides = [columns * patchWidth, rows * patchHeight, border]
        guard width > 0, height > 0, sides.allSatisfy({ $0 < greatest }) else {
            throw ButlerError(
                .configuration,
                "A tract of \(width) by \(height) pixels does not fit 32 bits.",
                remedy: "Give a larger pixelScale or smaller tracts."
            )
        }
        limit = box
    }

    /// The same patches with the numbers and the limit that another tract's builder gives them.
    func numbered(as other: PatchGrid) -> PatchGrid {
        var copy = self
        copy.stride = other.columns
        copy.limit = other.box
        return copy
    }

    /// Column and row of a patch by its number, or nil if there is none.
    func place(of number: Int) -> (x: Int, y: Int)? {
        let (x, y) = (number % stride, number / stride)
        return number >= 0 && x < columns && y < rows ? (x, y) : nil
    }

    /// Number of patches.
    public var count: Int { columns * rows }

    /// All pixels of the tract.
    public var box: PixelBox {
        PixelBox(vouchedX: 0, y: 0, width: columns * patchWidth, height: rows * patchHeight)
    }

    /// The patch at a place that exists.
    func patch(vouchedX x: Int, y: Int) -> Patch {
        let inner = PixelBox(vouchedX: x * patchWidth, y: y * patchHeight, width: patchWidth, height: patchHeight)
        let grown = inner.grown(by: border)
        return Patch(
            id: y * stride + x,
            x: x,
            y: y,
            innerBox: inner,
            outerBox: isClipped ? grown.clipped(to: limit) : grown,
            cellLayout: cells
        )
    }
}

extension PixelBox {
    /// The box with a number of pixels more on each side.
    func grown(by border: Int) -> PixelBox {
        PixelBox(vouchedX: xMin - border, y: yMin - border, width: width + 2 * border, height: height + 2 * border)
    }

    /// What the box has in common with another one.
    func clipped(to other: PixelBox) -> PixelBox {
        let (left, low) = (max(xMin, other.xMin), max(yMin, other.yMin))
        let (right, high) = (min(xMax, other.xMax), min(yMax, other.yMax))
        return PixelBox(vouchedX: left, y: low, width: max(0, right - left + 1), height: max(0, high - low + 1))
    }
}
