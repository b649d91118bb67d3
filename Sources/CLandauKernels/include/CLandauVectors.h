#pragma once
// Spins that are vectors, and normal numbers, by eight lanes with one random stream each.
//
// Products and sums are rounded one by one, so every level gives the same bits. Included by CLandauKernels.h.

#include <stdint.h>

// One colour of a checkerboard of vectors on a periodic box with even sides.
//
// Rows go along the last axis. Component k of the site j of a row r lies at own[k][r * stride + j]; the place before
// a row repeats its last site, the one after it its first, and seven more follow that any number may stand in.
typedef struct {
  double *own[4];
  const double *other[4];
  int components;            // 2, 3 or 4
  long rows, width, stride;  // width: sites of one colour in a row
  long row_neighbours;       // rows beside each row, and their numbers
  const int32_t *neighbours;
  const uint8_t *after;      // of each row: 1 where the second neighbour in the row is at j + 1, 0 where at j - 1
  double coupling;           // times the sum of the neighbours,
  double field;              // and added to the first component of that
} lk_board;

// A scalar field on a periodic box, site by site with the last axis fastest; width is the side along that axis.
typedef struct {
  long rows, width;
  long slice_rows;            // rows with the same coordinate along the first axis, which lie side by side
  long row_neighbours;        // 2 for each axis but the last, and not 0
  const int32_t *neighbours;  // first sites of the rows after and before each row, axis by axis
  double pull, linear, cubic;  // the force is pull * sum of neighbours + (linear + cubic * phi^2) phi
} lk_field;

// Links of U(1) (complex numbers), SU(2) (quaternions) or SU(3) (3 x 3 complex matrices row by row), `dimension` per
// site; `after` and `before` hold the neighbours of a site along each axis, `dimension` per site.
typedef struct {
  double *links;
  const int32_t *after, *before;
  long dimension;
} lk_links;

typedef struct {
  // Draws every spin s of `own` with weight exp(h . s), h the sum over its neighbours; |h| is below 10^9.
  // `state` is one block's.
  void (*heat_bath)(const lk_board *board, uint64_t *state);

  // Mirrors every spin of `own` at the field of its neighbours.
  void (*reflect)(const lk_board *board);

  // Standard normal numbers, `count` a multiple of 16, with one block's state.
  void (*normals)(double *result, long count, uint64_t *state);

  // Parts t = 0, 1, ... of a trajectory, two or more: kicks[t] times the force is added to the momenta, then, but in
  // the last part, drifts[t] times the momenta to the field. The field is read from fields[0] and left there; part t
  // writes to fields[1 + t % 2]. `sums` are those over the sites of p^2, phi^2, phi^4 and of phi(x) phi(x + mu) over
  // the axes, before the first part and after the last.
  void (*field_trajectory)(const lk_field *f, long parts, const double *kicks, const double *drifts,
                           double *const *fields, double *momenta, double *sums);

  // Of U(1), SU(2) and SU(3): draws the links along an axis of sites that are no neighbours of each other across it,
  // with weight exp(strength Re tr(U A)), A the sum of its staples, those of SU(3) through three subgroups; strength times
  // |A| is below 10^9 for U(1). Where `state`, one block's, is NULL, they are turned over without changing the action.
  void (*update_links[3])(const lk_links *l, int axis, const int32_t *sites, long count, double strength,
                          uint64_t *state);

  // exp(x) - 1 for x from -700 to 700, log(y) for y from the least normal number, sin and cos of pi z / 4 for z from
  // -1 to 1; `count` a multiple of 8. For tests.
  void (*elementary)(long count, const double *x, const double *y, const double *z, double *expm1, double *log,
                     double *sine, double *cosine);
} lk_vectors;
