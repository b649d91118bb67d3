public import LandauCore

extension Snapshots {
  /// At most `count` samples of every parameter, evenly spaced over each one's samples.
  public func samples(perParameter count: Int) -> [Int] {
    precondition(count > 0, "\(count) samples per parameter")
    var totals = [Int](repeating: 0, count: parameters.count)
    for p in parameterIndex { totals[Int(p)] += 1 }
    var seen = [Int](repeating: 0, count: parameters.count)
    return parameterIndex.indices.filter { sample in
      let p = Int(parameterIndex[sample])
      let (rank, total) = (seen[p], totals[p])
      seen[p] += 1
      // The share of the quota that is due rises by a whole number exactly where a sample is taken.
      return total <= count || (rank + 1) * count / total > rank * count / total
    }
  }

  /// Some of the samples, in the order asked for; parameters without samples stay.
  public func selecting(_ samples: [Int]) -> Snapshots {
    let width = siteCount * channels.count
    return Snapshots(
      siteShape: siteShape, channels: channels,
      values: samples.flatMap { values[$0 * width..<($0 + 1) * width] }, levels: levels,
      parameterName: parameterName, parameters: parameters,
      parameterIndex: samples.map { parameterIndex[$0] }, chain: samples.map { chain[$0] },
      isSequential: isSequential, boundary: boundary, notes: notes)
  }

  /// Snapshots of one lattice at further values of the parameter, one part after the other.
  ///
  /// - Parameter parts: alike but for their values of the parameter, each above those before it.
  public init(joining parts: [Snapshots]) {
    precondition(!parts.isEmpty, "nothing to join")
    let first = parts[0]
    precondition(
      parts.allSatisfy {
        $0.siteShape == first.siteShape && $0.channels == first.channels
          && $0.levels == first.levels && $0.parameterName == first.parameterName
      }, "snapshots that are not alike cannot be joined")
    var indices: [Int32] = []
    var offset: Int32 = 0
    for part in parts {
      indices += part.parameterIndex.map { $0 + offset }
      offset += Int32(part.parameters.count)
    }
    self.init(
      siteShape: first.siteShape, channels: first.channels, values: parts.flatMap(\.values),
      levels: first.levels, parameterName: first.parameterName,
      parameters: parts.flatMap(\.parameters), parameterIndex: indices,
      chain: parts.flatMap(\.chain), isSequential: first.isSequential, boundary: first.boundary,
      notes: first.notes)
  }
}
