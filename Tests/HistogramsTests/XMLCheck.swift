import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Says whether an XML parser accepts a document.
final class XMLCheck: NSObject, XMLParserDelegate {
  func accepts(_ document: Data) -> Bool {
    let parser = XMLParser(data: document)
    parser.delegate = self
    return parser.parse()
  }
}
