/// Sums of products over named axes: Einstein's convention as NumPy writes it.
///
///     einsum("bqd,bkd->bqk", queries, keys)
///
/// - Parameters:
///   - formula: a letter for each axis of each tensor, then the letters of the result. Letters the result lacks
///     are summed over; equal letters have equal extents. No letter twice in one term, no ellipsis.
///   - tensors: of one scalar type; they are joined from left to right by `matmul`.
public func einsum(_ formula: String, _ tensors: Tensor...) -> Tensor {
  let sides = formula.filter { $0 != " " }.split(
    separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
  require(sides.count == 2, "einsum(\"\(formula)\") has no arrow and result")
  let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
  let result = Array(sides[1])
  require(
    terms.count == tensors.count && !terms.isEmpty,
    "einsum(\"\(formula)\") of \(tensors.count) tensors")
  var extents: [Character: Int] = [:]
  for (term, tensor) in zip(terms, tensors) {
    require(
      term.count == tensor.rank && Set(term).count == term.count,
      "einsum(\"\(formula)\"): \(String(term)) for a tensor of shape \(tensor.shape)")
    for (letter, extent) in zip(term, tensor.shape) {
      let known = extents.updateValue(extent, forKey: letter) ?? extent
      require(
        known == extent, "einsum(\"\(formula)\"): \(letter) has the extents \(known) and \(extent)")
    }
  }
  require(
    Set(result).count == result.count && result.allSatisfy { extents[$0] != nil },
    "einsum(\"\(formula)\"): the result must have letters of the terms, each once")
  var product = Factor(tensor: tensors[0], letters: terms[0])
  for index in terms.indices.dropFirst() {
    let later = Set(terms[(index + 1)...].joined() + result)
    product = product.joined(Factor(tensor: tensors[index], letters: terms[index]), keeping: later)
  }
  return product.reduced(to: Set(result)).arranged(result)
}

/// A tensor whose axes have names.
private struct Factor {
  var tensor: Tensor
  var letters: [Character]

  /// Summed over the letters that nobody else needs.
  func reduced(to needed: Set<Character>) -> Factor {
    let axes = letters.indices.filter { !needed.contains(letters[$0]) }
    if axes.isEmpty { return self }
    return Factor(tensor: tensor.sum(axes: axes), letters: letters.filter { needed.contains($0) })
  }

  func arranged(_ order: [Character]) -> Tensor {
    tensor.transposed(axes: order.map { letters.firstIndex(of: $0)! })
  }

  /// `[shared…, left…, summed…]` times `[shared…, summed…, right…]`.
  func joined(_ other: Factor, keeping later: Set<Character>) -> Factor {
    let a = reduced(to: later.union(other.letters))
    let b = other.reduced(to: later.union(letters))
    let common = a.letters.filter { b.letters.contains($0) }
    let shared = common.filter { later.contains($0) }
    let summed = common.filter { !later.contains($0) }
    let left = a.letters.filter { !common.contains($0) }
    let right = b.letters.filter { !common.contains($0) }
    let (x, y) = (a.arranged(shared + left + summed), b.arranged(shared + summed + right))
    func count(_ shape: ArraySlice<Int>) -> Int { shape.reduce(1, *) }
    let batch = Array(x.shape[..<shared.count])
    let (p, q) = (shared.count + left.count, shared.count + summed.count)
    let rows = count(x.shape[shared.count..<p])
    let (inner, columns) = (count(x.shape[p...]), count(y.shape[q...]))
    let product = matmul(
      x.reshaped(batch + [rows, inner]), y.reshaped(batch + [inner, columns]))
    return Factor(
      tensor: product.reshaped(batch + x.shape[shared.count..<p] + y.shape[q...]),
      letters: shared + left + right)
  }
}
