public import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension IsingChain: SnapshotChain {
  /// Energy, magnetisation and its even moments, the structure factor where a side is above 1, and
  /// what all signs of the clusters average to after Swendsen-Wang.
  ///
  /// Until the first sweep the improved moments are the plain ones.
  public var observables: [Observable] {
    var observables: [Observable] = [.energyPerSite, .order(0), .absOrder, .orderSquared]
    if !longestAxes.isEmpty { observables.append(.structureMinimal) }
    if update == .swendsenWang {
      observables += [.improvedOrderSquared, .improvedOrderFourth]
    }
    if isAntiferromagnet { observables.append(.staggeredOrder) }
    return observables
  }

  /// - Complexity: O(sites), a small part of a sweep.
  public func measure(into row: inout [Double]) {
    let order = magnetizationPerSite
    row.append(energyPerSite)
    row.append(order)
    row.append(abs(order))
    row.append(order * order)
    if !longestAxes.isEmpty { row.append(structureMinimal()) }
    if update == .swendsenWang {
      let moments = engine.improvedMoments()
      row.append(moments?.second ?? order * order)
      row.append(moments?.fourth ?? order * order * order * order)
    }
    if isAntiferromagnet {
      row.append(Double(engine.staggeredMagnetization()) / Double(model.siteCount))
    }
  }

  /// Whether its order is that of two sublattices.
  private var isAntiferromagnet: Bool { model.coupling < 0 && model.lattice.isBipartite }

  public var snapshotWidth: Int { model.siteCount }

  /// Appends the spins, -1 or +1, row-major.
  public func appendSnapshot(to array: inout [Int8]) { appendSpins(to: &array) }

  public func save(to writer: inout StateWriter) {
    writer.write("ising/1")
    writer.write(algorithm)
    engine.save(to: &writer)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == "ising/1" else {
      throw InputError("the checkpoint does not belong to \(algorithm) on \(model.lattice)")
    }
    let former = try reader.text()
    guard former == algorithm else {
      throw InputError(
        "the checkpoint of \(former) does not belong to \(algorithm) on \(model.lattice); begin the run anew"
      )
    }
    try engine.restore(from: &reader)
  }

  /// The axes along which the smallest wave vectors point.
  private var longestAxes: [Int] {
    let sides = model.lattice.sides
    return sides.indices.filter { sides[$0] > 1 && sides[$0] == sides.max()! }
  }

  static func smallestWave(_ lattice: HypercubicLattice) -> [SIMD2<Double>] {
    let side = lattice.sides.max() ?? 1
    let step = 2 * Double.pi / Double(side)
    return (0..<side).map { SIMD2(cos(step * Double($0)), sin(step * Double($0))) }
  }

  /// |sum of s exp(i k r)|^2 / N^2, averaged over the wave vectors 2 pi / L along the longest axes.
  private func structureMinimal() -> Double {
    var total = 0.0
    for axis in longestAxes {
      let sums = engine.sliceSums(along: axis)
      var (real, imaginary) = (0.0, 0.0)
      for (position, sum) in sums.enumerated() {
        real += Double(sum) * wave[position].x
        imaginary += Double(sum) * wave[position].y
      }
      total += real * real + imaginary * imaginary
    }
    let sites = Double(model.siteCount)
    return total / (Double(longestAxes.count) * sites * sites)
  }
}
