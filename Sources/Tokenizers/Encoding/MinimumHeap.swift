/// A binary heap that yields the smallest number first.
struct MinimumHeap {
  private var elements: [UInt64] = []

  /// Forgets all elements.
  mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

  /// Adds an element. O(log n).
  mutating func insert(_ element: UInt64) {
    var place = elements.count
    elements.append(element)
    while place > 0, elements[(place - 1) / 2] > element {
      elements[place] = elements[(place - 1) / 2]
      place = (place - 1) / 2
    }
    elements[place] = element
  }

  /// Takes the smallest element; nil where there is none. O(log n).
  mutating func popMinimum() -> UInt64? {
    guard let minimum = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return minimum }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < elements.count else { break }
      if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
      guard elements[child] < last else { break }
      elements[place] = elements[child]
      place = child
    }
    elements[place] = last
    return minimum
  }
}
