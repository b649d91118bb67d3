import LandauCore
import Testing

@testable import LandauStore

@Suite struct NPYTests {
  // Data parts written by NumPy 2.
  /// Silent error 12: a file that is read wrongly on one platform.
  @Test func fortranOrderAndBigEndian() throws {
    let file = npyFile(
      ">i4", fortran: true, shape: "(2, 3)",
      bytes(hex: "000000000000000300000001000000040000000200000005"))
    let array = try NPY.parse(file, name: "a")
    #expect(array.shape == [2, 3])
    #expect(array.integers == [0, 1, 2, 3, 4, 5])
    let cube = npyFile(
      ">u2", fortran: true, shape: "(2, 3, 2)",
      bytes(hex: "00000006000200080004000a00010007000300090005000b"))
    #expect(try NPY.parse(cube, name: "a").integers == Array(0..<12))
  }

  /// Real and imaginary parts lie side by side in either order of the axes.
  @Test func complexNumbersAsPairs() throws {
    for (type, fortran, hex) in [
      (
        "<c8", true,
        "0000803f000000400000e04000000041000040400000804000001041000020410000a0400000c0400000304100004041"
      ),
      (
        ">c16", true,
        "3ff00000000000004000000000000000401c000000000000402000000000000040080000000000004010000000000000402200000000000040240000000000004014000000000000401800000000000040260000000000004028000000000000"
      ),
      (
        "<c8", false,
        "0000803f0000004000004040000080400000a0400000c0400000e0400000004100001041000020410000304100004041"
      ),
    ] {
      let file = npyFile(type, fortran: fortran, shape: "(2, 3)", bytes(hex: hex))
      let array = try NPY.parse(file, name: "a", complexAsPairs: true)
      #expect(array.shape == [2, 3, 2])
      #expect(array.doubles == (1...12).map(Double.init), "\(type)")
      #expect(throws: InputError.self) { try NPY.parse(file, name: "a") }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func versions(version: UInt8) throws {
    let file = npyFile(
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
      bytes(hex: "000000000000e03f000000000000f4bf355800662deb517e"), version: version)
    #expect(try NPY.parse(file, name: "a").doubles == [0.5, -1.25, 3e300])
  }

  @Test func everyElementType() throws {
    let cases: [(String, String, [Double])] = [
      ("|b1", "0001", [0, 1]), ("|i1", "ff80", [-1, -128]), ("|u1", "ff80", [255, 128]),
      ("<i2", "0080ffff", [-32768, -1]), (">i2", "8000ffff", [-32768, -1]),
      ("<u2", "0080ffff", [32768, 65535]), ("<i4", "feffffff00000080", [-2, -2_147_483_648]),
      ("<u4", "feffffff00000080", [4_294_967_294, 2_147_483_648]),
      ("<i8", "ffffffffffffffff0700000000000000", [-1, 7]),
      (">u8", "00000000000000070000000000000100", [7, 256]),
      ("<f4", "0000c03f000000c0", [1.5, -2]), (">f4", "3fc00000c0000000", [1.5, -2]),
      (">f8", "3fe0000000000000bff4000000000000", [0.5, -1.25]),
    ]
    for (type, data, values) in cases {
      let array = try NPY.parse(npyFile(type, shape: "(2,)", bytes(hex: data)), name: type)
      #expect(array.doubles == values, "\(type)")
      if !array.element.isFloat { #expect(array.integers == values.map { Int($0) }, "\(type)") }
      // Written and read again nothing changes.
      #expect(try NPY.parse(NPY.bytes(of: array), name: type) == array)
    }
  }

  @Test func headersOfOtherWriters() throws {
    let python2 = npyFile("{'descr': '<i2', 'fortran_order': False, 'shape': (1L,)}", [5, 0])
    #expect(try NPY.parse(python2, name: "a").integers == [5])
    let reordered = npyFile("{\"shape\":(1,1),\"descr\":\"|u1\",\"fortran_order\":True}", [9])
    #expect(try NPY.parse(reordered, name: "a").shape == [1, 1])
    let scalar = npyFile("<i8", shape: "()", [7, 0, 0, 0, 0, 0, 0, 0])
    #expect(try NPY.parse(scalar, name: "a").integers == [7])
  }

  @Test func unsignedBeyondInt() throws {
    let array = NumericArray([UInt64.max], shape: [1])
    #expect(array.integers == nil)
    #expect(array.doubles == [0x1p64])
  }

  @Test func dataBeginAtMultiplesOf64() throws {
    for extent in [1, 10, 1000, 10_000_000_000] {
      let shape = extent > 1000 ? [0, extent] : [extent]
      let file = NPY.bytes(
        of: NumericArray([Int8](repeating: 1, count: shape.reduce(1, *)), shape: shape))
      #expect((file.count - shape.reduce(1, *)) % 64 == 0)
    }
  }

  @Test(arguments: [
    ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "pickle"),
    ("{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }", "text"),
    ("{'descr': '|S2', 'fortran_order': False, 'shape': (2,), }", "text"),
    ("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }", "complex"),
    ("{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", "'<f2'"),
    ("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (2,), }", "dates"),
    ("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,), }", "structured"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (-2,), }", "damaged"),
    ("{'descr': '<i4', 'fortran_order': False}", "damaged"),
    ("{'descr': '<i4', 'fortran_order': 1, 'shape': (2,)}", "damaged"),
    ("{'descr': '<i4', 'descr': '<i4', 'shape': (2,)}", "damaged"),
    ("__import__('os').system('true')", "damaged"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }", "truncated"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", "something follows"),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296), }",
      "more than any machine"
    ),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9), }",
      "more than any machine"
    ),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "damaged"),
  ])
  func refused(header: String, reason: String) {
    let message = refusal {
      _ = try NPY.parse(npyFile(header, [1, 0, 0, 0, 2, 0, 0, 0]), name: "a.npy")
    }
    #expect(message.hasPrefix("a.npy: "))
    #expect(message.contains(reason), "\(message)")
  }

  @Test func cutAnywhere() {
    let whole = NPY.bytes(of: NumericArray([1.0, 2.0]))
    for length in 0..<whole.count {
      #expect(throws: InputError.self) { try NPY.parse(Array(whole[..<length]), name: "a") }
    }
  }

  @Test func booleansAreZeroOrOne() {
    let message = refusal { _ = try NPY.parse(npyFile("|b1", shape: "(2,)", [0, 3]), name: "a") }
    #expect(message == "a: element 1 is 3, not a boolean")
  }
}
