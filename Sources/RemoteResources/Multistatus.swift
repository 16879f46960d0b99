internal import Foundation
internal import Resources
internal import StewardCore

#if canImport(FoundationXML)
internal import FoundationXML
#endif

/// Reads what WebDAV servers answer to PROPFIND (RFC 4918, section 13).
final class Multistatus: NSObject, XMLParserDelegate {
    /// One file or directory.
    struct Entry: Hashable {
        let path: ResourcePath
        let info: ResourceInfo
    }

    private let base: ResourcePath
    private var entries: [Entry] = []
    private var text = ""
    private var reference = ""
    private var isCollection = false
    private var length = 0
    private var modified: Int64?

    private init(_ base: ResourcePath) {
        self.base = base
    }

    /// The files of an answer.
    ///
    /// - Throws: ``ButlerError`` with `.fileAccess` for an answer that is no such XML.
    static func entries(_ bytes: [UInt8], of path: ResourcePath) throws -> [Entry] {
        let reader = Multistatus(path)
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.delegate = reader
        guard parser.parse() else {
            let line = parser.lineNumber
            throw HTTPProblem.wrong(path, "line \(line) of its XML is malformed")
        }
        return reader.entries
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        text = ""
        guard namespaceURI == "DAV:" else { return }
        switch name {
        case "response": (reference, isCollection, length, modified) = ("", false, 0, nil)
        case "collection": isCollection = true
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard namespaceURI == "DAV:" else { return }
        let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
        switch name {
        case "href": reference = value
        case "getcontentlength": length = Int(value) ?? 0
        case "getlastmodified":
            var head = HTTPHead()
            head.add("Last-Modified: \(value)")
            modified = head.modified
        case "response":
            guard let path = place(reference) else { return }
            let size = isCollection ? 0 : max(length, 0)
            entries.append(
                Entry(path: path, info: ResourceInfo(size: size, isDirectory: isCollection, modified: modified))
            )
        default: break
        }
    }

    /// The path of a reference, which may lack scheme and host, or have others than the request had.
    private func place(_ reference: String) -> ResourcePath? {
        let path = reference.contains("://") ? (try? ResourcePath(reference))?.path : nil
        if let path { return base.root.appending(path) }
        return try? ResourcePath("\(base.scheme.rawValue)://\(base.host)\(reference)")
    }
}

extension ResourcePath {
    /// The root of the server.
    fileprivate var root: ResourcePath {
        var path = self
        while path.path != "/" { path = path.parent }
        return path
    }
}
