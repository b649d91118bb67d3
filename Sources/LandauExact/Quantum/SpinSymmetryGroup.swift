import LandauCore

/// Renamings of sites, with or without a flip of all spins, that a Hamiltonian commutes with, and the factors that wave functions
/// of one sector get under them: one-dimensional representations, such as any momentum, even and odd reflections and flips.
///
/// Ground states of unfrustrated models lie in sectors with factors 1 and -1, where vectors stay real.
public struct SpinSymmetryGroup: Sendable {
  /// A generator: site i goes to `sites[i]`.
  public struct Generator: Sendable, Hashable {
    public var sites: [Int]
    public var flips: Bool
    /// What the wave function is multiplied by.
    public var character: RootOfUnity

    public init(sites: [Int], flips: Bool = false, character: RootOfUnity = .one) {
      precondition(sites.sorted() == Array(sites.indices), "\(sites) renames no sites")
      self.sites = sites
      self.flips = flips
      self.character = character
    }
  }

  struct Element: Sendable {
    /// For each byte of a state and its 256 values, the bits that it becomes.
    let tables: [UInt32]
    let flipMask: UInt32
    /// Conjugate of what the wave function is multiplied by: the projector on the sector is the sum of chi(g) g / |G|.
    let character: Complex

    @inline(__always)
    func image(_ state: UInt32) -> UInt32 {
      tables.withUnsafeBufferPointer { t in
        (t[Int(state & 255)] | t[256 + Int(state >> 8 & 255)] | t[512 + Int(state >> 16 & 255)]
          | t[768 + Int(state >> 24)]) ^ flipMask
      }
    }
  }

  public let siteCount: Int
  let elements: [Element]
  /// Whether all characters are 1 or -1.
  let isReal: Bool
  public var order: Int { elements.count }

  /// The group that some generators make.
  ///
  /// - Returns: nil where the characters contradict each other: no wave function has all of them.
  public init?(siteCount: Int, generators: [Generator]) {
    precondition((1...32).contains(siteCount), "\(siteCount) spins in words of 32 bits")
    precondition(generators.allSatisfy { $0.sites.count == siteCount }, "generators of other sizes")
    self.siteCount = siteCount
    let identity = Generator(sites: Array(0..<siteCount))
    struct Key: Hashable {
      var sites: [Int]
      var flips: Bool
    }
    var characters = [Key(sites: identity.sites, flips: false): RootOfUnity.one]
    var order = [Key(sites: identity.sites, flips: false)]
    var next = 0
    while next < order.count {
      let element = order[next]
      next += 1
      for generator in generators {
        let key = Key(
          sites: element.sites.map { generator.sites[$0] }, flips: element.flips != generator.flips)
        let character = characters[element]! * generator.character
        if let known = characters[key] {
          guard known == character else { return nil }
        } else {
          characters[key] = character
          order.append(key)
        }
      }
    }
    isReal = characters.values.allSatisfy(\.isReal)
    elements = order.map { key in
      var tables = [UInt32](repeating: 0, count: 1024)
      for byte in 0..<4 {
        for value in 0..<256 {
          for bit in 0..<8 where value >> bit & 1 == 1 && 8 * byte + bit < siteCount {
            tables[256 * byte + value] |= 1 << UInt32(key.sites[8 * byte + bit])
          }
        }
      }
      let mask = key.flips ? UInt32((UInt64(1) << UInt64(siteCount)) - 1) : 0
      return Element(tables: tables, flipMask: mask, character: characters[key]!.conjugate.value)
    }
  }

  /// The smallest image of a state and the character of an element that leads there.
  @inline(__always)
  func representative(_ state: UInt32) -> (state: UInt32, character: Complex) {
    var best = state
    var character = Complex(1.0)
    for element in elements {
      let image = element.image(state)
      if image < best { (best, character) = (image, element.character) }
    }
    return (best, character)
  }

  /// How many elements leave a state alone, if it is the smallest of its images and survives in the sector; else nil.
  func stabilizer(_ state: UInt32) -> Int? {
    var (count, sum) = (0, Complex(0.0))
    for element in elements {
      let image = element.image(state)
      if image < state { return nil }
      if image == state {
        count += 1
        sum = sum + element.character
      }
    }
    // Characters of elements that leave the state alone are all one, or add up to nothing.
    return sum.real > 0.5 ? count : nil
  }
}

extension SpinSymmetryGroup.Generator {
  /// All spins flipped.
  public static func spinFlip(siteCount: Int, character: RootOfUnity = .one) -> Self {
    .init(sites: Array(0..<siteCount), flips: true, character: character)
  }

  /// One step round a ring: of momentum 2 pi `momentum` / N, that of sum over j of exp(i k j) |j).
  public static func translation(siteCount: Int, momentum: Int = 0) -> Self {
    .init(
      sites: (0..<siteCount).map { ($0 + 1) % siteCount },
      character: RootOfUnity(-momentum, siteCount))
  }

  /// A ring or chain read backwards.
  public static func reflection(siteCount: Int, character: RootOfUnity = .one) -> Self {
    .init(sites: (0..<siteCount).map { siteCount - 1 - $0 }, character: character)
  }
}
