#pragma once
// The hottest loops, compiled once per instruction set and chosen at run time.
//
// Only freestanding and intrinsic headers are included, so the room builds without a C library.
// Every kernel gives the same bits at every level.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LK_BASELINE = 0, LK_V3 = 1, LK_V4 = 2, LK_LEVEL_COUNT = 3 };

// Words of random state of one block: xoshiro256++ in eight lanes, state word by state word.
enum { LK_BLOCK_STATE_WORDS = 32 };

// One colour of a two-dimensional Ising checkerboard in strips.
//
// The lattice has 64 * word_rows rows and 2 * words columns; word_rows is even and words is a multiple
// of 8. Bit b of the word (r, j) of colour k is the spin (1 is up) in row b * word_rows + r and column
// 2 j + ((r + k) & 1). A word row starts on a 64-byte boundary, `stride` words after the one before;
// the word before its first repeats its last, and the word after its last repeats its first.
typedef struct {
  uint64_t *own;          // first word of word row 0 of the colour that is updated
  const uint64_t *other;  // the same of the other colour
  long stride;
  long words;
  long word_rows;
  int colour;             // 0 or 1, the colour of `own`
} lk_ising2d;

// Acceptance probabilities times 2^64 for a site whose bonds are all satisfied (`all`), all but one
// (`three`), and 1 - 2^-lazy_bits for the others; lazy_bits is 1 or 4.
typedef struct {
  uint64_t all;
  uint64_t three;
  int lazy_bits;
} lk_acceptance;

typedef struct {
  int level;
  const char *name;

  // Attempts a flip at every site of `own` in word rows first ..< last, with one block's generator.
  // Every attempt compares random bits of its own with its acceptance probability, highest bit first,
  // until all 512 attempts of a group are decided or 64 bits are spent. Returns the number of accepted
  // flips if `counting`, else 0.
  uint64_t (*ising2d_half)(const lk_ising2d *lattice, long first, long last,
                           const lk_acceptance *acceptance, uint64_t *state, int counting);

  // Number of unsatisfied bonds (ends differ) between the sites of `own` in word rows first ..< last
  // and their four neighbours.
  uint64_t (*ising2d_unsatisfied)(const lk_ising2d *lattice, long first, long last);

  // Number of set bits.
  uint64_t (*popcount)(const uint64_t *words, long count);

  // Sum of a[i] * b[i] for entries -1 and +1.
  int64_t (*dot_signs)(const int8_t *a, const int8_t *b, long count);

  // Sum of a[i] for entries -1 and +1.
  int64_t (*sum_signs)(const int8_t *a, long count);

  // Number of places where a[i] == b[i].
  uint64_t (*equal)(const uint8_t *a, const uint8_t *b, long count);

  // Number of places in each of the states 0 ..< state_count, of which all `states` are.
  void (*state_counts)(const uint8_t *states, long count, long state_count, long *counts);

  // Sums of x[i] and of y[i] over the places in each state, `sums[state][2]`; `totals` are those over all places.
  void (*state_sums)(const uint8_t *states, long count, long state_count, const double *x,
                     const double *y, const double *totals, double *sums);

  // Sum of the staples of a link of SU(3), 18 numbers: over both sides of the planes that contain it. Links are 3 x 3
  // complex matrices row by row, `dimension` per site; `after` and `before` hold the neighbours of a site along each
  // axis, `dimension` per site.
  void (*su3_staples)(const double *links, const int32_t *after, const int32_t *before,
                      int dimension, long site, int axis, double *sum);

  // The product a b of two such matrices.
  void (*su3_product)(const double *a, const double *b, double *result);
} lk_kernels;

// The best level this processor runs.
int lk_best_level(void);

// The kernels of a level; NULL where this processor cannot run them.
const lk_kernels *lk_kernels_at(int level);

#ifdef __cplusplus
}
#endif
