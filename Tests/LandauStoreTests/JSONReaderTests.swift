import LandauCore
import Testing

@testable import LandauStore

@Suite struct JSONReaderTests {
  @Test func valuesOfEveryKind() throws {
    let text =
      #" {"a": [1, -2.5e-3, true, false, null], "b": {"c": "x\"\\\/\n\t\u00e9\ud83d\ude00é"}} "#
    let value = try JSONReader.parse(text)
    #expect(
      value["a"] == .array([.integer(1), .number(-0.0025), .bool(true), .bool(false), .null]))
    #expect(value["b"]?["c"] == .string("x\"\\/\n\té😀é"))
  }

  @Test func whatIsWrittenIsRead() throws {
    let value = JSONValue.pairs([
      "numbers": .numbers([0.1, 1e300, -Double.leastNonzeroMagnitude, 1.0 / 3]),
      "whole": .integer(Int.min),
      "text": .string("line\nquote\" \u{1} ünï"), "empty": .array([]), "none": .object([]),
    ])
    for indented in [true, false] {
      #expect(try JSONReader.parse(value.text(indented: indented)) == value)
    }
  }

  @Test func numbers() throws {
    #expect(try JSONReader.parse("0") == .integer(0))
    #expect(try JSONReader.parse("-0") == .integer(0))
    #expect(try JSONReader.parse("10.0") == .number(10))
    #expect(try JSONReader.parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONReader.parse("1E+2") == .number(100))
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "{a: 1}", "{'a': 1}", "01", "-", "1.",
    ".5", "+1", "1e", "1e999", "NaN", "Infinity", "tru", "nul", "\"abc", "\"\\x\"", "\"\\u12g4\"",
    "\"\\ud800\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "[1]]", "{\"a\":1,\"a\":2}", "// 1", "[1",
  ])
  func refused(text: String) {
    let message = refusal { _ = try JSONReader.parse(text, name: "x.json") }
    #expect(message.hasPrefix("x.json: line "), "\(message)")
  }

  @Test func placeOfTheFault() {
    #expect(
      refusal { _ = try JSONReader.parse("{\n  \"a\": 1,\n  \"b\": ?\n}", name: "x") }
        == "x: line 3, column 8: not a JSON value")
  }

  @Test func invalidUTF8() {
    #expect(refusal { _ = try JSONReader.parse([0x22, 0xC3, 0x28, 0x22]) }.contains("UTF-8"))
  }

  @Test func depthIsLimited() throws {
    let deep = { (count: Int) in
      String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }
    _ = try JSONReader.parse(deep(JSONReader.deepest + 1))
    #expect(refusal { _ = try JSONReader.parse(deep(JSONReader.deepest + 2)) }.contains("deep"))
    #expect(refusal { _ = try JSONReader.parse(deep(1_000_000)) }.contains("deep"))
  }

  @Test func arraysFromNestedLists() throws {
    func array(_ text: String) throws -> NumericArray? { NumericArray(try JSONReader.parse(text)) }
    #expect(
      try array("[[1, 2], [3, 4], [5, 6]]") == NumericArray([1, 2, 3, 4, 5, 6], shape: [3, 2]))
    #expect(try array("[1, 2.5]") == NumericArray([1, 2.5]))
    #expect(try array("[true, false]") == NumericArray([true, false], shape: [2]))
    #expect(try array("[]")?.shape == [0])
    #expect(try array("7")?.shape == [])
    for text in [
      "[[1], [2, 3]]", "[[1], 2]", "[1, [2]]", "[1, null]", "[1, true]", "[\"a\"]", "{}",
    ] {
      #expect(try array(text) == nil, "\(text)")
    }
  }
}
