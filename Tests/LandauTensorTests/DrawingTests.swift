import LandauCore
import Testing

@testable import LandauTensor

/// Programs as text and pictures for people.
struct DrawingTests {
  private var program: Program {
    let names = ["weights", "bias"]
    let table = Tensor((0..<6).map { Float($0) * 0.5 - 1 }, shape: [3, 2])
    let parts = Named(parts: [Tensor.ones([3, 2]), Tensor.ones([2])], names: names)
    return Program(
      tracing: { (w: Named) in
        let y = matmul(table, w.parts[0].transposed()) * 0.5
        return [tanh(y).sum() + w.parts[1].sum(), y]
      }, parts
    ).simplified()
  }

  private struct Named: TensorTree {
    var parts: [Tensor]
    let names: [String]
    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      for index in parts.indices { visit(names[index], &parts[index]) }
    }
  }

  @Test func printedWithNamesAndComments() {
    #expect(
      program.description == """
        %0: float[3, 2] = input 0  // weights
        %1: float[2] = input 1  // bias
        %2: float[3, 2] = constant …  // from -1.0 to 1.5
        %3: float[2, 3] = transpose [1, 0] %0
        %4: float[3, 3] = matmul %2 %3
        %5: float[3, 3] = full 0.5
        %6: float[3, 3] = multiply %4 %5
        %7: float[3, 3] = tanh %6
        %8: float[] = reduce sum [0, 1] %7
        %9: float[] = reduce sum [0] %1
        %10: float[] = add %8 %9
        return %10 %6
        """)
  }

  @Test func drawnByGraphviz() {
    #expect(
      program.graphviz.split(separator: "\n").filter { $0.contains("v5") } == [
        "  v5 [label=\"multiply · 0.5\\nfloat[3, 3]\", fillcolor=\"#fff6d6\"];",
        "  v4 -> v5;", "  v5 -> v6;", "  v5 -> v11;",
      ])
    #expect(program.graphviz.contains("v0 [label=\"weights\\nfloat[3, 2]\""))
  }

  /// Layers go down, boxes of a layer do not touch, and points of a path follow each other.
  @Test(arguments: 0..<10)
  func layoutIsLayered(index: Int) {
    let f = RandomFunction(seed: Seed(71).child("drawn", index))
    let program = Program(tracing: { f($0) }, f.arguments("x").map(\.type)).simplified()
    let graph = ProgramGraph(program)
    let widths = graph.boxes.indices.map { 40.0 + Double($0 * 37 % 80) }
    let layout = LayeredLayout(sources: graph.boxes.map(\.sources), widths: widths)
    for (box, paths) in layout.paths.enumerated() {
      for (source, path) in zip(graph.boxes[box].sources, paths) {
        #expect(path.first == source && path.last == box)
        for (upper, lower) in zip(path, path.dropFirst()) {
          #expect(layout.points[lower].layer == layout.points[upper].layer + 1)
        }
      }
    }
    for layer in layout.layers {
      for (left, right) in zip(layer, layer.dropFirst()) {
        let (a, b) = (layout.points[left], layout.points[right])
        #expect(b.x - b.width / 2 - (a.x + a.width / 2) >= LayeredLayout.gap - 1e-9)
      }
    }
    #expect(layout.layers.joined().sorted() == Array(layout.points.indices))
  }

  /// A ladder of crossed rungs is untangled.
  @Test func crossingsAreRemoved() {
    // Two sources, then pairs of boxes written down in alternating order.
    let sources = [[], [], [1], [0], [3], [2], [4], [5]]
    let layout = LayeredLayout(sources: sources, widths: sources.map { _ in 40 })
    let x = layout.points.map(\.x)
    let left = [x[0], x[3], x[4], x[6]]
    let right = [x[1], x[2], x[5], x[7]]
    #expect(Set(left).count == 1 && Set(right).count == 1 && left[0] != right[0])
  }

  @Test func thePictureIsWellFormed() {
    let picture = program.svg
    var open: [Substring] = []
    for tag in picture.split(separator: "<") {
      let name = tag.prefix { !" >/".contains($0) }
      if tag.hasPrefix("/") {
        #expect(open.popLast() == tag.dropFirst().prefix { $0 != ">" })
      } else if !tag.prefix(while: { $0 != ">" }).hasSuffix("/") {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
    for label in ["weights", "multiply · 0.5", "float[3, 3]", "result 1", "reduce sum [0, 1]"] {
      #expect(picture.contains(">\(label)</text>"))
    }
    #expect(picture.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width="))
  }
}
