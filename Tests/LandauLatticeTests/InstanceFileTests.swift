import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct InstanceFileTests {
  /// The worked example of the Spin Glass Server of the universities of Cologne and Bonn, with the energy it reports:
  /// -0.98580397885 per spin, spins 2, 4, 5 and 8 opposite to the others.
  static let server = """
    type: gauss
    size: 3
    name: 3x3 system

    1 2 -1.089460678023
    2 3 0.526296171959
    3 1 1.492510060258
    4 5 0.542925533731
    5 6 0.440804946137
    6 4 -0.555618772831
    7 8 0.400843564493
    8 9 0.005781770273
    9 7 -0.283108779696
    1 4 -1.428048251086
    2 5 0.063139021975
    3 6 1.529559080159
    4 7 -1.669458764103
    5 8 0.193231695455
    6 9 1.291781128584
    7 1 0.604670335948
    8 2 0.890948261885
    9 3 -0.822280541834
    """

  private func groundState(_ model: DiscreteModel) -> (energy: Double, state: [UInt8]) {
    var best = (energy: Double.infinity, state: [UInt8]())
    for index in 0..<(1 << model.siteCount) {
      let state = (0..<model.siteCount).map { UInt8(index >> $0 & 1) }
      let energy = model.energy(of: state.span)
      if energy < best.energy { best = (energy, state) }
    }
    return best
  }

  @Test func theServersExampleHasItsPublishedGroundState() throws {
    let file = try InstanceFile(reading: Self.server)
    #expect(file.name == "3x3 system")
    #expect(file.siteCount == 9)
    let ground = groundState(try file.isingModel(.coupling))
    expectClose(ground.energy / 9, -0.98580397885, absolute: 1e-11)
    #expect(
      ground.state == [1, 0, 1, 0, 0, 1, 1, 0, 1] || ground.state == [0, 1, 0, 1, 1, 0, 0, 1, 0])
  }

  @Test func aCutIsTheGroundStateWithTheOtherSign() throws {
    // A wheel of five sites with one heavy spoke: the largest cut by trying all 32.
    let text = "5 8\n1 2 1\n2 3 1\n3 4 1\n4 1 1\n1 5 1\n2 5 3\n3 5 1\n4 5 1\n"
    let file = try InstanceFile(reading: text)
    var largest = 0.0
    for side in 0..<32 {
      let cut = zip(file.bonds, file.weights).reduce(0.0) { sum, bond in
        let isCut = (side >> Int(bond.0.source) ^ side >> Int(bond.0.target)) & 1 == 1
        return sum + (isCut ? bond.1 : 0)
      }
      largest = max(largest, cut)
    }
    let ground = groundState(try file.isingModel(.maxCut))
    #expect(file.cut(atEnergy: ground.energy) == largest)
    #expect(file.couplings(.coupling) == file.weights)
    #expect(largest == 8)
  }

  @Test func layoutsOfTheSameGraph() throws {
    let bonds: [Lattice.Bond] = [
      .init(source: 0, target: 1), .init(source: 1, target: 2), .init(source: 2, target: 0),
    ]
    let texts = [
      "3 3\n1 2 -1\n2 3 0.5\n3 1 2\n",
      "# a comment\n\n 3\t3 \r\n1 2 -1\r\n% another\r\n2 3 5e-1\r\n3 1 2",
      "c DIMACS\np max 3 3\ne 1 2 -1\ne 2 3 0.5\na 3 1 2\n",
      "name: triangle\n1 2 -1\n2 3 0.5\n3 1 2\n",
      "\u{FEFF}3 3\r1,2,-1\r2,3,.5\r3,1,2\r",
    ]
    for text in texts {
      let file = try InstanceFile(reading: text)
      #expect(file.siteCount == 3)
      #expect(file.bonds == bonds)
      #expect(file.weights == [-1, 0.5, 2])
    }
    let plain = try InstanceFile(reading: "0 1\n1 2\n2 0\n", layout: .edges, firstSite: 0)
    #expect(plain.bonds == bonds)
    #expect(plain.weights == [1, 1, 1])
    #expect(try InstanceFile(reading: "4 1\n1 2\n").lattice().siteCount == 4)
    let sizes = [("pm", 4), ("gauss", 4), ("pm3", 8), ("sk", 2)]
    for (kind, count) in sizes {
      let text = "size: 2\ntype: \(kind)\n1 2 1\n"
      #expect(try InstanceFile(reading: text).siteCount == count)
    }
  }

  static let wrong: [(String, String)] = [
    ("", "there is no line 'SITES BONDS' and no bond"),
    ("# only\n", "there is no line 'SITES BONDS' and no bond"),
    (
      "3\n1 2 1\n",
      "line 1: the line has 1 words; allowed: two whole numbers, of sites and of bonds"
    ),
    ("x 3\n", "line 1: the number of sites is x; allowed: whole numbers from 1 to 16777216"),
    ("0 0\n", "line 1: the number of sites is 0; allowed: whole numbers from 1 to 16777216"),
    ("3 -1\n", "line 1: the number of bonds is -1; allowed: whole numbers from 0 to 1073741823"),
    ("3 2\n1 2 1\n", "the file has 1 bonds, its header announces 2"),
    ("3 1\n1 2 1\n2 3 1\n", "line 3: one bond more than the 1 announced"),
    ("3 1\n\n0 2 1\n", "line 3: the site is 0; allowed: whole numbers from 1 to 3"),
    ("3 1\n1 4 1\n", "line 2: the site is 4; allowed: whole numbers from 1 to 3"),
    ("3 1\n2 2 1\n", "line 2: site 2 is joined with itself; a bond has two sites"),
    ("3 1\n1 2 nan\n", "line 2: the weight is nan; allowed: finite numbers"),
    ("3 1\n1 2 1e999\n", "line 2: the weight is 1e999; allowed: finite numbers"),
    ("3 1\n1 2 a\u{7}b\n", "line 2: the weight is a?b; allowed: finite numbers"),
    ("3 1\n1 2 1 1\n", "line 2: the bond has 4 words; allowed: two sites, and a weight"),
    ("3 2\n1 2 1\n2 3\n", "line 3: the bond has 2 words, those before had 3"),
    ("p edge 3\n", "line 1: the line has 3 words; allowed: p KIND SITES BONDS"),
    (
      "e 1 2\n", "line 1: a line 'e' of a DIMACS file before its line 'p KIND SITES BONDS'"
    ),
    ("p edge 3 1\np edge 3 1\n", "line 2: a second line 'p'"),
    (
      "p edge 3 1\n1 2 1\n",
      "line 2: the line's first word is 1; allowed: c, e in a DIMACS file"
    ),
    ("3 1\np edge 3 1\n", "line 2: a line 'p' of a DIMACS file in a file of another layout"),
    ("type: torus\n", "line 1: type is torus; allowed: pm, gauss, pm3, gauss3, sk, ising"),
    ("colour: red\n", "line 1: the key is colour; allowed: type, size, name"),
    (
      "1 2 1\nname: a\n",
      "line 1: the line has 3 words; allowed: two whole numbers, of sites and of bonds"
    ),
    ("name: a\n1 2 1\nsize: 3\n", "line 3: a line 'key: value' after the first bond"),
    (
      "type: pm\nsize: 2\n1 5 1\n",
      "a bond leads to site 5, the header's size means 4 sites"
    ),
    ("name: nothing\n", "there is no bond in the file"),
    ("type: pm3\nsize: 1000\n1 2 1\n", "size is 1000; allowed: at most 16777216 sites in all"),
  ]

  @Test(arguments: wrong.indices)
  func whatIsWrongIsSaidInOneLine(_ index: Int) {
    let (text, message) = Self.wrong[index]
    do throws(InputError) {
      _ = try InstanceFile(reading: text)
      Issue.record("'\(text)' was read")
    } catch {
      #expect(error.message == message)
    }
  }

  @Test(arguments: InstanceFile.Layout.allCases)
  func whatIsWrittenIsRead(_ layout: InstanceFile.Layout) throws {
    let lattice = try Lattice(.cubic, sides: [3, 4, 2])
    var rng = Seed.test(layout).makeStream()
    let draws = (0..<lattice.bondCount).map { index in
      index % 3 == 0
        ? rng.normal() * 1e-7 : index % 3 == 1 ? (rng.normal() * 5).rounded() : rng.normal()
    }
    let file = try InstanceFile(
      name: "a\nname", siteCount: lattice.siteCount, bonds: lattice.bonds, weights: draws)
    let again = try InstanceFile(
      reading: file.text(layout), layout: layout == .edges ? .edges : nil)
    #expect(again.siteCount == file.siteCount)
    #expect(again.bonds == file.bonds)
    #expect(again.weights.map(\.bitPattern) == file.weights.map(\.bitPattern))
  }

  /// Text with bytes changed, removed, doubled and lines cut: read or refused in one line, never a crash, and what is
  /// read can be used.
  @Test func mutatedTextIsReadOrRefused() throws {
    var rng = Seed.test().makeStream()
    let originals = [
      Self.server, "5 6\n1 2 1\n2 3 1\n3 4 -1\n4 1 1\n1 5 1\n2 5 3\n",
      "c a graph\np edge 4 3\ne 1 2 5\ne 2 3 -0.25\ne 3 4 1\n",
    ].map { Array($0.utf8) }
    let alphabet = Array("0123456789 \n\t:#.-+eEpcainf%,\r".utf8) + [0, 255, 200]
    var accepted = 0
    for round in 0..<6000 {
      var bytes = originals[round % originals.count]
      for _ in 0...rng.index(below: 4) {
        let place = rng.index(below: bytes.count)
        switch rng.index(below: 4) {
        case 0: bytes[place] = alphabet[rng.index(below: alphabet.count)]
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(alphabet[rng.index(below: alphabet.count)], at: place)
        default: bytes.removeLast(min(bytes.count - 1, rng.index(below: 20)))
        }
        if bytes.isEmpty { bytes = [10] }
      }
      do throws(InputError) {
        let file = try InstanceFile(reading: String(decoding: bytes, as: UTF8.self))
        accepted += 1
        #expect(file.bonds.allSatisfy { max($0.source, $0.target) < file.siteCount })
        #expect(file.weights.allSatisfy(\.isFinite) && file.weights.count == file.bonds.count)
        if file.siteCount < 100 { _ = try file.isingModel(.coupling) }
      } catch {
        #expect(!error.message.utf8.contains { $0 < 32 }, "\(error.message)")
        #expect(error.message.utf8.count < 300)
      }
    }
    #expect(accepted > 100)
  }
}
