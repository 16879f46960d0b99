import Databases
import Datasets
import Registry
import StewardCore
import Testing

@Suite struct LocationTests {
    private let store = "FileDatastore@<butlerRoot>"

    private func row(_ ref: DatasetRef, _ path: String, _ component: String? = nil) -> StoredFile {
        StoredFile(
            dataset: ref.id,
            path: path,
            formatter: "a.B",
            storageClass: "StructuredDataDict",
            component: component,
            checksum: component == nil ? "ab" : nil,
            byteCount: component == nil ? 12 : nil
        )
    }

    @Test("a datastore's rows come back as they were, with and without components")
    func records() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...2)
            let rows = [
                row(refs[0], "it's \"odd\"; --/a#b"), row(refs[1], "p.yaml", "wcs"), row(refs[1], "q.yaml", "psf"),
            ]
            try await repository.write { try $0.datastoreRecords().insert(rows, on: $1) }
            let found = try await repository.read {
                try $0.datastoreRecords().records(of: refs.map(\.id), on: $1)
            }
            #expect(found[refs[0].id] == [rows[0]])
            #expect(Set(found[refs[1].id] ?? []) == Set(rows.dropFirst()))
            #expect(
                try await repository.rows(
                    "SELECT component, file_size FROM file_datastore_records WHERE path LIKE 'it%'",
                    [.text, .integer]
                ) == ["\"__NULL_STRING__\" 12"]
            )
            #expect(try await repository.integer("SELECT MIN(file_size) FROM file_datastore_records") == -1)
            await #expect(throws: ButlerError(.integrity, "")) {
                try await repository.write { try $0.datastoreRecords().insert([rows[0]], on: $1) }
            }
            var changed = rows[0]
            changed.path = "new"
            try await repository.write { [changed] in
                try $0.datastoreRecords().insert([changed], replacing: true, on: $1)
            }
            let moved = try await repository.read {
                try $0.datastoreRecords().records(withPaths: ["new", "q.yaml"], on: $1)
            }
            #expect(Set(moved.map(\.path)) == ["new", "q.yaml"])
            var pages = 0
            let pageCount = try await repository.read { tables, connection in
                var count = 0
                try tables.datastoreRecords().forEachPage(of: 2, on: connection) {
                    count += 1
                    return $0.count == 2
                }
                return count
            }
            pages += pageCount
            #expect(pages == 2)
            await #expect(throws: ButlerError(.invalidArgument, "")) {
                let long = row(refs[0], "p", String(repeating: "x", count: 33))
                try await repository.write { try $0.datastoreRecords().insert([long], on: $1) }
            }
        }
    }

    @Test("the datastore's table is made once, and opening sees it")
    func create() async throws {
        try await TestRepository.with { repository in
            let isNew = try await repository.write { tables, connection in
                [
                    try tables.datastoreRecords().create(on: connection),
                    try tables.datastoreRecords("other_records").create(on: connection),
                    try tables.datastoreRecords("other_records").create(on: connection),
                ]
            }
            #expect(isNew == [false, true, false])
            let attributes = try await repository.database.read(.latest) { try RepositoryAttributes.read(on: $0) }
            #expect(attributes.datastoreTables == ["file_datastore_records", "other_records"])
        }
    }

    @Test("locations move to the trash, and shared files are kept")
    func trash() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...4)
            let more = try repository.refs(bias, run: "r2", detectors: 1...3)
            let rows = [
                row(refs[0], "own.yaml"), row(refs[1], "shared.fits"), row(refs[2], "shared.fits"),
                row(refs[3], "zips/a_b%.zip#zip-path=one"), row(more[0], "zips/a_b%.zip#zip-path=two"),
                row(more[1], "zips/c.zip#zip-path=one"), row(more[2], "zips/axb%.zip#zip-path=one"),
            ]
            let ids = (refs + more).map(\.id)
            let gone = [refs[0].id, refs[1].id, refs[3].id, more[1].id]
            try await repository.write { tables, connection in
                try tables.datasets.insert(refs + more, on: connection)
                try tables.locations.insert(ids, in: store, on: connection)
                try tables.datastoreRecords().insert(rows, on: connection)
                try tables.locations.insert(ids, in: store, ignoringExisting: true, on: connection)
            }
            let blocked = try await butlerError {
                try await repository.write { try $0.datasets.delete([refs[0].id], on: $1) }
            }
            #expect(blocked.code == .integrity)
            let moved = try await repository.write { tables, connection in
                let count = try tables.locations.trash(gone + gone, from: store, on: connection)
                try tables.datasets.delete([refs[0].id], on: connection)
                return count
            }
            #expect(moved == 4)
            let contents = try await repository.write {
                try $0.datastoreRecords().trashContents(of: store, on: $1)
            }
            let first = try await repository.write {
                try $0.datastoreRecords().trashContents(of: store, limit: 3, on: $1)
            }
            let second = try await repository.write {
                try $0.datastoreRecords().trashContents(of: store, after: first.end, limit: 3, on: $1)
            }
            #expect(first.datasets + second.datasets == contents.datasets)
            #expect(second.end == nil && contents.end == nil)
            #expect(Set(contents.datasets) == Set(gone))
            #expect(contents.records.count == 4)
            #expect(contents.pathsInUse == ["shared.fits", "zips/a_b%.zip#zip-path=one"])
            let held = try await repository.read { try $0.locations.datastores(holding: ids, on: $1) }
            #expect(Set(held.keys) == Set([refs[2], more[0], more[2]].map(\.id)))
            try await repository.write { tables, connection in
                try tables.datastoreRecords().delete(gone, on: connection)
                try tables.locations.clearTrash(gone, of: store, on: connection)
            }
            #expect(try await repository.read { try $0.locations.trashed(in: store, on: $1) } == [])
            #expect(try await repository.integer("SELECT COUNT(*) FROM file_datastore_records") == 3)
        }
    }

    @Test("a dataset that is not registered has no location")
    func unknown() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...1)
            await #expect(throws: ButlerError(.integrity, "")) {
                try await repository.write { try $0.locations.insert(refs.map(\.id), in: store, on: $1) }
            }
        }
    }
}
