import LandauCore
import Testing

@Suite struct JSONValueTests {
  @Test func scalars() {
    #expect(JSONValue.null.text() == "null")
    #expect(JSONValue.bool(true).text() == "true")
    #expect(JSONValue.integer(-7).text() == "-7")
    #expect(JSONValue.number(0.1).text() == "0.1")
    #expect(JSONValue.number(5).text() == "5.0")
    #expect(JSONValue.number(1e-300).text() == "1e-300")
    #expect(JSONValue.number(.nan).text() == "null")
    #expect(JSONValue.number(-.infinity).text() == "null")
    #expect(JSONValue.string("T_c").text() == "\"T_c\"")
  }

  @Test func strings() {
    let text = "a\"b\\c\n\r\t\u{1}\u{1f}\u{7f}é τ 🎲/"
    #expect(
      JSONValue.string(text).text() == #""a\"b\\c\n\r\t\u0001\u001f"# + "\u{7f}é τ 🎲/\"")
  }

  @Test func layout() {
    let value = JSONValue.pairs([
      "short": .pairs(["value": .number(1), "error": .number(0.5)]),
      "list": .numbers([1, 2.5]),
      "empty": .array([]),
      "nothing": .object([]),
      "points": .array([.pairs(["a": .integer(1)]), .pairs(["b": .strings(["x"])])]),
    ])
    #expect(
      value.text() == """
        {
          "short": {"value": 1.0, "error": 0.5},
          "list": [1.0, 2.5],
          "empty": [],
          "nothing": {},
          "points": [
            {"a": 1},
            {
              "b": ["x"]
            }
          ]
        }
        """)
    #expect(
      value.text(indented: false)
        == #"{"short": {"value": 1.0, "error": 0.5}, "list": [1.0, 2.5], "empty": [], "#
        + #""nothing": {}, "points": [{"a": 1}, {"b": ["x"]}]}"#)
  }

  @Test func orderIsKept() {
    let value = JSONValue.pairs(["z": .null, "a": .null, "m": .bool(false)])
    #expect(value.text() == #"{"z": null, "a": null, "m": false}"#)
    #expect(value["a"] == .null && value["m"] == .bool(false) && value["q"] == nil)
    #expect(JSONValue.integer(3)["a"] == nil)
  }

  @Test func estimates() {
    let full = Estimate(
      1.5, error: 0.25, integratedTime: 3, effectiveCount: 100, warning: "short: few")
    #expect(
      JSONValue.estimate(full).text(indented: false)
        == #"{"value": 1.5, "error": 0.25, "integratedTime": 3.0, "effectiveCount": 100.0, "#
        + #""warning": "short: few"}"#)
    #expect(
      JSONValue.estimate(Estimate(1, error: .nan)).text() == #"{"value": 1.0, "error": null}"#)
  }
}
