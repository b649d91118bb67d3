import LandauCore
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// Checks that a chain of another seed, once it holds the state of the first, goes on as that one does.
func expectGoesOnBitForBit<Chain: SeriesExpansion>(_ make: (Seed) throws -> Chain) throws {
  let one = try make(.test("one"))
  one.sweep(50)
  var writer = StateWriter()
  one.save(to: &writer)
  let other = try make(.test("other"))
  var reader = StateReader(writer.bytes)
  try other.restore(from: &reader)
  #expect(reader.isAtEnd)
  for chain in [one, other] { chain.sweep(30) }
  var rows: ([Double], [Double]) = ([], [])
  one.measure(into: &rows.0)
  other.measure(into: &rows.1)
  var spins: ([Int8], [Int8]) = ([], [])
  one.appendSnapshot(to: &spins.0)
  other.appendSnapshot(to: &spins.1)
  #expect(rows.0 == rows.1 && spins.0 == spins.1)
}
