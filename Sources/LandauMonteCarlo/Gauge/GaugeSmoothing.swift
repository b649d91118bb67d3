public import LandauCore
import LandauLattice

/// A way to take short waves out of a configuration of links.
public enum GaugeSmoothing: Sendable, Hashable {
  /// Sweeps that take every link in turn towards the least action beside its staples.
  case cooling(sweeps: Int)
  /// Wilson's flow to a time, in units of the lattice spacing squared.
  case flow(time: Double)
  /// APE smearing of the links in all axes but the first, weight 1/2.
  case smearing(steps: Int)

  fileprivate func apply<Link: GaugeGroup>(to kernel: GaugeKernel<Link>) {
    switch self {
    case .cooling(let sweeps): for _ in 0..<sweeps { kernel.cool() }
    case .flow(let time): kernel.flow(time: time)
    case .smearing(let steps): kernel.smear(steps)
    }
  }

  fileprivate func check() throws(InputError) {
    switch self {
    case .cooling(let count), .smearing(let count):
      guard count >= 0 else {
        throw .notAllowed("the number of sweeps", count, allowed: "whole numbers from 0")
      }
    case .flow(let time):
      guard time >= 0, time.isFinite else {
        throw .notAllowed("flow-time", time, allowed: "finite numbers from 0")
      }
    }
  }
}

/// Links of any origin, a file's for one, with the loops of the chains.
extension GaugeLinks {
  /// The smoothed configuration.
  ///
  /// - Throws: `InputError` for numbers below 0, a rank above 3, and lattices that `GaugeModel` refuses.
  public func smoothed(by smoothing: GaugeSmoothing) throws(InputError) -> GaugeLinks {
    try smoothing.check()
    let field = try field()
    defer { field.deallocate() }
    switch field {
    case .u1(let kernel): smoothing.apply(to: kernel)
    case .su2(let kernel): smoothing.apply(to: kernel)
    case .su3(let kernel): smoothing.apply(to: kernel)
    }
    var smoothed = self
    smoothed.values = []
    field.append(to: &smoothed.values)
    return smoothed
  }

  /// Q = -(1/32 pi^2) sum of epsilon_abcd tr G_ab G_cd with the clover G: near a whole number for smooth links of SU(2)
  /// and SU(3).
  ///
  /// - Throws: `InputError` where the lattice has not four axes, or the group is U(1).
  public func cloverCharge() throws(InputError) -> Double {
    guard sides.count == 4, rank > 1 else {
      throw InputError("the clover charge is one of SU(N) in four dimensions")
    }
    let field = try field()
    defer { field.deallocate() }
    return switch field {
    case .u1(let kernel): kernel.cloverCharge()
    case .su2(let kernel): kernel.cloverCharge()
    case .su3(let kernel): kernel.cloverCharge()
    }
  }

  /// Mean over the sites of E = -sum over planes of tr G^2 with the clover G.
  ///
  /// - Throws: `InputError` for a rank above 3 and lattices that `GaugeModel` refuses.
  public func actionDensity() throws(InputError) -> Double {
    let field = try field()
    defer { field.deallocate() }
    return switch field {
    case .u1(let kernel): kernel.actionDensity()
    case .su2(let kernel): kernel.actionDensity()
    case .su3(let kernel): kernel.actionDensity()
    }
  }

  private func field() throws(InputError) -> GaugeField {
    guard let group = GaugeModel.Group.allCases.first(where: { $0.rank == rank }) else {
      throw .notAllowed("the rank of the group", rank, allowed: "1, 2, 3")
    }
    let field = GaugeField(
      try GaugeModel(group, lattice: HypercubicLattice(sides: sides)), hasMomenta: false)
    field.load(values)
    return field
  }
}

extension GaugeChain {
  /// The present links, to be smoothed or written to a file, or taken from one.
  public var links: GaugeLinks {
    get {
      GaugeLinks(sides: model.lattice.sides, rank: model.group.rank, values: configuration)
    }
    set {
      precondition(
        newValue.sides == model.lattice.sides && newValue.rank == model.group.rank,
        "links of another lattice or group")
      configuration = newValue.values
    }
  }
}
