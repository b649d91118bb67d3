import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct SetTests {
  private let order = Tensor([2, 0, 3, 1] as [Int32])

  private func deepSet(_ pooling: Pooling, _ seed: Seed) -> DeepSet<Sequential, Dense> {
    var rng = seed.makeStream()
    return DeepSet(
      element: .perceptron(widths: [3, 8, 5], activation: .tanh, type: .double, using: &rng),
      whole: Dense(inputs: 5, outputs: 2, type: .double, using: &rng), pooling: pooling)
  }

  @Test(arguments: Pooling.allCases)
  func deepSetsAreInvariant(_ pooling: Pooling) {
    let set = deepSet(pooling, .test("set", pooling))
    let x = numbers([2, 4, 3], .test("x"))
    #expect(distance(set(x.gathered(order, axis: 1)), set(x)) < 1e-15)
  }

  /// Members that are masked are as good as not there.
  @Test(arguments: Pooling.allCases)
  func masksLeaveOut(_ pooling: Pooling) {
    let set = deepSet(pooling, .test("set", pooling))
    let x = numbers([4, 3], .test("x"))
    let some = x.gathered(Tensor([0, 1, 3] as [Int32]), axis: 0)
    #expect(distance(set(x, mask: Tensor([true, true, false, true])), set(some)) < 1e-15)
  }

  @Test func poolsByHand() {
    let x = Tensor([1.0, 5, 3, 2, 2, 2], shape: [3, 2])
    let identity = Sequential([])
    func pooled(_ pooling: Pooling) -> [Double] {
      DeepSet(element: identity, whole: identity, pooling: pooling)(x).scalars()
    }
    #expect(pooled(.sum) == [6, 9] && pooled(.mean) == [2, 3] && pooled(.maximum) == [3, 5])
  }

  @Test(arguments: Pooling.allCases)
  func setLayersAreEquivariant(_ pooling: Pooling) {
    var rng = Seed.test("layer", pooling).makeStream()
    let layer = SetEquivariant(inputs: 3, outputs: 5, pooling: pooling, type: .double, using: &rng)
    let x = numbers([2, 4, 3], .test("x"))
    #expect(distance(layer(x.gathered(order, axis: 1)), layer(x).gathered(order, axis: 1)) < 1e-14)
    let pooled = Sequential([])  // x is pooled by hand and joins every member
    let together = DeepSet(element: pooled, whole: pooled, pooling: pooling)(x).expandedDimension(
      at: 1)
    #expect(distance(layer(x), layer.own(x) + layer.shared(together)) < 1e-15)
  }
}

struct MessagePassingTests {
  private func layer(
    _ graph: MessageGraph, edgeFeatures: Int = 0, pooling: Pooling = .sum, _ seed: Seed
  ) -> MessagePassing<Sequential, Dense> {
    var rng = seed.makeStream()
    return MessagePassing(
      message: .perceptron(
        widths: [4 + edgeFeatures, 6, 3], activation: .tanh, type: .double, using: &rng),
      update: Dense(inputs: 5, outputs: 2, type: .double, using: &rng), graph: graph,
      pooling: pooling)
  }

  /// Edge by edge and node by node.
  @Test(arguments: [Pooling.sum, .mean])
  func messagesByLoop(_ pooling: Pooling) {
    let graph = MessageGraph(nodeCount: 4, senders: [0, 1, 1, 2, 0], receivers: [1, 0, 2, 1, 2])
    let layer = layer(graph, edgeFeatures: 1, pooling: pooling, .test("layer"))
    let (x, edges) = (numbers([4, 2], .test("x")), numbers([5, 1], .test("edges")))
    let (nodes, lengths) = (Numbers(x), Numbers(edges))
    var expected: [Tensor] = []
    for node in 0..<4 {
      var heard = [0.0, 0, 0]
      let incoming = (0..<5).filter { graph.receivers[$0] == node }
      for edge in incoming {
        let other = graph.senders[edge]
        let input = Tensor([
          nodes[node, 0], nodes[node, 1], nodes[other, 0], nodes[other, 1], lengths[edge, 0],
        ]).expandedDimension(at: 0)
        for (c, value) in layer.message(input).scalars(Double.self).enumerated() {
          heard[c] += value
        }
      }
      if pooling == .mean { heard = heard.map { $0 / Double(max(1, incoming.count)) } }
      let row = Tensor([nodes[node, 0], nodes[node, 1]] + heard).expandedDimension(at: 0)
      expected.append(layer.update(row))
    }
    #expect(distance(layer(x, edges: edges), concatenated(expected)) < 1e-14)
  }

  @Test func renamingNodesRenamesOutputs() {
    // Node i is called names[i].
    let names = [3, 0, 2, 1]
    let graph = MessageGraph(nodeCount: 4, senders: [0, 1, 1, 2], receivers: [1, 0, 2, 3])
    let renamed = MessageGraph(
      nodeCount: 4, senders: graph.senders.map { names[$0] },
      receivers: graph.receivers.map { names[$0] })
    let x = numbers([4, 2], .test("x"))
    let places = Tensor(names.map { Int32($0) })
    let y = layer(graph, .test("layer"))(x)
    let moved = layer(renamed, .test("layer"))(x.scatterAdded(places, axis: 0, count: 4))
    #expect(distance(moved.gathered(places, axis: 0), y) < 1e-14)
  }

  /// On the neighbour table of a ring messages move with translations.
  @Test func latticesAreTranslated() {
    let graph = MessageGraph(neighbors: (0..<6).map { [($0 + 1) % 6, ($0 + 5) % 6] })
    #expect(graph.edgeCount == 12)
    let layer = layer(graph, .test("layer"))
    let x = numbers([2, 6, 2], .test("x"))
    let shift = Tensor((0..<6).map { Int32(($0 + 2) % 6) })
    #expect(distance(layer(x.gathered(shift, axis: 1)), layer(x).gathered(shift, axis: 1)) < 1e-14)
  }
}
