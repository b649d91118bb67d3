@testable import LandauTensor

extension PrimitiveCase {
  static let convolutions: [PrimitiveCase] = [
    PrimitiveCase("convolution circular", [[2, 2, 4, 3], [3, 2, 3, 2]]) {
      sin(convolution($0[0], $0[1], boundary: .circular))
    },
    PrimitiveCase("convolution zero stride", [[2, 2, 7], [2, 2, 3]]) {
      sin(convolution($0[0], $0[1], boundary: .zero, stride: [2]))
    },
    PrimitiveCase("convolution groups", [[1, 4, 5, 4], [6, 2, 2, 2]]) {
      sin(convolution($0[0], $0[1], boundary: .valid, dilation: [2, 1], groups: 2))
    },
    PrimitiveCase("convolution padded 3D", [[2, 2, 2, 3, 2], [2, 1, 2, 2, 1]]) {
      convolution(
        $0[0], $0[1], boundary: .padded(low: [0, 1, 1], high: [1, 0, 0]), groups: 2)
    },
    PrimitiveCase("transposed convolution", [[2, 3, 2, 3], [3, 2, 2, 3]]) {
      sin(transposedConvolution($0[0], $0[1], boundary: .valid, stride: [2, 1]))
    },
    PrimitiveCase("transposed convolution groups", [[1, 4, 3], [4, 1, 3]]) {
      transposedConvolution($0[0], $0[1], boundary: .circular, stride: [2], groups: 2)
    },
    PrimitiveCase("max pooling", [[2, 1, 4, 6]]) { sin(maxPooling($0[0], window: [2, 3])) },
    PrimitiveCase("average pooling", [[1, 2, 5]]) {
      sin(averagePooling($0[0], window: [3], stride: [1], boundary: .zero))
    },
  ]
}
