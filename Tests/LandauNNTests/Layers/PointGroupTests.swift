import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct PointGroupTests {
  static let groups = [PointGroup.p4, .p4m, .p6, .p6m]

  @Test func areGroups() {
    #expect(Self.groups.map(\.order) == [4, 8, 6, 12])
    for group in Self.groups {
      let all = 0..<group.order
      for g in all {
        #expect(group.product(g, group.inverse(g)) == 0 && group.product(0, g) == g)
        // Every row of the table is a permutation.
        #expect(Set(all.map { group.product(g, $0) }).count == group.order)
        for h in all {
          let site = (x: 2, y: -5)
          let twice = group.apply(g, to: group.apply(h, to: site))
          #expect(group.apply(group.product(g, h), to: site) == twice)
        }
        // Windows are mapped onto themselves.
        for radius in 0...2 {
          let window = group.window(radius: radius)
          for site in window {
            let image = group.apply(g, to: site)
            #expect(window.contains { $0 == image })
          }
        }
      }
    }
    #expect(
      PointGroup.p6.window(radius: 1).count == 7 && PointGroup.p4.window(radius: 1).count == 9)
    // Six neighbours of a triangular site, at 60 degrees from each other.
    #expect(Set((0..<6).map { "\(PointGroup.p6.apply($0, to: (1, 0)))" }).count == 6)
  }

  /// (h x)(v) = x(h⁻¹ v) on the last two axes of a torus.
  private func transformed(_ x: Tensor, _ h: Int, _ group: PointGroup) -> Tensor {
    let side = x.shape[x.rank - 1]
    func wrapped(_ i: Int) -> Int { ((i % side) + side) % side }
    let places = (0..<side * side).map { place -> Int32 in
      let from = group.apply(group.inverse(h), to: (place / side, place % side))
      return Int32(wrapped(from.x) * side + wrapped(from.y))
    }
    let flat = x.reshaped(x.shape.dropLast(2) + [side * side])
    return flat.gathered(Tensor(places), axis: -1).reshaped(x.shape)
  }

  /// The same, and element g of the group axis is what element h⁻¹ g was.
  private func transformedLift(_ y: Tensor, _ h: Int, _ group: PointGroup) -> Tensor {
    let order = (0..<group.order).map { Int32(group.product(group.inverse(h), $0)) }
    return transformed(y, h, group).gathered(Tensor(order), axis: 2)
  }

  @Test(arguments: groups)
  func everyElementActs(_ group: PointGroup) {
    var rng = Seed.test("layers", group.name).makeStream()
    var lifting = LiftingConvolution(
      inputs: 2, outputs: 2, group: group, radius: 1, type: .double, using: &rng)
    lifting.bias = numbers([2], .test("bias"))
    let inner = GroupConvolution(
      inputs: 2, outputs: 3, group: group, radius: 1, type: .double, using: &rng)
    let network: (Tensor) -> Tensor = { inner(Activation.tanh(lifting($0))) }
    let x = numbers([2, 2, 6, 6], .test("x"))
    let y = network(x)
    #expect(y.shape == [2, 3, group.order, 6, 6])
    for h in 0..<group.order {
      let moved = transformed(x, h, group)
      #expect(distance(network(moved), transformedLift(y, h, group)) < 1e-14)
      // Pooled over the group it moves like a field, pooled over all sites as well it does not move.
      let field = GroupPooling(.maximum)(network(moved))
      #expect(distance(field, transformed(GroupPooling(.maximum)(y), h, group)) < 1e-14)
      #expect(distance(GlobalPooling()(field), GlobalPooling()(GroupPooling(.maximum)(y))) < 1e-14)
      // The test can fail: without the permutation of the group axis it does.
      if h > 0 { #expect(distance(network(moved), transformed(y, h, group)) > 0.01) }
    }
  }

  /// The first group element is an ordinary convolution; on p4 the second is that of the turned field.
  @Test func liftingByLoop() {
    var rng = Seed.test().makeStream()
    let layer = LiftingConvolution(
      inputs: 1, outputs: 1, group: .p4, radius: 1, type: .double, using: &rng)
    let x = numbers([1, 1, 4, 4], .test("x"))
    let (field, w) = (Numbers(x), Numbers(layer.weight))
    var expected = Numbers(zeros: [1, 1, 4, 4, 4])
    for g in 0..<4 {
      let undo = PointGroup.p4.inverse(g)
      for i in 0..<4 {
        for j in 0..<4 {
          for a in -1...1 {
            for b in -1...1 {
              let from = PointGroup.p4.apply(undo, to: (a, b))
              expected[0, 0, g, i, j] +=
                w[0, 0, 3 * (from.x + 1) + from.y + 1]
                * field[0, 0, (i + a + 4) % 4, (j + b + 4) % 4]
            }
          }
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }
}
