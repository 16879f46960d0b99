import Foundation
import StewardCore

// usage: StewardBench WORK-DIRECTORY [JOB...]
//        StewardBench survey REPOSITORY [QUESTION...]
//        StewardBench floors REPOSITORY STATEMENTS
//        StewardBench refcats WORK-DIRECTORY [SOURCES]
//        StewardBench raws ROOT FOLDER...
//        StewardBench server-insert WORK-DIRECTORY DATABASE-URL
// Does the jobs of the speed table and prints one JSON object {job: seconds}; the twin is Benchmarks/reference.py.

let arguments = Array(CommandLine.arguments.dropFirst())
guard let work = arguments.first else {
    FileHandle.standardError.write(Data("usage: StewardBench WORK-DIRECTORY [JOB...]\n".utf8))
    exit(2)
}
if arguments.count > 1, work == "survey" {
    try await SurveyQuestions.run(arguments[1], Set(arguments.dropFirst(2)))
    exit(0)
}
if arguments.count == 3, work == "floors" {
    try SurveyQuestions.floors(arguments[1], statements: arguments[2])
    exit(0)
}
if arguments.count > 1, work == "refcats" {
    let count = arguments.dropFirst(2).first.flatMap(Int.init)
    try await ReferenceCatalogueJob.run(arguments[1], count: count ?? 5_000_000)
    exit(0)
}
if arguments.count > 2, work == "raws" {
    try await RawIngestJob.run(arguments[1], Array(arguments.dropFirst(2)))
    exit(0)
}
if arguments.count == 3, work == "server-insert" {
    let results = try await Jobs.serverInsert(arguments[1], arguments[2])
    print(JSONValue.object(results.map { .init($0.0, .double($0.1)) }).text())
    exit(0)
}
let wanted = arguments.count > 1 ? Set(arguments.dropFirst()) : Set(Jobs.all.map(\.name))
var results: [JSONValue.Member] = []
for job in Jobs.all where wanted.contains(job.name) {
    for (name, seconds) in try await job.run(work) { results.append(.init(name, .double(seconds))) }
}
print(JSONValue.object(results).text())
