public import StewardCore

/// The log of a task, as a dataset.
///
/// Source: `daf_butler: logging.py`.
public struct LogRecords: Sendable, Hashable {
    /// The records in the order in which they were made.
    public var records: [Record]
    /// Further facts that the file holds beside the records, as an object.
    public var extra: JSONValue

    /// One entry of a log.
    public struct Record: Sendable, Hashable {
        /// Name of the logger.
        public var name: String
        /// When it was made, as ISO 8601 text in UTC.
        public var time: String
        /// The message.
        public var message: String
        /// Number of the level: 10 debug, 20 info, 30 warning, 40 error, 50 critical.
        public var level: Int64
        /// Name of the level.
        public var levelName: String
        /// Name of the source file.
        public var fileName: String
        /// Path of the source file.
        public var path: String
        /// Line in the source file.
        public var line: Int64
        /// Function, if known.
        public var function: String?
        /// Number of the process.
        public var process: Int64
        /// Name of the process.
        public var processName: String
        /// Text of the error that was being handled, if there was one.
        public var exception: String?
        /// Mapped diagnostic context, such as the data ID, in the file's order.
        public var context: [ContextItem]

        /// Creates an entry.
        public init(
            name: String,
            time: String,
            message: String,
            level: Int64,
            levelName: String,
            fileName: String = "",
            path: String = "",
            line: Int64 = 0,
            function: String? = nil,
            process: Int64 = 0,
            processName: String = "",
            exception: String? = nil,
            context: [ContextItem] = []
        ) {
            self.name = name
            self.time = time
            self.message = message
            self.level = level
            self.levelName = levelName
            self.fileName = fileName
            self.path = path
            self.line = line
            self.function = function
            self.process = process
            self.processName = processName
            self.exception = exception
            self.context = context
        }
    }

    /// One entry of the diagnostic context.
    public struct ContextItem: Sendable, Hashable {
        /// What the value is, for instance `LABEL`.
        public var label: String
        /// The value.
        public var value: String

        /// Creates an entry.
        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// Creates a log.
    public init(_ records: [Record] = []) {
        self.records = records
        extra = .object([])
    }
}

extension LogRecords.Record {
    /// The entry as the reference's JSON.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("asctime", .string(time)), .init("message", .string(message)),
            .init("levelno", .int(level)), .init("levelname", .string(levelName)),
            .init("filename", .string(fileName)), .init("pathname", .string(path)), .init("lineno", .int(line)),
        ]
        if let function { members.append(.init("funcName", .string(function))) }
        members += [.init("process", .int(process)), .init("processName", .string(processName))]
        if let exception { members.append(.init("exc_info", .string(exception))) }
        members.append(.init("MDC", .object(context.map { .init($0.label, .string($0.value)) })))
        return .object(members)
    }

    /// Reads the reference's JSON; nil if a field is missing or of the wrong type.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let time = json["asctime"]?.string,
            let message = json["message"]?.string, let level = json["levelno"]?.int,
            let levelName = json["levelname"]?.string, let fileName = json["filename"]?.string,
            let path = json["pathname"]?.string, let line = json["lineno"]?.int,
            let process = json["process"]?.int, let processName = json["processName"]?.string,
            let context = json["MDC"]?.members
        else { return nil }
        self.init(
            name: name,
            time: time,
            message: message,
            level: level,
            levelName: levelName,
            fileName: fileName,
            path: path,
            line: line,
            function: json["funcName"]?.string,
            process: process,
            processName: processName,
            exception: json["exc_info"]?.string,
            context: context.map { .init($0.key, $0.value.string ?? $0.value.text()) }
        )
    }
}
