import LandauLattice

/// How the ground state of quantum spins is found.
public enum QuantumMethod: String, Sendable, Hashable, CaseIterable {
  case freeFermions = "free-fermions"
  case diagonalization = "diagonalisation"
  case matrixProduct = "matrix-product"

  public static var all: [String] { allCases.map(\.rawValue) }

  /// The most spins of each; free chains end at the largest lattices.
  static let largestDiagonalized = 24
  static let longestMatrixProduct = 256

  /// Whether nothing stands in the way of a method, or the reason why not.
  ///
  /// - Parameter isMixed: whether spins are measured along different axes.
  func obstacle(_ model: ResolvedQuantumModel, isMixed: Bool) -> String? {
    let n = model.lattice.siteCount
    switch self {
    case .freeFermions:
      guard QuantumGroundState.isFree(model) else { return "\(n) spins are no free fermions here" }
      return isMixed ? "free fermions are measured along one axis only" : nil
    case .diagonalization:
      return n <= Self.largestDiagonalized
        ? nil : "diagonalisation ends at \(Self.largestDiagonalized) spins"
    case .matrixProduct:
      // Rings and strips want many states a bond: only for those who ask.
      let isOpenChain = model.lattice.name == "chain" && model.lattice.boundary == [.open]
      guard isOpenChain || model.method == .matrixProduct else {
        return "matrix products take open chains, others with --method matrix-product"
      }
      return n <= Self.longestMatrixProduct
        ? nil : "matrix products end at \(Self.longestMatrixProduct) spins"
    }
  }

  /// The first that has nothing in its way: exact ones before matrix products.
  ///
  /// - Returns: the method, or why there is none.
  static func choose(
    _ model: ResolvedQuantumModel, isMixed: Bool
  ) -> (method: QuantumMethod?, reason: String) {
    var reasons: [String] = []
    for method in model.method.map({ [$0] }) ?? allCases {
      guard let obstacle = method.obstacle(model, isMixed: isMixed) else { return (method, "") }
      reasons.append(obstacle)
    }
    return (nil, reasons.joined(separator: ", "))
  }
}
