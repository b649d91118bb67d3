import LandauCore
import Testing

@testable import LandauCommand

private let options: [Option] = [
  .text("size", "L", ""), .text("temperature", "T", ""), .number("coupling", "J", ""),
  .integer("count", "N", ""), .text("channel", "NAME=FILE", "", repeats: true), .flag("json", ""),
]

private func parse(_ words: String...) throws(InputError) -> ParsedArguments {
  try ParsedArguments(words, options: options)
}

@Suite struct ParsedArgumentsTests {
  @Test func bothSpellingsOfAValueAreAccepted() throws {
    #expect(try parse("--size", "8", "ising").text("size") == "8")
    #expect(try parse("ising", "--size=8").text("size") == "8")
    #expect(try parse("--coupling", "-1.5").number("coupling") == -1.5)
    #expect(try parse("--coupling=-.5").number("coupling") == -0.5)
    #expect(try parse("--channel", "z=a=b").text("channel") == "z=a=b")
  }

  @Test func wordsWithoutDashesArePositional() throws {
    #expect(try parse("a", "--json", "b", "--", "--size").positionals == ["a", "b", "--size"])
    #expect(try parse("-3", "-").positionals == ["-3", "-"])
  }

  @Test func repeatedOptionsAreKeptInOrder() throws {
    let arguments = try parse("--channel", "z=1", "--channel=y=2")
    #expect(arguments.all("channel") == ["z=1", "y=2"])
    #expect(arguments.echo == [.init("channel", .strings(["z=1", "y=2"]))])
  }

  @Test func echoIsTyped() throws {
    let arguments = try parse("--count", "3", "--coupling", "2", "--size", "4", "--json")
    #expect(
      arguments.echo == [
        .init("count", .integer(3)), .init("coupling", .number(2)), .init("size", .string("4")),
      ])
    #expect(Option.text("measure-every-so", "", "").jsonName == "measureEverySo")
  }

  @Test(arguments: [
    (["--size"], "--size needs a value: L"),
    (["--size", "--json"], "--size needs a value: L"),
    (["--size="], "--size needs a value: L"),
    (["--size", "1", "--size=2"], "--size is given twice; once is allowed"),
    (["--json=1"], "--json takes no value, but '1' was given"),
    (["--sise", "4"], "unknown option '--sise' (did you mean '--size'?)"),
    (["--temp", "4"], "unknown option '--temp' (did you mean '--temperature'?)"),
    (["--zebra"], "unknown option '--zebra'; try '--help'"),
    (["-x"], "unknown option '-x'; options begin with two dashes"),
  ])
  func wrongWordsAreRefused(words: [String], message: String) {
    #expect(throws: InputError(message)) { try ParsedArguments(words, options: options) }
  }

  @Test func scans() throws {
    #expect(try parse("--temperature", "2").scan("temperature", .positive) == [2])
    #expect(try parse("--temperature", "2,1.5").scan("temperature", .positive) == [2, 1.5])
    #expect(
      try parse("--temperature", "1:2:5").scan("temperature", .positive)
        == [1, 1.25, 1.5, 1.75, 2])
    // The end is exact whatever the rounding of the steps.
    #expect(try parse("--temperature", "0.1:0.7:7").scan("temperature", .positive)?.last == 0.7)
    #expect(try parse("--temperature", "2:1:3").scan("temperature", .positive) == [2, 1.5, 1])
    #expect(try parse().scan("temperature", .positive) == nil)
  }

  @Test(arguments: [
    "0", "-1", "nan", "inf", "1e999", "", "two", "1,,2", "1,2,1", "1:2", "1:2:3:4", "1:2:1",
    "1:2:x",
    "1:2:0", "1:2:-3", "1:2:1000000", "1:2:99999999999999999999", "0:2:3", "nan:2:3", "1:1:2",
    "1;2",
  ])
  func wrongScansAreRefused(text: String) throws {
    #expect(throws: InputError.self) {
      try parse("--temperature=" + text).scan("temperature", .positive)
    }
  }

  @Test func sizes() throws {
    #expect(try parse("--size", "64").size() == [64])
    #expect(try parse("--size", "16x16x8").size() == [16, 16, 8])
    #expect(try parse("--size", "8,16x4").sizes() == [[8], [16, 4]])
  }

  @Test(arguments: [
    "0", "-4", "4x0", "4x", "x4", "4*4", "4.0", "1e3", "nan", "99999999999999999999", "2000000000",
    "1000000000x1000000000x1000000000", "4,4",
  ])
  func wrongSizesAreRefused(text: String) throws {
    #expect(throws: InputError.self) { try parse("--size", text).size() }
  }

  @Test func sizesAreNotRepeated() throws {
    #expect(throws: InputError("--size is 8,8; 8 is in it twice")) {
      try parse("--size", "8,8").sizes()
    }
  }

  @Test func numbersKeepToTheirRange() throws {
    #expect(throws: InputError("--count is 9; allowed: whole numbers from 1 to 8")) {
      try parse("--count", "9").integer("count", in: 1...8)
    }
    #expect(throws: InputError("--coupling is nan; allowed: finite numbers")) {
      try parse("--coupling", "nan").number("coupling")
    }
    #expect(
      throws: InputError("--count is -1; allowed: whole numbers from 0 to 18446744073709551615")
    ) {
      try parse("--count", "-1").seed("count")
    }
    #expect(try parse("--count", "18446744073709551615").seed("count") == .max)
  }
}

@Suite struct SuggestionTests {
  @Test func distanceCountsSlips() {
    #expect(Suggestion.distance("", "abc") == 3)
    #expect(Suggestion.distance("size", "size") == 0)
    #expect(Suggestion.distance("szie", "size") == 1)
    #expect(Suggestion.distance("kitten", "sitting") == 3)
  }

  @Test func onlyNearWordsAreSuggested() {
    let words = ["sample", "exact", "inspect"]
    #expect(Suggestion.nearest(to: "smaple", among: words) == "sample")
    #expect(Suggestion.nearest(to: "insp", among: words) == "inspect")
    #expect(Suggestion.nearest(to: "zebra", among: words) == nil)
    #expect(Suggestion.nearest(to: "e", among: words) == nil)
  }
}
