internal import CLandauKernels

extension PackedLattice {
  /// What kernels read.
  ///
  /// - Parameters:
  ///   - lanes: eight words, the replicas that are attempted.
  ///   - planes: one or two, with eight words a site.
  ///   - adjust: adds what lanes see of each other.
  func replicas(
    _ rules: PackedRules, lanes: UnsafeMutablePointer<UInt64>,
    planes: [UnsafeMutablePointer<UInt64>], adjust: (inout lk_packed) -> Void = { _ in }
  ) -> lk_packed {
    // Sites with four or six bonds: the first classes are 0, 1, ... unsatisfied ones.
    let costly = (1...3).map { kind in dimension >= kind ? rules.rules[0].thresholds[kind] : 0 }
    var packed = lk_packed()
    packed.sites = siteCount
    packed.lanes = UnsafePointer(lanes)
    packed.start = UnsafePointer(start)
    packed.neighbours = UnsafePointer(neighbours)
    packed.signs = signs.map { UnsafePointer($0) }
    packed.lane_signs = signsDiffer ? 1 : 0
    packed.repels = coupling < 0 ? 1 : 0
    packed.rule_of_site = kindOfSite.map { UnsafePointer($0) }
    packed.rules = UnsafePointer(rules.rules)
    packed.dimension = Int32(dimension)
    packed.acceptance = lk_acceptance(
      costly: (costly[0], costly[1], costly[2]), lazy_bits: Int32(rules.acceptance.lazyBits))
    packed.planes = (planes[0], planes.count > 1 ? planes[1] : nil)
    adjust(&packed)
    return packed
  }
}

extension PackedSpins {
  /// Makes a sweep; returns the number of changes where they are counted.
  func sweep(
    _ replicas: inout lk_packed, _ stream: UnsafeMutablePointer<UInt64>, _ kernels: lk_kernels,
    shares: Bool = false, isCounted: Bool
  ) -> Int {
    let counting: Int32 = isCounted ? 1 : 0
    return switch self {
    case .ising: Int(kernels.packed_ising(&replicas, stream, shares ? 1 : 0, counting))
    case .potts(let states):
      Int(kernels.packed_potts(&replicas, stream, Int32(states), counting))
    case .blumeCapel: Int(kernels.packed_blume_capel(&replicas, stream, counting))
    }
  }

  /// As kernels call it.
  var kernel: Int {
    switch self {
    case .ising: Int(LK_PACKED_ISING)
    case .potts: Int(LK_PACKED_POTTS)
    case .blumeCapel: Int(LK_PACKED_BLUME_CAPEL)
    }
  }
}
