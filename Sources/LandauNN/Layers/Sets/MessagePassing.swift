public import LandauTensor

/// Directed edges between numbered nodes, along which messages go.
public struct MessageGraph: Sendable, Hashable {
  public let nodeCount: Int
  /// Where edge e begins.
  public let senders: [Int]
  /// Where edge e ends.
  public let receivers: [Int]

  public init(nodeCount: Int, senders: [Int], receivers: [Int]) {
    precondition(
      senders.count == receivers.count,
      "\(senders.count) senders for \(receivers.count) receivers")
    precondition(
      (senders + receivers).allSatisfy { (0..<nodeCount).contains($0) },
      "an edge leaves the nodes 0 ..< \(nodeCount)")
    self.nodeCount = nodeCount
    self.senders = senders
    self.receivers = receivers
  }

  /// An edge to every node from each of its neighbours, as in the tables of a lattice.
  ///
  /// - Parameter neighbors: `neighbors[i]` lists the neighbours of node i; a table that is regular gives edges
  ///   in the order (node, direction).
  public init(neighbors: [[Int]]) {
    self.init(
      nodeCount: neighbors.count, senders: neighbors.flatMap { $0 },
      receivers: neighbors.enumerated().flatMap { node, list in list.map { _ in node } })
  }

  public var edgeCount: Int { senders.count }
}

/// One round of messages on a graph: every node hears from its neighbours and changes.
///
/// m_e = message(x_receiver, x_sender, edge_e); y_i = update(x_i, pooled m of the edges to i). Renaming nodes
/// renames outputs and nothing else. Gilmer et al. 2017, arXiv:1704.01212.
public struct MessagePassing<Message: Layer, Update: Layer>: Layer {
  /// `[…, edges, 2 · features + edge features]` to `[…, edges, any]`.
  public var message: Message
  /// `[…, nodes, features + any]` to `[…, nodes, outputs]`.
  public var update: Update
  public let graph: MessageGraph
  public let pooling: Pooling

  /// - Parameter pooling: sum or mean over the edges that end at a node; a node without any hears zeros.
  public init(message: Message, update: Update, graph: MessageGraph, pooling: Pooling = .sum) {
    precondition(pooling != .maximum, "messages are summed or averaged; the maximum is not offered")
    self.message = message
    self.update = update
    self.graph = graph
    self.pooling = pooling
  }

  /// - Parameter x: `[…, nodes, features]`.
  /// - Returns: `[…, nodes, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, edges: nil) }

  /// - Parameter edges: `[…, edges, edge features]` with the leading axes of `x`.
  public func callAsFunction(_ x: Tensor, edges: Tensor?) -> Tensor {
    update(joined(x, message(ends(x, edges))))
  }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    let messages = message(ends(x, nil), training: key.folded(0))
    return update(joined(x, messages), training: key.folded(1))
  }

  /// `[…, edges, 2 · features + edge features]`: receivers before senders.
  private func ends(_ x: Tensor, _ edges: Tensor?) -> Tensor {
    precondition(
      x.rank >= 2 && x.shape[x.rank - 2] == graph.nodeCount,
      "messages on \(graph.nodeCount) nodes were given \(x.type); it takes […, nodes, features]")
    let parts = [graph.receivers, graph.senders].map { nodes in
      x.gathered(Tensor(nodes.map { Int32($0) }), axis: x.rank - 2)
    }
    return concatenated(parts + (edges.map { [$0] } ?? []), axis: -1)
  }

  /// What every node is and hears.
  private func joined(_ x: Tensor, _ messages: Tensor) -> Tensor {
    let receivers = Tensor(graph.receivers.map { Int32($0) })
    var heard = messages.scatterAdded(receivers, axis: x.rank - 2, count: graph.nodeCount)
    if pooling == .mean { heard = heard * inverseDegrees(type: x.scalarType) }
    return concatenated([x, heard], axis: -1)
  }

  /// `[nodes, 1]`.
  private func inverseDegrees(type: ScalarType) -> Tensor {
    var degrees = [Int](repeating: 0, count: graph.nodeCount)
    for node in graph.receivers { degrees[node] += 1 }
    return Tensor(degrees.map { 1 / Double(max(1, $0)) }, shape: [graph.nodeCount, 1]).asType(type)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("message", &message, visit)
    self.visit("update", &update, visit)
  }
}
