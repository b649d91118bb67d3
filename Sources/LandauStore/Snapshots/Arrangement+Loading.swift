import LandauCore

extension Arrangement {
  /// Reads the elements and puts them in the order of `Snapshots`.
  func load(_ file: ArrayFile) throws(InputError) -> SnapshotFile.Contents {
    let path = file.path.printable
    let axisName = layout.position(of: .parameter) != nil ? "parameter" : "sample"
    let rowCount = shape[layout.position(of: .parameter) ?? layout.position(of: .sample)!]
    let rowValues = try Self.parameterValues(parameterName, in: file)
    guard rowValues.count == rowCount else {
      throw InputError.file(
        path,
        "parameter '\(parameterName.printable)' has \(rowValues.count) values, the "
          + "\(axisName) axis of '\(spinsName.printable)' \(shape) has \(rowCount)")
    }
    let order = SampleOrder(layout: layout, shape: shape, rowValues: rowValues)
    guard order.count > 1 else {
      throw InputError.file(path, "holds one snapshot only; at least two are needed")
    }
    let width = file.info(spinsName)?.element?.width ?? 1
    try MachineMemory.require(shape.reduce(1, *) * (width + 3), for: file.path)
    let converted = try SpinValues(
      try file.array(spinsName), name: spinsName, path: file.path)
    let values = gather(converted.values, order: order)
    let chains = try readChains(file, order: order)
    let snapshots = Snapshots(
      siteShape: siteShape, channels: channels, values: values, levels: converted.levels,
      parameterName: parameterLabel,
      parameters: order.parameters, parameterIndex: order.parameterIndex, chain: chains.numbers,
      isSequential: chains.isSequential, boundary: boundary,
      notes: notes.isEmpty
        ? file.notes + ["values: \(converted.mapping.rawValue)", "layout: \(layout)"] : notes)
    return SnapshotFile.Contents(
      snapshots: snapshots, path: file.path, format: file.format, spinsName: spinsName,
      shape: shape,
      layout: layout, mapping: converted.mapping.rawValue,
      upFraction: Double(converted.upCount) / Double(values.count))
  }

  // MARK: Spins

  private func gather(_ source: [Int8], order: SampleOrder) -> [Int8] {
    let strides = Self.strides(shape)
    let siteOffsets = Self.offsets(layout.siteAxes, shape: shape, strides: strides)
    let channelOffsets = Self.offsets(
      layout.position(of: .channel).map { [$0] } ?? [], shape: shape, strides: strides)
    let width = siteOffsets.count * channelOffsets.count
    let isContiguous =
      siteOffsets.last == siteOffsets.count - 1
      && channelOffsets.last == (channelOffsets.count - 1) * siteOffsets.count
    return [Int8](unsafeUninitializedCapacity: source.count) { buffer, filled in
      source.withUnsafeBufferPointer { source in
        for base in order.offsets {
          if isContiguous {
            _ = UnsafeMutableBufferPointer(rebasing: buffer[filled..<(filled + width)])
              .update(from: source[base..<(base + width)])
            filled += width
            continue
          }
          for channel in channelOffsets {
            for site in siteOffsets {
              buffer[filled] = source[base + channel + site]
              filled += 1
            }
          }
        }
      }
    }
  }

  static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// Offsets of all index combinations of some axes, the last axis fastest.
  static func offsets(_ axes: [Int], shape: [Int], strides: [Int]) -> [Int] {
    var offsets = [0]
    for axis in axes {
      offsets = offsets.flatMap { base in (0..<shape[axis]).map { base + $0 * strides[axis] } }
    }
    return offsets
  }

  // MARK: Chains

  private func readChains(_ file: ArrayFile, order: SampleOrder) throws(InputError)
    -> (numbers: [Int32], isSequential: Bool)
  {
    let flag = try readFlag(file) ?? isSequential
    if file.info("chain") != nil {
      let numbers = try readChainArray(file, order: order)
      // Several samples of one chain at one parameter were taken one after another.
      let repeats =
        Set(zip(order.parameterIndex, numbers).map { SIMD2($0, $1) }).count < order.count
      return (numbers, flag ?? repeats)
    }
    if layout.position(of: .chain) != nil {
      return (order.chain, flag ?? (layout.position(of: .shot) != nil))
    }
    // In time order and without chains: one chain.
    if flag == true { return ([Int32](repeating: 0, count: order.count), true) }
    return (order.shot, false)
  }

