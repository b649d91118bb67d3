public import LandauCore
public import LandauTensor

/// Examples in memory: tensors whose leading axes run over the same examples.
public struct Dataset: Sendable {
  /// For example inputs `[count, …]` and labels `[count]`.
  public let tensors: [Tensor]
  public let count: Int

  public init(_ tensors: [Tensor]) {
    let counts = Set(tensors.map { $0.shape.first ?? 0 })
    guard let count = counts.first, counts.count == 1, count >= 1 else {
      preconditionFailure(
        "examples must share a leading axis; the shapes are \(tensors.map(\.shape))")
    }
    self.tensors = tensors
    self.count = count
  }

  /// The examples at `rows`, in that order, copied.
  public subscript(rows: some Sequence<Int>) -> Dataset {
    let rows = Tensor(rows.map { Int32($0) })
    let chosen = tensors.map { $0.gathered(rows, axis: 0) }
    eval(chosen)
    return Dataset(chosen)
  }

  /// Disjoint parts of about the given fractions, drawn at random; what the fractions leave over is left out.
  ///
  /// - Parameters:
  ///   - fractions: at most one in all. Part k ends at the rounded cumulative fraction; every part must get an
  ///     example.
  ///   - labels: of int32 `[count]`: each class is split in these fractions (stratified).
  ///   - seed: the parts are a pure function of it and of the numbers of examples.
  public func split(_ fractions: [Double], stratifiedBy labels: Tensor? = nil, seed: Seed)
    -> [Dataset]
  {
    precondition(
      fractions.allSatisfy { $0 > 0 } && fractions.reduce(0, +) <= 1 + 1e-12,
      "the fractions \(fractions) are not positive numbers of at most one in all")
    var classes = [Array(0..<count)]
    if let labels {
      precondition(labels.shape == [count], "labels \(labels.type) of \(count) examples")
      let values = labels.scalars(Int32.self)
      classes = Set(values).sorted().map { value in (0..<count).filter { values[$0] == value } }
    }
    var parts = [[Int]](repeating: [], count: fractions.count)
    for (number, members) in classes.enumerated() {
      var order = members
      var rng = seed.child("split", number).makeStream()
      rng.shuffle(&order)
      var (sum, start) = (0.0, 0)
      for (part, fraction) in fractions.enumerated() {
        sum += fraction
        let end = min(order.count, Int((sum * Double(order.count)).rounded()))
        parts[part] += order[start..<end]
        start = end
      }
    }
    precondition(
      parts.allSatisfy { !$0.isEmpty },
      "\(count) examples do not give every part of \(fractions) an example")
    return parts.map { self[$0.sorted()] }
  }

  /// The examples of one epoch in batches, in an order that is a pure function of `seed` and `epoch`.
  ///
  /// - Parameter size: examples per batch; the last batch takes what is left. All examples in one batch keep
  ///   their order.
  public func batches(of size: Int, seed: Seed, epoch: Int) -> Batches {
    var order: [Int32]? = nil
    if size < count {
      var shuffled = (0..<count).map { Int32($0) }
      var rng = seed.child("shuffle", epoch).makeStream()
      rng.shuffle(&shuffled)
      order = shuffled
    }
    return Batches(dataset: self, size: size, order: order)
  }

  /// The examples in batches in their own order, e.g. for an evaluation.
  public func batches(of size: Int) -> Batches {
    Batches(dataset: self, size: size, order: size < count ? (0..<count).map { Int32($0) } : nil)
  }

  /// Batches of one pass over a data set, gathered one at a time.
  public struct Batches: Sendable, RandomAccessCollection {
    let dataset: Dataset
    let size: Int
    /// Nil where the whole set is one batch.
    let order: [Int32]?

    init(dataset: Dataset, size: Int, order: [Int32]?) {
      precondition(size >= 1, "batches of \(size) examples")
      self.dataset = dataset
      self.size = size
      self.order = order
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { (dataset.count + size - 1) / size }

    public subscript(position: Int) -> [Tensor] {
      guard let order else { return dataset.tensors }
      let start = position * size
      let rows = Tensor(Array(order[start..<Swift.min(start + size, dataset.count)]))
      return dataset.tensors.map { $0.gathered(rows, axis: 0) }
    }
  }
}
