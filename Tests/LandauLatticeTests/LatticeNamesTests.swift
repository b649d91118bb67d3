import LandauCore
import LandauLattice
import Testing

@Suite struct LatticeNamesTests {
  /// Silent error 7: a name without its lattice at one dimension.
  @Test(arguments: Lattice.names)
  func everyNameMakesALattice(_ name: String) throws {
    let lattice = try Lattice.named(name, sides: [3], dimension: name == "hypercubic" ? 4 : nil)
    #expect(lattice.name == name)
    #expect(lattice.sides == [Int](repeating: 3, count: Lattice.axisCount(of: name) ?? 4))
  }

  @Test func oneSideMeansAllAxesAndSeveralMeanThemselves() throws {
    #expect(try Lattice.named("cubic", sides: [4]).sides == [4, 4, 4])
    #expect(try Lattice.named("cubic", sides: [4, 3, 2]).sides == [4, 3, 2])
    #expect(try Lattice.named("hypercubic", sides: [2, 2, 2, 3]).sides == [2, 2, 2, 3])
    #expect(try Lattice.named("hypercubic", sides: [5], dimension: 4).siteCount == 625)
    #expect(
      try Lattice.named("square", sides: [3], boundary: [.open, .helical]).boundary
        == [.open, .helical])
  }

  @Test func messagesNameTheThingTheValueAndWhatIsAllowed() throws {
    func message(_ body: () throws -> Lattice) -> String {
      do {
        _ = try body()
        return "nothing refused"
      } catch {
        return (error as? InputError)?.message ?? "\(error)"
      }
    }
    #expect(
      message { try .named("sqare", sides: [4]) }
        == "lattice is sqare; allowed: chain, ladder, square, triangular, honeycomb, kagome, cubic, "
        + "bcc, fcc, diamond, hypercubic, complete")
    #expect(
      message { try .named("ladder", sides: [4, 2]) }
        == "size is 4x2; allowed: one number for the ladder lattice")
    #expect(
      message { try .named("kagome", sides: [4, 2, 2]) }
        == "size is 4x2x2; allowed: one number or 2 numbers for the kagome lattice")
    #expect(
      message { try .named("square", sides: [4], dimension: 3) }
        == "dimension is 3; allowed: 2 for the square lattice")
    #expect(
      message { try .named("hypercubic", sides: [4]) }
        == "lattice is hypercubic with one side; give the dimension or one side per axis")
    #expect(
      message { try .named("hypercubic", sides: [2], dimension: 9) }
        == "dimension is 9; allowed: 1 to 8")
    #expect(
      message { try .named("square", sides: []) }
        == "size is ; allowed: one number or 2 numbers for the square lattice")
    #expect(
      message { try .named("complete", sides: [4], boundary: [.open]) }
        == "boundary is given, but the complete graph has none")
    #expect(
      message { try .named("chain", sides: [0]) } == "size is 0; allowed: whole numbers from 1")
    #expect(
      message { try .named("square", sides: [3], boundary: [.open, .open, .open]) }
        == "boundary is open,open,open; allowed: one for all axes or one for each of the 2")
  }

  @Test func boundariesAreReadFromText() throws {
    #expect(try Lattice.Boundary.list("open") == [.open])
    #expect(try Lattice.Boundary.list("periodic,antiperiodic,helical").count == 3)
    for text in ["", "Periodic", "open,", "open;open", "twisted"] {
      #expect(throws: InputError.self) { try Lattice.Boundary.list(text) }
    }
  }
}
