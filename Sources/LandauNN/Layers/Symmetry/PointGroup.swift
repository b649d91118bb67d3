/// A finite group of symmetries of a planar lattice that leave one site where it is.
///
/// Elements are integer matrices that act on sites (x, y), so they map a torus of equal sides onto itself. On the
/// square lattice the four nearest neighbours are (±1, 0) and (0, ±1); on the triangular lattice the six are
/// those and ±(1, -1), the two basis vectors at 60 degrees.
public struct PointGroup: Sendable, Hashable {
  /// The wallpaper group whose rotations and reflections these are.
  public let name: String
  /// Rows (a, b) and (c, d) of each element as [a, b, c, d]: (x, y) goes to (a x + b y, c x + d y). The first is the
  /// identity.
  public let elements: [[Int]]
  /// Whether windows are hexagons of the triangular lattice instead of squares.
  public let isTriangular: Bool

  /// Rotations by 90 degrees; four elements.
  public static let p4 = PointGroup("p4", [[0, -1, 1, 0]])
  /// Rotations by 90 degrees and reflections; eight elements.
  public static let p4m = PointGroup("p4m", [[0, -1, 1, 0], [1, 0, 0, -1]])
  /// Rotations of the triangular lattice by 60 degrees; six elements.
  public static let p6 = PointGroup("p6", [[0, -1, 1, 1]], isTriangular: true)
  /// Rotations of the triangular lattice by 60 degrees and reflections; twelve elements.
  public static let p6m = PointGroup("p6m", [[0, -1, 1, 1], [0, 1, 1, 0]], isTriangular: true)

  /// All products of the generators, in the order in which they are found.
  private init(_ name: String, _ generators: [[Int]], isTriangular: Bool = false) {
    self.name = name
    self.isTriangular = isTriangular
    var found = [[1, 0, 0, 1]]
    var next = 0
    while next < found.count {
      for generator in generators {
        let product = Self.product(generator, found[next])
        if !found.contains(product) { found.append(product) }
      }
      next += 1
    }
    elements = found
  }

  /// The number of elements.
  public var order: Int { elements.count }

  private static func product(_ a: [Int], _ b: [Int]) -> [Int] {
    [
      a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
      a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
    ]
  }

  /// The number of element `first` applied after element `second`.
  public func product(_ first: Int, _ second: Int) -> Int {
    elements.firstIndex(of: Self.product(elements[first], elements[second]))!
  }

  /// The number of the element that undoes element `element`.
  public func inverse(_ element: Int) -> Int {
    (0..<order).first { product(element, $0) == 0 }!
  }

  /// Where an element takes a site.
  public func apply(_ element: Int, to site: (x: Int, y: Int)) -> (x: Int, y: Int) {
    let m = elements[element]
    return (m[0] * site.x + m[1] * site.y, m[2] * site.x + m[3] * site.y)
  }

  /// The sites of a window around the origin that every element maps onto itself: a square of side
  /// 2 radius + 1, or the hexagon of all sites within `radius` steps.
  public func window(radius: Int) -> [(x: Int, y: Int)] {
    (-radius...radius).flatMap { x in
      (-radius...radius).compactMap { y in
        isTriangular && abs(x + y) > radius ? nil : (x, y)
      }
    }
  }
}
