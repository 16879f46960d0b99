internal import Datastores
internal import Foundation
internal import Formatters
internal import StewardCore

/// Brings an object that was read from a repository to a file or to standard output.
struct DatasetPrinter {
    let object: any Sendable
    let name: String

    /// Writes the object.
    ///
    /// - Parameter output: Path of a file, whose suffix chooses the form, or `-` for standard output.
    /// - Throws: ``ButlerError`` with `.formatter` when the object has no such form, `.fileAccess`, `.diskFull`.
    func write(to output: String) throws {
        if output == "-" {
            guard let text = DatasetExport.text(of: object) else {
                throw ButlerError(
                    .formatter,
                    "\"\(name)\" (\(type(of: object))) cannot be printed as text.",
                    remedy: "Write it to a file with --output, or get a component such as \(name).metadata."
                )
            }
            return Console.write(text.hasSuffix("\n") ? text : text + "\n")
        }
        guard output.hasSuffix(".png") else { return try DatasetExport.write(object, to: output) }
        guard let image = DatasetExport.pixels(of: object) else {
            throw ButlerError(.formatter, "\"\(name)\" (\(type(of: object))) has no pixels to show.")
        }
        let bytes = try PreviewImage(pixels: image.values, width: image.width, height: image.height).png()
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw ButlerError(.fileAccess, "The file \"\(output)\" cannot be written.", cause: error)
        }
    }
}

extension PixelBox {
    /// Reads `x,y,width,height`.
    init(argument: String) throws {
        let numbers = argument.split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 4, numbers[2] > 0, numbers[3] > 0 else {
            throw ButlerError(
                .invalidArgument,
                "\"\(argument)\" is not a rectangle of pixels.",
                remedy: "Write it as x,y,width,height."
            )
        }
        self.init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
}
