import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

@Suite struct FewValuesTests {
  private func read(_ values: [Int8], _ shape: [Int]) throws -> SpinValues {
    try SpinValues(NumericArray(values, shape: shape), name: "spins", path: "p")
  }

  @Test func wholeNumbersAreKept() throws {
    let labels = (0..<96).map { Int8($0 % 4) }
    let potts = try read(labels, [4, 24])
    #expect(potts.values == labels && potts.levels == [0, 1, 2, 3] && potts.mapping == .levels)
    #expect(potts.upCount == 24)
    let capel = try read((0..<96).map { Int8($0 % 3 - 1) }, [96])
    #expect(capel.levels == [-1, 0, 1] && capel.values[..<3] == [-1, 0, 1])
    let fromOne = try read(labels.map { $0 + 1 }, [96])
    #expect(
      fromOne.levels == [0, 1, 2, 3] && fromOne.values == labels && fromOne.mapping == .labels)
    let real = try SpinValues(
      NumericArray(labels.map(Double.init), shape: [96]), name: "spins", path: "p")
    #expect(real.values == labels)
  }

  @Test func twoValuesStaySpinsAndRareOnesAreMistakes() throws {
    #expect(try read((0..<40).map { Int8($0 % 2) }, [40]).levels == [-1, 1])
    var spoilt = (0..<96).map { Int8($0 % 2) }
    spoilt[17] = 2
    #expect(throws: InputError.self) { try read(spoilt, [96]) }
    // A gap in the values: 0, 1, 3.
    #expect(throws: InputError.self) { try read((0..<96).map { [0, 1, 3][$0 % 3] }, [96]) }
  }

  @Test func filesGiveBackTheirLevels() throws {
    try withTemporaryFolder { folder in
      let snapshots = Snapshots(
        siteShape: [4, 4], channels: ["spin"], values: (0..<16 * 12).map { Int8($0 * 7 % 5 % 3) },
        levels: [0, 1, 2], parameterName: "temperature", parameters: [1, 2],
        parameterIndex: (0..<12).map { Int32($0 / 6) }, chain: (0..<12).map { Int32($0 % 6) },
        isSequential: false, boundary: .periodic)
      try SnapshotFile.write(snapshots, to: folder + "/potts.npz")
      let back = try SnapshotFile.read(folder + "/potts.npz")
      #expect(back.levels == snapshots.levels && back.values == snapshots.values)
    }
  }
}
