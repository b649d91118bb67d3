/// Memory that grows and is written through a pointer: the lists of a series expansion, made anew at every sweep.
///
/// Its owner is the only one to write; a pointer is good until the next `reserve`.
final class SeriesBuffer<Element: BitwiseCopyable> {
  private(set) var pointer: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  /// Elements in use, for those that keep count.
  var count = 0

  init() {
    capacity = 16
    pointer = .allocate(capacity: capacity)
  }

  convenience init(_ elements: some Collection<Element>) {
    self.init()
    append(contentsOf: elements)
  }

  deinit { pointer.deallocate() }

  /// Makes room for at least so many, and keeps what is in use.
  func reserve(_ wanted: Int) {
    guard wanted > capacity else { return }
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted + wanted / 4)
    larger.update(from: pointer, count: count)
    pointer.deallocate()
    pointer = larger
    capacity = wanted + wanted / 4
  }

  func append(contentsOf elements: some Collection<Element>) {
    reserve(count + elements.count)
    for element in elements {
      pointer[count] = element
      count += 1
    }
  }

  func append(repeating element: Element, count more: Int) {
    append(contentsOf: repeatElement(element, count: max(0, more)))
  }

  func replace(with elements: some Collection<Element>) {
    count = 0
    append(contentsOf: elements)
  }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: pointer, count: count) }
}
