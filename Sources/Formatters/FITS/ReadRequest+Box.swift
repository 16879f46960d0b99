internal import Datastores
internal import FITS
internal import StewardCore

extension ReadRequest {
    /// The names of the parameters that choose pixels.
    static let boxParameters: Set<String> = ["bbox", "origin"]

    /// The box asked for, in parent coordinates.
    ///
    /// - Parameter origin: Parent coordinates of the first pixel, asked for if the box is relative to it.
    /// - Returns: The box, or nil for all pixels.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for values of other kinds, and what `origin` throws.
    func box(origin: () throws -> PixelOrigin) throws -> FITS.PixelBox? {
        let isLocal = try isLocal
        guard let parameter = parameters["bbox"] else { return nil }
        guard case .box(let box) = parameter else {
            throw ButlerError(.invalidArgument, "The parameter \"bbox\" is not a box.")
        }
        let start = isLocal ? try origin() : .zero
        let (x, y) = (box.x.addingReportingOverflow(start.x), box.y.addingReportingOverflow(start.y))
        guard !x.overflow, !y.overflow else {
            throw ButlerError(.invalidArgument, "The box at (\(box.x), \(box.y)) is in no image.")
        }
        return try FITS.PixelBox(xMin: x.partialValue, yMin: y.partialValue, width: box.width, height: box.height)
    }

    private var isLocal: Bool {
        get throws {
            switch parameters["origin"] {
            case nil, .text("PARENT")?: return false
            case .text("LOCAL")?: return true
            case let other?:
                throw ButlerError(
                    .invalidArgument,
                    "The parameter \"origin\" has the value \(other).",
                    remedy: "Give PARENT or LOCAL."
                )
            }
        }
    }
}
