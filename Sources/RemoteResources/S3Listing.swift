internal import Foundation
internal import Resources
internal import StewardCore

#if canImport(FoundationXML)
internal import FoundationXML
#endif

/// Reads a page of keys as object stores list them (`ListObjectsV2`).
final class S3Listing: NSObject, XMLParserDelegate {
    private let prefix: String
    private var entries: [ResourceEntry] = []
    private var next: String?
    private var text = ""
    private var isInPrefixes = false

    private init(_ prefix: String) {
        self.prefix = prefix
    }

    /// The entries of a page, and where the next page begins if there is one.
    ///
    /// - Throws: ``ButlerError`` with `.fileAccess` for an answer that is no such XML.
    static func entries(
        _ bytes: [UInt8],
        below prefix: String,
        of path: ResourcePath
    ) throws -> (entries: [ResourceEntry], next: String?) {
        let reader = S3Listing(prefix)
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = reader
        guard parser.parse() else { throw HTTPProblem.wrong(path, "line \(parser.lineNumber) of its XML is malformed") }
        return (reader.entries, reader.next)
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        text = ""
        if name == "CommonPrefixes" { isInPrefixes = true }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        switch name {
        case "Key": add(text, isDirectory: false)
        case "Prefix" where isInPrefixes: add(text.hasSuffix("/") ? String(text.dropLast()) : text, isDirectory: true)
        case "CommonPrefixes": isInPrefixes = false
        case "NextContinuationToken": next = text
        default: break
        }
    }

    private func add(_ key: String, isDirectory: Bool) {
        guard key.hasPrefix(prefix), key.utf8.count > prefix.utf8.count else { return }
        entries.append(ResourceEntry(name: String(key.dropFirst(prefix.count)), isDirectory: isDirectory))
    }
}
