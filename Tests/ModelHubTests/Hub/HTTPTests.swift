import Support
import Testing

@testable import ModelHub

@Suite("Addresses and headers of web servers")
struct HTTPTests {
  @Test("Only plain addresses of web servers are read")
  func addresses() throws {
    let address = try #require(HTTPAddress("HTTPS://Hub.example:8443/a/b?c#d"))
    #expect(address.description == "https://hub.example:8443/a/b?c" && address.origin == "https://hub.example:8443")
    #expect(HTTPAddress("https://a:443")?.description == "https://a/")
    #expect(HTTPAddress("http://[::1]:80/x")?.origin == "http://[::1]")
    for text in [
      "", "ftp://a/", "https://", "https://u@a/", "https://a b/", "https://a:0/", "https://a:99999/", "https://a:/",
      "https://a\"/", "https://a\\b/", "https://[::1/", "https://a]/", "//a/b", "https:/a", "https://a/\n",
    ] {
      #expect(HTTPAddress(text) == nil, "\(text)")
    }
    for host in ["localhost", "127.0.0.1", "127.9.8.7", "[::1]"] {
      #expect(HTTPAddress("http://\(host)/")?.isLoopback == true)
    }
    for host in ["127.0.0.1.evil.org", "127.0.0", "127.0.0.256", "localhost.evil.org", "example.com", "[::2]"] {
      #expect(HTTPAddress("http://\(host)/")?.isLoopback == false, "\(host)")
    }
  }

  @Test("Links and redirects lead where they would in a browser")
  func links() throws {
    let address = try #require(HTTPAddress("https://a.org/x/y?z"))
    #expect(address.resolving("/b")?.description == "https://a.org/b")
    #expect(address.resolving("//c.org/b")?.description == "https://c.org/b")
    #expect(address.resolving("b?d")?.description == "https://a.org/x/b?d")
    #expect(address.resolving("?d")?.description == "https://a.org/x/y?d")
    #expect(address.resolving("http://c.org")?.description == "http://c.org/")
    #expect(address.resolving("file:///etc/passwd") == nil && address.resolving("") == nil)
    let folder = try #require(HTTPAddress("https://a.org/x"))
    #expect(folder.appending(["a b", "ü/?"]).description == "https://a.org/x/a%20b/%C3%BC%2F%3F")
    #expect(folder.asking("a=b").description == "https://a.org/x?a=b")
  }

  @Test("Headers are read whatever their case, and pieces of them in any sizes")
  func headers() throws {
    let text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 206 \r\nETag: W/\"abc\"\r\nCONTENT-RANGE: bytes 5-9/10\r\nretry-after: 7\r\n"
      + "Link: <https://a/b?c=1>; rel=\"next\", </d>; rel=\"prev\"\r\n\r\nbody"
    for size in [1, 3, 1_000] {
      var reader = HTTPHeaderReader()
      var body: [UInt8] = []
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        let taken = reader.take(bytes[start..<min(start + size, bytes.count)])
        body += try #require(taken)
      }
      let header = try #require(reader.header)
      #expect(header.status == 206 && header.entityTag == "abc" && header.retryAfter == 7)
      #expect(header.contentRange?.start == 5 && header.contentRange?.total == 10)
      #expect(header.nextPage == "https://a/b?c=1" && body == Array("body".utf8))
    }
    var reader = HTTPHeaderReader()
    let odd = reader.take(Array("no header\r\n\r\n".utf8)[...])
    #expect(odd == nil)
    var long = HTTPHeaderReader()
    let endless = long.take([UInt8](repeating: 0x61, count: HTTPHeader.maximumBytes + 1)[...])
    #expect(endless == nil)
    #expect(HTTPHeader(Array("HTTP/1.1 99999999999999999999 x".utf8)) == nil)
  }
}
