import Support

@testable import ModelHub

/// What went wrong, or nothing.
func failure(_ body: () throws -> Void) -> HubFailure? {
  do {
    try body()
    return nil
  } catch let error as InputError {
    return error.hubFailure ?? HubFailure(.damaged, "another error: \(error)")
  } catch {
    return HubFailure(.damaged, "another error: \(error)")
  }
}