  private func readFlag(_ file: ArrayFile) throws(InputError) -> Bool? {
    guard let info = file.info("sequential") else { return nil }
    guard info.shape.reduce(1, *) == 1, let value = try file.array("sequential").integers?.first,
      value == 0 || value == 1
    else {
      throw InputError.file(file.path.printable, "'sequential' is not a single true or false")
    }
    return value == 1
  }

  private func readChainArray(_ file: ArrayFile, order: SampleOrder) throws(InputError) -> [Int32] {
    let array = try file.array("chain")
    let axes = layout.axes.indices.filter {
      [.parameter, .chain, .shot, .sample].contains(layout.axes[$0])
    }
    let expected = axes.map { shape[$0] }
    guard array.shape == expected || (array.shape == [order.count] && axes.count > 1) else {
      throw InputError.file(
        file.path.printable,
        "'chain' has shape \(array.shape); allowed: \(expected), one number per "
          + "snapshot of '\(spinsName.printable)' \(shape)")
    }
    guard let numbers = array.integers,
      let least = numbers.min(), let greatest = numbers.max(), least >= 0, greatest <= Int32.max
    else {
      throw InputError.file(
        file.path.printable, "'chain' must hold whole numbers from 0 to \(Int32.max)")
    }
    return order.position.map { Int32(numbers[$0]) }
  }
}

/// Where in the file each sample stands, in the order in which `Snapshots` lists them.
struct SampleOrder {
  /// Ascending, distinct.
  var parameters: [Double]
  var parameterIndex: [Int32] = []
  /// First element of the sample in the array.
  var offsets: [Int] = []
  /// Number of the sample among all, in the order of the leading axes of the file.
  var position: [Int] = []
  /// Index along the chain axis, counted on where several rows have one parameter value.
  var chain: [Int32] = []
  /// A number of its own for each sample of one parameter value.
  var shot: [Int32] = []

  var count: Int { offsets.count }

  init(layout: SnapshotLayout, shape: [Int], rowValues: [Double]) {
    let strides = Arrangement.strides(shape)
    parameters = Array(Set(rowValues)).sorted()
    let index = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1, Int32($0)) })
    let rowAxis = layout.position(of: .parameter) ?? layout.position(of: .sample)!
    let chainAxis = layout.position(of: .chain)
    let shotAxis = layout.position(of: .shot)
    let chainCount = chainAxis.map { shape[$0] } ?? 1
    let shotCount = shotAxis.map { shape[$0] } ?? 1
    var rows = Array(rowValues.indices)
    if layout.position(of: .parameter) != nil {
      rows.sort { (rowValues[$0], $0) < (rowValues[$1], $1) }
    }
    let leading = layout.axes.indices.filter { [rowAxis, chainAxis, shotAxis].contains($0) }
    let extents = leading.map { shape[$0] }
    let leadingStrides = Arrangement.strides(extents)
    func leadingStride(_ axis: Int?) -> Int {
      axis.flatMap { leading.firstIndex(of: $0) }.map { leadingStrides[$0] } ?? 0
    }
    var seen = [Int32](repeating: 0, count: parameters.count)
    var chains = [Int32](repeating: 0, count: parameters.count)
    for row in rows {
      let parameter = index[rowValues[row]]!
      for chainNumber in 0..<chainCount {
        for shotNumber in 0..<shotCount {
          parameterIndex.append(parameter)
          offsets.append(
            row * strides[rowAxis] + chainNumber * (chainAxis.map { strides[$0] } ?? 0)
              + shotNumber * (shotAxis.map { strides[$0] } ?? 0))
          position.append(
            row * leadingStride(rowAxis) + chainNumber * leadingStride(chainAxis)
              + shotNumber * leadingStride(shotAxis))
          chain.append(chains[Int(parameter)] + Int32(chainNumber))
          shot.append(seen[Int(parameter)])
          seen[Int(parameter)] += 1
        }
      }
      chains[Int(parameter)] += Int32(chainCount)
    }
  }
}
