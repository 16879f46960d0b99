package import StewardCore

extension RowBatch {
    /// Checks that the batch fits a statement: as many slots as values in a row, only whole rows, no other values.
    package func check(against statement: RenderedSQL) throws(ButlerError) {
        let isWhole = width > 0 && values.count.isMultiple(of: width)
        guard isWhole, statement.slotCount == width, statement.values.isEmpty else {
            throw SQL.unfit(slots: statement.slotCount, self).adding("SQL", statement.text)
        }
    }
}

extension SQL {
    static func unfit(slots: Int, _ batch: RowBatch) -> ButlerError {
        ButlerError(
            .invalidArgument,
            "A batch of \(batch.values.count) values in rows of \(batch.width) does not fit a statement of \(slots) slots.",
            remedy: "Give each row a value for each column, two for a time span."
        )
    }
}
