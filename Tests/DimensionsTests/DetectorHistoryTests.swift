import AstroTime
import Dimensions
import Testing

/// Physical detectors in the slots of a camera.
@Suite struct DetectorHistoryTests {
    private func seen(_ detector: Int64, _ serial: String, _ begin: Int64, _ end: Int64) -> DetectorInstallation {
        let span = Timespan(beginNanoseconds: begin, endNanoseconds: end)
        return DetectorInstallation(detector: detector, serial: serial, timespan: span, source: .raw)
    }

    private func serial(_ history: DetectorHistory, _ time: Int64, defined: String? = nil) -> String? {
        history.installation(of: 1, at: TAI(nanoseconds: time), defined: defined)?.serial
    }

    @Test("exposures make one stay, in whatever order they come")
    func stay() {
        var history = DetectorHistory()
        history.see([seen(1, "A", 50, 60), seen(1, "A", 10, 20)])
        history.see([seen(1, "A", 30, 40), seen(1, "A", 10, 20)])
        #expect(history.installations == [seen(1, "A", 10, 51)])
        #expect(history.changes.isEmpty)
        #expect(DetectorHistory(history.installations) == history)
    }

    @Test("another serial number between two sights of one splits its stay", arguments: [true, false])
    func swap(_ isLate: Bool) {
        var history = DetectorHistory()
        let between = [seen(1, "B", 30, 35), seen(1, "B", 35, 40)]
        let around = [seen(1, "A", 10, 20), seen(1, "A", 50, 60)]
        history.see(isLate ? around : between)
        history.see(isLate ? between : around)
        #expect(history.changes.map(\.serial) == ["B", "A"])
        #expect(history.changes.map(\.instant.nanoseconds) == [30, 50])
        #expect([5, 10, 15, 25, 29, 30, 45, 50, 99].map { serial(history, $0) ?? "" }.joined() == "AAAAABBAA")
        #expect(DetectorHistory(history.installations).changes == history.changes)
    }

    @Test("a detector that moves is reported with the slot that it comes from")
    func move() {
        var history = DetectorHistory([seen(1, "A", 10, 20), seen(2, "B", 10, 20)])
        history.see([seen(1, "B", 30, 40), seen(2, "C", 30, 40)])
        #expect(history.changes.map(\.formerSlot) == [2, nil])
        #expect(history.changes.map(\.former) == ["A", "B"])
    }

    @Test("raws come before camera versions, these before the definition")
    func authority() {
        var history = DetectorHistory([seen(1, "raw", 100, 200)])
        history.define([1: "old"], during: Timespan(beginNanoseconds: 0, endNanoseconds: 150))
        history.define([1: "new"], during: Timespan(beginNanoseconds: 120, endNanoseconds: 300))
        #expect(serial(history, 50) == "old")
        #expect(serial(history, 150) == "raw")
        #expect(serial(history, 250) == "new")
        #expect(serial(history, 400, defined: "defined") == "raw")
        #expect(history.installations.filter { $0.source == .camera }.map(\.timespan.endNanoseconds) == [120, 300])
        #expect(serial(DetectorHistory(), 1, defined: "defined") == "defined")
        #expect(serial(DetectorHistory(), 1) == nil)
        #expect(serial(DetectorHistory([seen(1, "raw", 100, 200)]), 50) == "raw")
    }

    @Test("an empty validity or sight changes nothing")
    func empty() {
        var history = DetectorHistory()
        history.define([1: "A"], during: .empty)
        history.see([seen(1, "A", 20, 10)])
        #expect(history == DetectorHistory())
    }
}
