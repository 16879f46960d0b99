internal import Foundation

/// A picture of when which calibration is valid: one lane a dataset type and data ID, one bar a validity range.
struct ValidityTimeline {
    /// One bar.
    struct Bar {
        /// Lane label, for instance `bias detector 1`.
        var lane: String
        /// Text inside and in the tool tip, for instance the run.
        var label: String
        /// Begin in modified Julian days TAI; nil for unbounded.
        var begin: Double?
        /// End in modified Julian days TAI; nil for unbounded.
        var end: Double?
    }

    /// An instant to mark, for instance an exposure.
    struct Mark {
        var label: String
        var time: Double
    }

    var title: String
    var bars: [Bar]
    var marks: [Mark] = []

    private static let palette = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb"]
    private static let left = 230.0
    private static let plotWidth = 720.0
    private static let laneHeight = 24.0
    private static let top = 64.0

    /// The SVG document.
    func svg() -> String {
        let range = timeRange
        let lanes = laneNames
        let height = Self.top + Double(lanes.count) * Self.laneHeight + 44
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(Self.left + Self.plotWidth + 40))" \
            height="\(Int(height))" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <text x="16" y="28" font-size="16" font-weight="bold">\(Self.escaped(title))</text>
            """
        ]
        parts += axis(range, bottom: height - 36)
        for (index, lane) in lanes.enumerated() {
            parts += laneParts(lane, at: Self.top + Double(index) * Self.laneHeight, range)
        }
        parts += marks.map { mark(at: $0, range, bottom: height - 36) }
        return parts.joined(separator: "\n") + "\n</svg>\n"
    }

    private var laneNames: [String] {
        var seen: Set<String> = []
        return bars.map(\.lane).filter { seen.insert($0).inserted }
    }

    /// The times that occur, widened so that open ends are seen to be open.
    private var timeRange: ClosedRange<Double> {
        let times = bars.flatMap { [$0.begin, $0.end].compactMap { $0 } } + marks.map(\.time)
        let low = times.min() ?? 60_000
        let high = times.max() ?? low + 1
        let margin = max(0.08 * (high - low), 0.02)
        return low - margin...high + margin
    }

    private func x(_ time: Double, _ range: ClosedRange<Double>) -> Double {
        let fraction = (time - range.lowerBound) / (range.upperBound - range.lowerBound)
        return Self.left + Self.plotWidth * min(max(fraction, 0), 1)
    }

    private func axis(_ range: ClosedRange<Double>, bottom: Double) -> [String] {
        (0...4).map { step in
            let time = range.lowerBound + Double(step) / 4 * (range.upperBound - range.lowerBound)
            let x = Self.number(x(time, range))
            return """
                <line x1="\(x)" x2="\(x)" y1="\(Int(Self.top) - 12)" y2="\(Int(bottom))" stroke="#dddddd"/>
                <text x="\(x)" y="\(Int(bottom) + 18)" text-anchor="middle" fill="#555555">MJD \
                \(String(format: "%.3f", time))</text>
                """
        }
    }

    private func laneParts(_ lane: String, at y: Double, _ range: ClosedRange<Double>) -> [String] {
        let label = """
            <text x="\(Int(Self.left) - 10)" y="\(Int(y) + 16)" text-anchor="end">\(Self.escaped(lane))</text>
            """
        let kinds = Array(Set(bars.map(\.label))).sorted()
        return [label]
            + bars.filter { $0.lane == lane }.map { bar in
                let begin = bar.begin.map { x($0, range) } ?? Self.left
                let end = bar.end.map { x($0, range) } ?? Self.left + Self.plotWidth
                let color = Self.palette[(kinds.firstIndex(of: bar.label) ?? 0) % Self.palette.count]
                return """
                    <rect x="\(Self.number(begin))" y="\(Int(y) + 3)" width="\(Self.number(max(end - begin, 2)))" \
                    height="18" rx="3" fill="\(color)" fill-opacity="0.85"><title>\(Self.escaped(bar.label))</title></rect>
                    """
            }
    }

    private func mark(at mark: Mark, _ range: ClosedRange<Double>, bottom: Double) -> String {
        let x = Self.number(x(mark.time, range))
        return """
            <line x1="\(x)" x2="\(x)" y1="\(Int(Self.top) - 12)" y2="\(Int(bottom))" stroke="black" \
            stroke-dasharray="3 3"><title>\(Self.escaped(mark.label))</title></line>
            """
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
