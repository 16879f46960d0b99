@testable import Databases
import Foundation
import Testing

@Suite struct ColumnPageTests {
    private func append(_ text: String, to column: inout ColumnPage.Column) {
        Array(text.utf8).withUnsafeBufferPointer { column.append($0) }
    }

    @Test("cells of each kind and nulls are kept in their rows", arguments: ColumnKind.allCases)
    func cells(kind: ColumnKind) {
        let uuid = UUID()
        var column = ColumnPage.Column(kind, capacity: 2)
        let values: [SQLValue]
        switch kind {
        case .integer:
            column.append(Int64.max)
            values = [.int(.max), .null, .int(3)]
        case .bool:
            column.append(Int64(1))
            values = [.bool(true), .null, .bool(false)]
        case .real:
            column.append(0.5)
            values = [.real(0.5), .null, .real(3)]
        case .uuid:
            column.append(uuid)
            values = [.uuid(uuid), .null, .uuid(uuid)]
        case .text, .label:
            append("é", to: &column)
            values = ["é", .null, ""]
        case .blob:
            append("ab", to: &column)
            values = [.blob([97, 98]), .null, .blob([])]
        }
        column.appendNull()
        switch values[2] {
        case .int(let value): column.append(value)
        case .bool: column.append(Int64(0))
        case .real(let value): column.append(value)
        case .uuid(let value): column.append(value)
        default: append("", to: &column)
        }
        let page = ColumnPage(columns: [column], rowCount: 3)
        #expect((0..<3).map { page.value($0, 0) } == values)
        #expect((0..<3).map { page.isNull($0, 0) } == [false, true, false])
        #expect(column.count == 3)
    }

    @Test("labels are told apart by their bytes, however many there are")
    func labels() {
        var column = ColumnPage.Column(.label)
        var texts = (0..<3000).map { "run/\($0 % 700)/\($0 % 3)" }
        texts += ["", "\u{E9}", "e\u{301}", "", "\u{E9}"]
        for text in texts {
            append(text, to: &column)
        }
        let page = ColumnPage(columns: [column], rowCount: texts.count)
        #expect((0..<texts.count).map { page.value($0, 0) } == texts.map { .text($0) })
        #expect(Set(column.labels.map(SQLValue.text)).count == column.labels.count)
        #expect(column.labels.count == 2100 + 3)
    }

    @Test("a batch counts whole rows")
    func batches() {
        var batch = RowBatch(columns: ["a", "b"])
        #expect(batch.isEmpty && batch.count == 0)
        batch.append(row: [1, "x"])
        batch.append(2)
        #expect(batch.count == 1)
        batch.append("y")
        #expect(batch.count == 2)
        #expect(Array(batch[1]) == [2, "y"])
    }
}
