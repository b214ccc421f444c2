/// Why one text of the input cannot be counted or encoded.
struct TextFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
