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
    precondition(
      x.rank >= 2 && x.shape[x.rank - 2] == graph.nodeCount,
      "messages on \(graph.nodeCount) nodes were given \(x.type); it takes […, nodes, features]")
    let axis = x.rank - 2
    let receivers = Tensor(graph.receivers.map { Int32($0) })
    let senders = Tensor(graph.senders.map { Int32($0) })
    var parts = [x.gathered(receivers, axis: axis), x.gathered(senders, axis: axis)]
    if let edges { parts.append(edges) }
    let messages = message(concatenated(parts, axis: -1))
    var heard = messages.scatterAdded(receivers, axis: axis, count: graph.nodeCount)
    if pooling == .mean { heard = heard * inverseDegrees(type: x.scalarType) }
    return update(concatenated([x, heard], axis: -1))
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
