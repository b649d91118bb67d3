import LandauTestSupport
import Testing

@testable import LandauStatistics

// Expected values: mpmath with 30 digits (erfc, gammainc, betainc, loggamma).

@Test(arguments: [
  (0.0, 0.5), (1, 0.158655253931457051), (3, 0.00134989803163009453),
  (5, 2.86651571879193912e-7), (8, 6.22096057427178412e-16), (-1, 0.841344746068542949),
])
func normalTail(x: Double, expected: Double) {
  expectClose(normalSurvival(x), expected, relative: 4e-16 * (1 + x * x))
}

@Test(arguments: [
  (1.0, 1.0, 0.317310507862914103), (10, 3, 0.0185661354630432333),
  (100, 50, 0.0000345493138298486394), (30, 100, 0.999999999999094387),
  (500, 400, 0.000482212759593433739), (0.01, 0.5, 0.706919105278980414),
])
func chiSquareTail(x: Double, freedom: Double, expected: Double) {
  // The prefactor's exponent is known to an ulp of its largest term, about x.
  expectClose(
    chiSquareSurvival(x, degreesOfFreedom: freedom), expected,
    relative: 1e-15 * (4 + x + freedom * 3))
}

@Test(arguments: [
  (1.0, 1.0, 0.25), (3, 2, 0.047732983133354566), (5.5, 31, 2.56009795057018811e-6),
  (2, 10, 0.0366940173853701828), (0.1, 1e4, 0.460173165015537447),
  (-1.5, 7, 0.911350756505014983), (4.6, 1e6, 2.11271314421245221e-6),
  (12, 3.5, 0.00028726709642806393),
])
func studentTail(t: Double, freedom: Double, expected: Double) {
  // logGamma(freedom / 2) is of the order of freedom * ln freedom and carries its ulp.
  expectClose(
    studentTSurvival(t, degreesOfFreedom: freedom), expected,
    relative: 1e-15 * (10 + freedom * 8))
}

@Test func tailsAtTheirEnds() {
  #expect(chiSquareSurvival(0, degreesOfFreedom: 3) == 1)
  #expect(chiSquareSurvival(.infinity, degreesOfFreedom: 3) == 0)
  #expect(studentTSurvival(.infinity, degreesOfFreedom: 3) == 0)
  #expect(studentTSurvival(0, degreesOfFreedom: 3) == 0.5)
  #expect(chiSquareSurvival(.nan, degreesOfFreedom: 3).isNaN)
  #expect(studentTSurvival(.nan, degreesOfFreedom: 3).isNaN)
}

@Test(arguments: [
  (0.975, 1.95996398454005424), (0.0011, -3.06181415176175844), (1e-12, -7.03448382530113193),
  (0.5, 0), (0.9999999, 5.19933758219281693),
])
func normalQuantileInvertsTheTail(probability: Double, expected: Double) {
  // 1 - 0.9999999 is known to 1e-16, which the density at the quantile turns into 2e-10.
  expectClose(
    normalQuantile(probability), expected, absolute: probability == 0.9999999 ? 3e-10 : 1e-14)
}

@Test(arguments: [
  (0.001, 6.90717888538385366), (0.5, 0.572364942924700087), (1, 0), (2, 0),
  (3.7, 1.42807232666538813), (14.9, 24.9241320022172783), (15.1, 25.4589997509926631),
  (100, 359.134205369575399), (1e6, 12815504.5691476117),
])
func logarithmOfTheGammaFunction(x: Double, expected: Double) {
  // Below 15 the product of up to 15 factors and Stirling's value, about 25, carry their ulps.
  expectClose(SpecialFunctions.logGamma(x), expected, absolute: 3e-14, relative: 4e-16)
}
