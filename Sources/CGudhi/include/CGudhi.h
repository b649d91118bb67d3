// Persistent homology of cubical complexes by the GUDHI library (https://gudhi.inria.fr, MIT licence), as C.

#ifndef LANDAU_CGUDHI_H
#define LANDAU_CGUDHI_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A class of homology that appears at `birth` and is filled at `death`, infinite where it never is.
typedef struct {
  int dimension;
  double birth;
  double death;
} lk_interval;

/// The intervals of positive length of the sublevel filtration of a function on a grid, with coefficients modulo 2.
///
/// Each value belongs to a closed cube; a face carries the smallest value of the cubes around it.
///
/// - values: the first axis runs fastest; none may be NaN.
/// - sides, periodic: of each axis; a periodic axis has three cubes or more.
/// - intervals: `malloc`ed, to be given to `lk_free_intervals`; NULL where there are none.
///
/// Returns the number of intervals, or -1 where memory ran out or the library refused its input.
long lk_cubical_persistence(
    const double *values, const unsigned *sides, const unsigned char *periodic, size_t dimension,
    lk_interval **intervals);

void lk_free_intervals(lk_interval *intervals);

#ifdef __cplusplus
}
#endif

#endif
