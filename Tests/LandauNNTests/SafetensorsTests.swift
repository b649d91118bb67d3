import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct SafetensorsTests {
  private func example() -> [(name: String, tensor: Tensor)] {
    [
      ("a\"\\é", Tensor([1, -2, .infinity] as [Float])),
      ("wide", Tensor([0.1, 0.2], shape: [2, 1])),
      ("count", Tensor(7 as Int32)),
      ("flags", Tensor([true, false])),
      ("none", Tensor([] as [Float], shape: [0, 3])),
    ]
  }

  private func expectEqual(
    _ a: [(name: String, tensor: Tensor)], _ b: [(name: String, tensor: Tensor)]
  ) {
    #expect(a.map(\.name).sorted() == b.map(\.name).sorted())
    for (name, tensor) in a {
      let other = b.first { $0.name == name }?.tensor
      #expect(other?.type == tensor.type)
      #expect(other?.scalars(Double.self) == tensor.scalars(Double.self))
    }
  }

  @Test func roundTrip() throws {
    let bytes = Safetensors.encode(example(), metadata: [("format", "landau")])
    expectEqual(try Safetensors.decode(bytes, source: "memory"), example())
  }

  @Test func complexNumbersComeBack() throws {
    let numbers = [Complex<Float>(1, -2), Complex(0.5, 3)]
    let bytes = Safetensors.encode([("z", Tensor(numbers))])
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"C64\""))
    let back = try Safetensors.decode(bytes, source: "memory")
    #expect(back[0].tensor.scalars(Complex<Float>.self) == numbers)
  }

  /// The layout, byte by byte, as the format's description has it.
  @Test func layout() {
    let bytes = Safetensors.encode([("x", Tensor([1] as [Float]))])
    let header = "{\"x\": {\"dtype\": \"F32\",\"shape\": [1],\"data_offsets\": [0,4]}}"
    let text = String(decoding: bytes[8..<(bytes.count - 4)], as: UTF8.self)
    #expect(text.filter { $0 != " " } == header.filter { $0 != " " })
    #expect(bytes[0] == UInt8(bytes.count - 12) && bytes[1..<8].allSatisfy { $0 == 0 })
    #expect((bytes.count - 4) % 8 == 0)
    #expect(Array(bytes.suffix(4)) == [0, 0, 0x80, 0x3F])
  }

  @Test func modelsComeBackFromFiles() throws {
    var rng = Seed(1).makeStream()
    let model = Sequential.perceptron(widths: [2, 3, 1], activation: .relu, using: &rng)
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try Safetensors.save(model, to: path)
      var other = Sequential.perceptron(widths: [2, 3, 1], activation: .relu, using: &rng)
      try Safetensors.load(into: &other, from: path)
      expectEqual(other.named, model.named)
      var wrong = Sequential.perceptron(widths: [2, 4, 1], activation: .relu, using: &rng)
      #expect {
        try Safetensors.load(into: &wrong, from: path)
      } throws: { "\($0)".contains("\"0.weight\" as float[2, 3]; the model has float[2, 4]") }
      var short = Sequential.perceptron(widths: [2, 3], activation: .relu, using: &rng)
      #expect {
        try Safetensors.load(into: &short, from: path)
      } throws: { "\($0)".contains("holds 4 tensors; the model has 2") }
      #expect {
        try Safetensors.load(from: path + ".missing")
      } throws: { "\($0)".contains("cannot be opened") }
    }
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Safetensors.encode(example())
    for count in 0..<bytes.count {
      #expect(throws: InputError.self) {
        try Safetensors.decode(Array(bytes[..<count]), source: "cut")
      }
    }
    #expect(throws: InputError.self) { try Safetensors.decode(bytes + [0], source: "long") }
  }

  @Test(arguments: [
    "[]", "{", "{\"x\": 1}", "{\"x\": {}}", "{} trailing", "{\"x\": {\"dtype\": \"F8\"}}",
    "{\"x\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}",
    "{\"x\": {\"dtype\": \"F32\", \"shape\": [9223372036854775807, 3], \"data_offsets\": [0, 4]}}",
    "{\"x\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 0]}}",
    "{\"x\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 9223372036854775807]}}",
  ])
  func badHeadersAreRefused(_ header: String) {
    var bytes = [UInt8](repeating: 0, count: 8)
    bytes[0] = UInt8(header.utf8.count)
    bytes += Array(header.utf8) + [0, 0, 0, 0]
    #expect(throws: InputError.self) { try Safetensors.decode(bytes, source: "bad") }
  }

  /// Ten thousand files with a few bytes changed: refused or read, never a crash.
  @Test func mutatedFilesDoNoHarm() {
    let bytes = Safetensors.encode(example(), metadata: [("key", "value")])
    var rng = Seed(3).makeStream()
    var refused = 0
    for _ in 0..<10_000 {
      var copy = bytes
      for _ in 0...rng.index(below: 3) {
        copy[rng.index(below: copy.count)] = UInt8(rng.index(below: 256))
      }
      if (try? Safetensors.decode(copy, source: "mutated")) == nil { refused += 1 }
    }
    #expect(refused > 5000)
  }
}
