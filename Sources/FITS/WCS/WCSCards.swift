/// The cards of a header that describe a coordinate system, checked before wcslib sees them.
///
/// wcslib takes much on trust and can crash on headers that contradict themselves: only keywords of axes that exist,
/// with finite numbers and complete polynomials, get through. Record-valued distortions (`DPj`, `DQi`) and tables
/// (`PSi_m`) are left out.
struct WCSCards {
    private let header: FITSHeader
    private let suffix: String
    private let axes: Int
    private(set) var bytes: [UInt8] = []

    private static let greatestAxes = 9
    private static let parameters = 0...39
    private static let greatestOrder = 9

    /// Collects the cards of one description.
    ///
    /// - Parameters:
    ///   - header: Any header.
    ///   - alternate: Letter of the description, or nil for the primary one.
    init(_ header: FITSHeader, alternate: Character?) {
        self.header = header
        suffix = alternate.map { String($0) } ?? ""
        let named =
            (1...Self.greatestAxes).last { header.contains("CTYPE\($0)\(alternate.map { String($0) } ?? "")") } ?? 0
        let counts = ["WCSAXES" + suffix, "NAXIS"].compactMap { header[$0]?.integerValue }
        axes = max(named, min(Int(clamping: counts.first { $0 >= 2 } ?? 2), Self.greatestAxes))
        append("NAXIS", .integer(Int64(axes)))
        append("WCSAXES" + suffix, .integer(Int64(axes)))
        collect()
    }

    private mutating func collect() {
        for axis in 1..<(axes + 1) {
            text("CTYPE\(axis)")
            text("CUNIT\(axis)")
            for root in ["CRPIX", "CRVAL", "CDELT", "CROTA"] { number("\(root)\(axis)") }
            for other in 1..<(axes + 1) {
                number("CD\(axis)_\(other)")
                number("PC\(axis)_\(other)")
            }
            for parameter in Self.parameters { number("PV\(axis)_\(parameter)") }
        }
        for keyword in ["LONPOLE", "LATPOLE", "EQUINOX"] { number(keyword) }
        for keyword in ["RADESYS", "RADECSYS"] { text(keyword) }
        if suffix.isEmpty, axes == 2 {
            polynomials("A", "B")
            polynomials("AP", "BP")
        }
    }

    /// The pair of SIP polynomials with these names, if both have an order.
    private mutating func polynomials(_ first: String, _ second: String) {
        let isDistorted = (1...2).allSatisfy { header["CTYPE\($0)"]?.stringValue?.hasSuffix("-SIP") == true }
        guard isDistorted, header.contains("A_ORDER"), header.contains("B_ORDER") else { return }
        let orders = [first, second].map { header[$0 + "_ORDER"]?.integerValue.flatMap { Int(exactly: $0) } ?? -1 }
        guard orders.allSatisfy({ (1...Self.greatestOrder).contains($0) }) else { return }
        for (name, order) in zip([first, second], orders) {
            append(name + "_ORDER", .integer(Int64(order)))
            var isEmpty = true
            for x in 0...order {
                for y in 0...(order - x) {
                    let keyword = "\(name)_\(x)_\(y)"
                    isEmpty = isEmpty && header[keyword]?.realValue == nil
                    number(keyword)
                }
            }
            // An order without coefficients is a polynomial of zeros.
            if isEmpty { append("\(name)_\(order)_0", .real(0)) }
        }
    }

    private mutating func number(_ keyword: String) {
        guard let value = header[keyword + suffix]?.realValue, value.isFinite else { return }
        append(keyword + suffix, .real(value))
    }

    private mutating func text(_ keyword: String) {
        guard let value = header[keyword + suffix]?.stringValue, value.utf8.count <= 60 else { return }
        append(keyword + suffix, .string(value))
    }

    private mutating func append(_ keyword: String, _ value: FITSValue) {
        let images = FITSCard(keyword, value).images
        if images.count == 1, let image = images.first { bytes += image.utf8 }
    }
}
