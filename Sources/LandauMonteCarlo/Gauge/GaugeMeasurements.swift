public import LandauCore
public import LandauLattice

/// What is measured on the links of a gauge theory.
///
/// Always the mean plaquette, Re tr U_p / N, and the Polyakov loop along axis 0, a complex number; then Wilson loops of
/// the shapes asked for; the topological charge of U(1) in two dimensions; and what is asked for besides, on copies of
/// the links: rectangles in space and time with smeared links in space, for the static potential, and action density
/// and, of SU(N) in four dimensions, topological charge after Wilson's flow.
public struct GaugeMeasurements: Sendable, Hashable {
  public let model: GaugeModel
  public let loops: [WilsonLoop]
  /// How often links in space are smeared for rectangles in space and time; nil for no such rectangles.
  public let smearing: Int?
  /// The time of Wilson's flow; nil for none.
  public let flowTime: Double?

  /// - Parameters:
  ///   - loops: shapes; those with a side as long as one of the lattice's or longer are left out.
  ///   - smearing: from 0, in three dimensions or four.
  ///   - flowTime: above 0, in units of the lattice spacing squared.
  /// - Throws: `InputError` for other numbers.
  public init(
    _ model: GaugeModel, loops: [WilsonLoop] = WilsonLoop.upTo(2), smearing: Int? = nil,
    flowTime: Double? = nil
  ) throws(InputError) {
    if let smearing {
      guard smearing >= 0, smearing <= 1000 else {
        throw .notAllowed("smear", smearing, allowed: "whole numbers from 0 to 1000")
      }
      guard model.dimension > 2 else {
        throw .notAllowed("smear", smearing, allowed: "nothing in two dimensions")
      }
    }
    if let flowTime {
      guard flowTime > 0, flowTime <= 1000 else {
        throw .notAllowed("flow-time", flowTime, allowed: "numbers above 0, up to 1000")
      }
    }
    self.model = model
    self.smearing = smearing
    self.flowTime = flowTime
    let least = model.lattice.sides.min() ?? 1
    self.loops = loops.filter {
      $0.width >= 1 && $0.height >= 1 && max($0.width, $0.height) < least
    }
  }

  /// The longest side of the loops, 1 without any.
  public var longestLoop: Int { loops.map { max($0.width, $0.height) }.max() ?? 1 }

  /// Whether the topological charge is measured after the flow.
  private var hasFlowedCharge: Bool {
    flowTime != nil && model.dimension == 4 && model.group != .u1
  }

  public var observables: [Observable] {
    var names: [Observable] = [.plaquette, .polyakovReal, .polyakovImaginary]
    names += loops.map(\.observable)
    if model.hasWindingNumber { names.append(.topologicalCharge) }
    if smearing != nil {
      names += (1...longestLoop).flatMap { width in
        (1...longestLoop).map { .timeLoop(width, $0) }
      }
    }
    if flowTime != nil { names.append(.flowedAction) }
    if hasFlowedCharge { names.append(.topologicalCharge) }
    return names
  }

  func measure<Link: GaugeGroup>(_ kernel: GaugeKernel<Link>, into row: inout [Double]) {
    row.append(kernel.plaquetteSum() / Double(model.plaquetteCount))
    let polyakov = kernel.polyakovLoop()
    row += [polyakov.x, polyakov.y]
    row += kernel.wilsonLoops(loops)
    if model.hasWindingNumber { row.append(kernel.windingNumber()) }
    if let smearing {
      row += kernel.withCopy { copy in
        copy.smear(smearing)
        return copy.timeLoops(width: longestLoop, height: longestLoop).flatMap { $0 }
      }
    }
    guard let flowTime else { return }
    row += kernel.withCopy { copy in
      copy.flow(time: flowTime)
      return [flowTime * flowTime * copy.actionDensity()]
        + (hasFlowedCharge ? [copy.cloverCharge()] : [])
    }
  }
}

extension Observable {
  /// Mean of Re tr U_p / N over all plaquettes.
  public static let plaquette: Observable = "plaquette"
  /// Real and imaginary part of tr / N of the loop along axis 0 round the torus, averaged over its places.
  public static let polyakovReal: Observable = "polyakovLoopReal"
  public static let polyakovImaginary: Observable = "polyakovLoopImaginary"
  /// Sum of plaquette angles over 2 pi of U(1) in two dimensions; of SU(N) in four the clover charge after the flow.
  public static let topologicalCharge: Observable = "topologicalCharge"
  /// t^2 E at the time of the flow, E the clover action density.
  public static let flowedAction: Observable = "flowedActionDensity"
  /// Rectangles of R smeared links in space and T links in time.
  public static func timeLoop(_ width: Int, _ height: Int) -> Observable {
    Observable("smearedLoop\(width)x\(height)")
  }
}
