public import LandauLattice

/// What is measured on the links of a gauge theory.
///
/// Always the mean plaquette, Re tr U_p / N, and the Polyakov loop along axis 0, a complex number; then Wilson loops of
/// the shapes asked for; then the winding number of U(1) in two dimensions.
public struct GaugeMeasurements: Sendable, Hashable {
  public let model: GaugeModel
  public let loops: [WilsonLoop]

  /// - Parameter loops: shapes whose sides are shorter than the lattice's.
  public init(_ model: GaugeModel, loops: [WilsonLoop] = WilsonLoop.upTo(2)) {
    self.model = model
    let least = model.lattice.sides.min() ?? 1
    self.loops = loops.filter {
      $0.width >= 1 && $0.height >= 1 && max($0.width, $0.height) < least
    }
  }

  /// The longest side of the loops, 1 without any.
  public var longestLoop: Int { loops.map { max($0.width, $0.height) }.max() ?? 1 }

  public var observables: [Observable] {
    [.plaquette, .polyakovReal, .polyakovImaginary] + loops.map(\.observable)
      + (model.hasWindingNumber ? [.topologicalCharge] : [])
  }

  func measure<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>, into row: inout [Double]) {
    row.append(kernel.plaquetteSum() / Double(model.plaquetteCount))
    let polyakov = kernel.polyakovLoop()
    row += [polyakov.x, polyakov.y]
    row += kernel.wilsonLoops(loops)
    if model.hasWindingNumber { row.append(kernel.windingNumber()) }
  }
}

extension Observable {
  /// Mean of Re tr U_p / N over all plaquettes.
  public static let plaquette: Observable = "plaquette"
  /// Real and imaginary part of tr / N of the loop along axis 0 round the torus, averaged over its places.
  public static let polyakovReal: Observable = "polyakovLoopReal"
  public static let polyakovImaginary: Observable = "polyakovLoopImaginary"
  /// Sum of plaquette angles over 2 pi: U(1) in two dimensions.
  public static let topologicalCharge: Observable = "topologicalCharge"
}
