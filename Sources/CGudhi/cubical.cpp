#include "CGudhi.h"

// GUDHI 3.7 (Debian 12) calls a member as a function where it assigns it, in a constructor that is never
// instantiated here; clang reads it all the same. A macro with an argument touches that call alone.
#define directions_in_which_periodic_b_cond_are_to_be_imposed(value) \
  directions_in_which_periodic_b_cond_are_to_be_imposed = value
#include <gudhi/Bitmap_cubical_complex.h>
#undef directions_in_which_periodic_b_cond_are_to_be_imposed
#include <gudhi/Persistent_cohomology.h>

#include <cstdlib>
#include <exception>
#include <vector>

using Grid =
    Gudhi::cubical_complex::Bitmap_cubical_complex_periodic_boundary_conditions_base<double>;
using Complex = Gudhi::cubical_complex::Bitmap_cubical_complex<Grid>;
using Cohomology =
    Gudhi::persistent_cohomology::Persistent_cohomology<Complex, Gudhi::persistent_cohomology::Field_Zp>;

long lk_cubical_persistence(
    const double *values, const unsigned *sides, const unsigned char *periodic, size_t dimension,
    lk_interval **intervals) {
  *intervals = nullptr;
  try {
    size_t count = 1;
    for (size_t axis = 0; axis < dimension; ++axis) count *= sides[axis];
    Complex complex(
        std::vector<unsigned>(sides, sides + dimension), std::vector<double>(values, values + count),
        std::vector<bool>(periodic, periodic + dimension));
    // Classes of the highest dimension count, too: a full torus has one.
    Cohomology cohomology(complex, true);
    cohomology.init_coefficients(2);
    cohomology.compute_persistent_cohomology(0);
    const auto &pairs = cohomology.get_persistent_pairs();
    if (pairs.empty()) return 0;
    auto *found = static_cast<lk_interval *>(std::malloc(pairs.size() * sizeof(lk_interval)));
    if (found == nullptr) return -1;
    size_t next = 0;
    for (const auto &pair : pairs) {
      found[next++] = {
          static_cast<int>(complex.dimension(std::get<0>(pair))), complex.filtration(std::get<0>(pair)),
          complex.filtration(std::get<1>(pair))};
    }
    *intervals = found;
    return static_cast<long>(next);
  } catch (const std::exception &) {
    return -1;
  }
}

void lk_free_intervals(lk_interval *intervals) { std::free(intervals); }
