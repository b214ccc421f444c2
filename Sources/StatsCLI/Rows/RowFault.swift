/// Why one row of the input cannot be rendered, encoded or counted.
struct RowFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}
