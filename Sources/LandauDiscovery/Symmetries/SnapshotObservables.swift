import LandauCore

/// Means of products of a few variables over some of their places: what a transformation is judged by.
///
/// For -1/+1 variables a product is that of the spins; otherwise, for every level, the share of places at which all of them are in it.
struct SnapshotObservables {
  /// One product, at all its places.
  private struct Observable {
    var name: String
    var arity: Int
    /// `[place, factor]`: variables.
    var variables: [Int32]
    /// Which field is multiplied.
    var field: Int
  }

  private var observables: [Observable] = []
  private let levelCount: Int
  private let fieldNames: [String]

  var names: [String] { observables.map(\.name) }
  var count: Int { observables.count }
  /// Reads of variables per configuration.
  var cost: Int { observables.reduce(0) { $0 + $1.variables.count } }

  /// Those that can see what `transformation` does.
  init(_ snapshots: Snapshots, places: LatticePlaces, for transformation: SnapshotTransformation) {
    levelCount = snapshots.levels.count
    fieldNames = snapshots.isBinary ? ["s"] : snapshots.levels.map { "\($0)" }
    let products = Products(places, channels: snapshots.channels)
    if let axis = transformation.translatedAxis {
      // What is averaged over all places cannot see a translation; slices can.
      for slice in 0..<min(8, places.shape[axis]) {
        add(products.single + products.neighbours, "slice \(slice + 1)", places) {
          $0[axis] == slice
        }
      }
      return
    }
    if transformation.kind == .gauge {
      // Only products that change sign see it.
      for product in products.single + products.neighbours + products.links {
        add([product], "where flipped", places) { coordinates in
          let flipped = product.factors.reduce(false) { odd, factor in
            guard let site = places.neighbour(coordinates, factor.offset) else { return odd }
            return odd != transformation.isPermuted[factor.channel * places.siteCount + site]
          }
          return flipped
        }
      }
      return
    }
    add(products.all, "", places) { _ in true }
    let few = products.single + products.neighbours
    add(few, "even sublattice", places) { $0.reduce(0, +) % 2 == 0 }
    guard transformation.kind == .lattice else { return }
    for axis in places.shape.indices where places.shape[axis] > 1 {
      add(few, "first half, axis \(axis + 1)", places) { 2 * $0[axis] < places.shape[axis] }
    }
  }

  private mutating func add(
    _ products: [Product], _ suffix: String, _ places: LatticePlaces,
    where isTaken: ([Int]) -> Bool
  ) {
    for product in products {
      var variables: [Int32] = []
      for site in 0..<places.siteCount {
        let coordinates = places.coordinates(site)
        guard isTaken(coordinates) else { continue }
        let factors = product.factors.compactMap { factor in
          places.neighbour(coordinates, factor.offset).map {
            Int32(factor.channel * places.siteCount + $0)
          }
        }
        if factors.count == product.factors.count { variables += factors }
      }
      guard !variables.isEmpty else { continue }
      for (field, name) in fieldNames.enumerated() {
        let letter = fieldNames.count == 1 ? "" : " in level \(name)"
        observables.append(
          Observable(
            name: product.name + letter + (suffix.isEmpty ? "" : ", " + suffix),
            arity: product.factors.count, variables: variables, field: field))
      }
    }
  }

  /// The means in a configuration given as numbers of levels.
  func callAsFunction(_ x: [UInt8]) -> [Double] {
    observables.map { observable in
      let arity = observable.arity
      var sum = 0
      observable.variables.withUnsafeBufferPointer { variables in
        x.withUnsafeBufferPointer { x in
          for start in stride(from: 0, to: variables.count, by: arity) {
            if levelCount == 2 {
              var odd: UInt8 = 0
              for k in 0..<arity { odd ^= x[Int(variables[start + k])] ^ 1 }
              sum += 1 - 2 * Int(odd)
            } else {
              var all = 1
              for k in 0..<arity where Int(x[Int(variables[start + k])]) != observable.field {
                all = 0
              }
              sum += all
            }
          }
        }
      }
      return Double(sum) / Double(observable.variables.count / arity)
    }
  }

  // MARK: - Products

  private struct Product {
    var name: String
    var factors: [(channel: Int, offset: [Int])]
  }

  /// The products of up to four neighbouring variables.
  private struct Products {
    var single: [Product] = []
    var neighbours: [Product] = []
    var further: [Product] = []
    /// Corners of links and closed loops, and products of channels at one site.
    var links: [Product] = []

    var all: [Product] { single + neighbours + further + links }

    init(_ places: LatticePlaces, channels: [String]) {
      let axes = places.shape.indices.filter { places.shape[$0] > 1 }
      let zero = [Int](repeating: 0, count: places.shape.count)
      func step(_ moves: (axis: Int, by: Int)...) -> [Int] {
        moves.reduce(into: zero) { $0[$1.axis] += $1.by }
      }
      for (channel, name) in channels.enumerated() {
        let letter = channels.count == 1 ? "" : " \(name)"
        func product(_ text: String, _ offsets: [Int]...) -> Product {
          Product(name: text + letter, factors: offsets.map { (channel, $0) })
        }
        single.append(product("single", zero))
        for a in axes {
          neighbours.append(product("pair along axis \(a + 1)", zero, step((a, 1))))
          if places.shape[a] > 4 {
            further.append(product("second neighbours along axis \(a + 1)", zero, step((a, 2))))
          }
          for b in axes where b > a {
            let plane = "plane \(a + 1)-\(b + 1)"
            further.append(product("diagonal pair, \(plane)", zero, step((a, 1), (b, 1))))
            further.append(product("antidiagonal pair, \(plane)", zero, step((a, 1), (b, -1))))
            for (s, t) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
              further.append(
                product("corner of three (\(s), \(t)), \(plane)", zero, step((a, s)), step((b, t))))
            }
            further.append(
              product(
                "plaquette of four, \(plane)", zero, step((a, 1)), step((b, 1)),
                step((a, 1), (b, 1))))
          }
        }
        if axes.count == 1 {
          further.append(product("three in a row", zero, step((axes[0], 1)), step((axes[0], 2))))
        }
        for other in channels.indices where other > channel {
          links.append(
            Product(
              name: "\(name) and \(channels[other]) at one site",
              factors: [(channel, zero), (other, zero)]))
          if places.hasLinks {
            links.append(
              Product(
                name: "loop of \(name) and \(channels[other])",
                factors: [
                  (channel, zero), (other, zero), (channel, step((other, 1))),
                  (other, step((channel, 1))),
                ]))
          }
        }
      }
    }
  }
}
