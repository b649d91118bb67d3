public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Configurations of unit vectors in the plane, each at a known value of a scanned parameter.
public struct AngleSnapshots: Sendable {
  /// Extent along each axis.
  public let siteShape: [Int]
  /// One name per variable of a cell.
  public let channels: [String]
  /// Angles in radians, sample by sample, then channel by channel, then site by site.
  public let angles: [Float]
  public let parameterName: String
  public let parameters: [Double]
  /// For each sample, which of `parameters` it was taken at.
  public let parameterIndex: [Int32]
  /// For each sample the independent chain it comes from.
  public let chain: [Int32]
  public let isSequential: Bool
  public let boundary: Snapshots.Boundary

  public init(
    siteShape: [Int], channels: [String] = ["spin"], angles: [Float], parameterName: String,
    parameters: [Double], parameterIndex: [Int32], chain: [Int32], isSequential: Bool,
    boundary: Snapshots.Boundary
  ) {
    let width = siteShape.reduce(1, *) * channels.count
    precondition(
      angles.count == parameterIndex.count * width && chain.count == parameterIndex.count,
      "\(angles.count) angles, \(chain.count) chain numbers for \(parameterIndex.count) samples")
    self.siteShape = siteShape
    self.channels = channels
    self.angles = angles
    self.parameterName = parameterName
    self.parameters = parameters
    self.parameterIndex = parameterIndex
    self.chain = chain
    self.isSequential = isSequential
    self.boundary = boundary
  }

  /// What windows count of angles: cosines of once and twice the difference of each pair, and the components
  /// of single ones. These are the rotation-invariant products of lowest degree, cos d and 2 cos^2 d - 1; there is no
  /// finite basis of all.
  public static let alphabet = Alphabet(levels: [0, 1, 2, 3], symmetry: .rotations)

  /// - Parameter bare: the labels and chains of the samples.
  private init(_ bare: Snapshots, channels: [String], angles: [Float]) {
    self.init(
      siteShape: bare.siteShape, channels: channels, angles: angles,
      parameterName: bare.parameterName, parameters: bare.parameters,
      parameterIndex: bare.parameterIndex, chain: bare.chain, isSequential: bare.isSequential,
      boundary: bare.boundary)
  }

  /// Some of the samples of each parameter, evenly spaced over those there are; all where there are fewer.
  public func thinned(perParameter count: Int) -> AngleSnapshots {
    let samples = bare.samples(perParameter: count)
    let width = siteShape.reduce(1, *) * channels.count
    return AngleSnapshots(
      bare.selecting(samples), channels: channels,
      angles: samples.flatMap { angles[$0 * width..<($0 + 1) * width] })
  }

  /// Snapshots of one lattice at further values of the parameter, one part after the other.
  ///
  /// - Parameter parts: alike but for their values of the parameter, each above those before it.
  public init(joining parts: [AngleSnapshots]) {
    self.init(
      Snapshots(joining: parts.map(\.bare)), channels: parts[0].channels,
      angles: parts.flatMap(\.angles))
  }

  /// The same samples without their variables: labels and chains.
  var bare: Snapshots {
    Snapshots(
      siteShape: siteShape, channels: [], values: [], parameterName: parameterName,
      parameters: parameters, parameterIndex: parameterIndex, chain: chain,
      isSequential: isSequential, boundary: boundary)
  }
}

extension CorrelatorCounts {
  /// The means over positions of the functions of `AngleSnapshots.alphabet`.
  ///
  /// - Complexity: O(samples x sites x pairs in the windows).
  public init(_ snapshots: AngleSnapshots, windows: [Window], pool: WorkerPool) {
    let channels = snapshots.channels.count
    let plans = windows.map { AnglePlan(snapshots, window: $0) }
    let terms = windows.map {
      PatternTable(AngleSnapshots.alphabet, window: $0, channelCount: channels).terms
    }
    let features = terms.reduce(0) { $0 + $1.count }
    let width = snapshots.siteShape.reduce(1, *) * channels
    let samples = snapshots.parameterIndex.count
    let values = Self.rows(samples, of: features, pool: pool) {
      (
        cosines: [Float](repeating: 0, count: width), sines: [Float](repeating: 0, count: width)
      )
    } fill: { parts, sample, row in
      for place in 0..<width {
        parts.cosines[place] = cosf(snapshots.angles[sample * width + place])
        parts.sines[place] = sinf(snapshots.angles[sample * width + place])
      }
      var next = row
      for plan in plans { plan.count(parts.cosines, parts.sines, into: &next) }
    }
    self.init(
      windows: windows, alphabet: AngleSnapshots.alphabet, channelCount: channels,
      sampleCount: samples, terms: terms, positionCounts: plans.map(\.positionCount),
      values: values)
  }
}

/// The places of the variables of one window at all its positions.
struct AnglePlan: Sendable {
  let positionCount: Int
  /// For each variable of the window, by position, its place among all of a sample.
  let places: [[Int32]]

  init(_ snapshots: AngleSnapshots, window: Window) {
    let placement = WindowPlacement(
      siteShape: snapshots.siteShape, boundary: snapshots.boundary, window: window)
    let grid = WindowGrid(snapshots.siteShape)
    positionCount = placement.positionCount
    places = window.offsets.flatMap { offset in
      snapshots.channels.indices.map { channel in
        var places: [Int32] = []
        placement.forEachRow { layer, row in
          let start =
            channel * grid.rowCount + grid.row(layer: layer + offset.layer, row: row + offset.row)
          for column in 0..<placement.columns {
            places.append(
              Int32(start * grid.columns + (column + offset.column) % grid.columns))
          }
        }
        return places
      }
    }
  }

  /// Writes the means in the order of the terms of a `PatternTable` and moves on behind them.
  func count(_ cosines: [Float], _ sines: [Float], into next: inout UnsafeMutablePointer<Float>) {
    func put(_ sum: Float) {
      next.pointee = sum / Float(positionCount)
      next += 1
    }
    if places.count == 1 {
      for component in [cosines, sines] { put(places[0].reduce(0) { $0 + component[Int($1)] }) }
      return
    }
    for one in places.indices {
      for other in places.indices.dropFirst(one + 1) {
        var sums: (Float, Float) = (0, 0)
        for (i, j) in zip(places[one], places[other]) {
          let (i, j) = (Int(i), Int(j))
          let cosine = cosines[i] * cosines[j] + sines[i] * sines[j]
          sums.0 += cosine
          sums.1 += 2 * cosine * cosine - 1
        }
        put(sums.0)
        put(sums.1)
      }
    }
  }
}
