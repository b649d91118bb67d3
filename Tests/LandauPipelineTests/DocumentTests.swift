import LandauTestSupport
import Testing

@testable import LandauPipeline

private let page = Document(
  title: "Potts <q = 3> & friends", lines: ["T from 1 to 2", "seed *1*"],
  sections: [
    .init(
      "Verdict: a|b",
      [
        .paragraph("one <two> \"three\" & four_five"), .formula("<s(r,c)> | x"),
        .table([["size", "at"], ["8x8", "1.0(1) | <2>"]]),
      ]),
    .init(page: "Other methods\n  method  place\n  <a>     1 & 2\n"),
  ])

/// Names of the elements in order, where every one is closed; nil otherwise.
///
/// As XML asks: attributes in double quotes, no bare < or & in the text.
private func elements(of document: String) -> [String]? {
  var (names, open): ([String], [Substring]) = ([], [])
  var rest = Substring(document)
  while let start = rest.firstIndex(of: "<") {
    let text = rest[..<start]
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
      guard let end = part.firstIndex(of: ";"),
        ["amp", "lt", "gt", "quot"].contains(part[..<end]) || part.hasPrefix("#")
      else { return nil }
    }
    rest = rest[start...]
    if rest.hasPrefix("<!--") {
      guard let end = rest.firstRange(of: "-->") else { return nil }
      rest = rest[end.upperBound...]
      continue
    }
    if rest.hasPrefix("<![CDATA[") {
      guard let end = rest.firstRange(of: "]]>") else { return nil }
      rest = rest[end.upperBound...]
      continue
    }
    guard let end = rest.firstIndex(of: ">") else { return nil }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.hasPrefix("!") { continue }
    guard tag.count(where: { $0 == "\"" }) % 2 == 0, !tag.contains("<") else { return nil }
    let name = tag.drop { $0 == "/" }.prefix { !" \n\t/".contains($0) }
    if tag.hasPrefix("/") {
      guard open.popLast() == name else { return nil }
    } else {
      names.append(String(name))
      if !tag.hasSuffix("/") { open.append(name) }
    }
  }
  return open.isEmpty && !rest.contains("&") ? names : nil
}

@Test func aPageOfTextKeepsItsLayout() {
  #expect(
    page.text == """
      Potts <q = 3> & friends
        T from 1 to 2
        seed *1*

      Verdict: a|b
        one <two> "three" & four_five
          <s(r,c)> | x
          size  at
          8x8   1.0(1) | <2>

      Other methods
        method  place
        <a>     1 & 2

      """)
}

@Test func markdownEscapesItsMarks() {
  #expect(
    page.markdown(figure: "figure.svg") == #"""
      # Potts \<q = 3\> & friends

      - T from 1 to 2
      - seed \*1\*

      ![Potts \<q = 3\> & friends](figure.svg)

      ## Verdict: a\|b

      one \<two\> "three" & four\_five

          <s(r,c)> | x

      | size | at |
      | --- | --- |
      | 8x8 | 1.0(1) \| \<2\> |

      ## Other methods

            method  place
            <a>     1 & 2

      """#)
}

@Test func htmlIsWellFormedAndSelfContained() throws {
  let picture = """
    <?xml version="1.0"?>
    <!DOCTYPE svg PUBLIC "x" "y">
    <svg width="10"><title>a &amp; b</title><g><path d="M0,0"/></g></svg>
    """
  let html = page.html(picture: picture)
  let names = try #require(elements(of: html), "\(html)")
  #expect(names.first == "html" && names.contains("svg") && names.contains("table"))
  #expect(names.count { $0 == "section" } == 2 && names.count { $0 == "h2" } == 2)
  #expect(html.contains("<h1>Potts &lt;q = 3&gt; &amp; friends</h1>"))
  #expect(html.contains("one &lt;two&gt; &quot;three&quot; &amp; four_five"))
  #expect(!html.contains("<?xml") && !html.contains("src=") && !html.contains("href="))
  // The checker itself is not blind.
  #expect(elements(of: html + "<p>") == nil)
  #expect(elements(of: "<p>a & b</p>") == nil)
  #expect(elements(of: "<p><b></p></b>") == nil)
}
