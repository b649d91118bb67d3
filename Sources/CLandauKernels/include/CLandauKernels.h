#pragma once
// The hottest loops, compiled once per instruction set and chosen at run time.
//
// Only freestanding and intrinsic headers are included, so the room builds without a C library.
// Every kernel gives the same bits at every level, but for sums of products where a level fuses them.

#include <stddef.h>
#include <stdint.h>

#include "CLandauVectors.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LK_BASELINE = 0, LK_V3 = 1, LK_V4 = 2, LK_LEVEL_COUNT = 3 };

// Words of random state of one block: xoshiro256++ in eight lanes, state word by state word.
enum { LK_BLOCK_STATE_WORDS = 32 };

// One colour of an Ising checkerboard in two or three dimensions, in 64 strips: bit b of a word belongs to strip b.
//
// In two dimensions one axis is cut into 64 strips of `inner_rows` rows, and bit b is strip b. In three both axes
// but the last are cut into 8 strips, of `outer_rows` and `inner_rows` rows, and bit 8 a + b is strip a of the outer
// and b of the inner axis. Row numbers within a strip, (o, i), give the word row r = o * inner_rows + i; the numbers
// of rows are even, but for `outer_rows` = 1 in two dimensions. Along the last axis lie 2 * words sites, words a
// multiple of 8; word j of the word row r of colour k holds the sites (1 is up) at 2 j + ((o + i + k) & 1). A word
// row starts on a 64-byte boundary, `stride` words after the one before; the word before its first repeats its last,
// and the word after its last repeats its first.
typedef struct {
  uint64_t *own;          // first word of word row 0 of the colour that is updated
  const uint64_t *other;  // the same of the other colour
  long stride;
  long words;
  long outer_rows;
  long inner_rows;
  int dimension;          // 2 or 3
  int colour;             // 0 or 1, the colour of `own`
} lk_strips;

// Acceptance probabilities times 2^64 for a site with 0, 1 and (in three dimensions) 2 unsatisfied bonds, and
// 1 - 2^-lazy_bits for the others; lazy_bits is 1 or 4.
typedef struct {
  uint64_t costly[3];
  int lazy_bits;
} lk_acceptance;

// At most so many classes of attempts, of which class 0 is whatever is in no other.
enum { LK_PACKED_CLASSES = 48 };

// With what probability the attempts at a site are accepted. Class k > 0 are those whose counter (see the kernels)
// shows values[k], of the kind kinds[k] where that is not negative.
typedef struct {
  int count;
  const int8_t *values;
  const int8_t *kinds;
  // Probabilities times 2^64, and their 64 bits from the highest as words of zeros or ones.
  const uint64_t *thresholds;
  const uint64_t *bits;
} lk_packed_rule;

// Which lanes of a site others are beside, in part: lane k of a copy is lane k + 64 words + bits of the site where bit k
// of the mask is set; words may be negative.
typedef struct {
  int words, bits;
  uint64_t mask[8];
} lk_lane_move;

// Spins of packed replicas, for `packed_bonds`.
enum { LK_PACKED_ISING, LK_PACKED_POTTS, LK_PACKED_BLUME_CAPEL };

// 512 replicas of a few-valued model: bit b of word w of a site is in replica 64 w + b. States 0 and 1 (Ising: -1, 1)
// lie in plane 0; of four or three states the second bit lies in plane 1.
//
// Or one lattice in equal blocks, a block in each lane: then neighbours may be copies, behind the last site, of sites in
// other lanes. Copies copy_start[i] ..< copy_start[i + 1] are those of site i; in copy c lanes are moved by the moves
// move_start[t] ..< move_start[t + 1], t = turn_of_copy[c]. They are written after every attempt at the site. Eight
// words before the first site and behind the last copy may be read.
typedef struct {
  long sites;
  // A bit for each replica that is attempted, eight words; the others stay as they are.
  const uint64_t *lanes;
  // NULL where there are no copies.
  const int32_t *copy_start;
  const int32_t *turn_of_copy;
  const int32_t *move_start;
  const lk_lane_move *moves;
  // Neighbours of site i at start[i] ..< start[i + 1], at most 15, and 7 where there is a second plane.
  const int32_t *start;
  const int32_t *neighbours;
  // Ising: bonds that are satisfied by unequal spins, for each place a word of zeros or ones, or with `lane_signs`
  // eight words, a bit for each replica; NULL where equal ones satisfy all.
  const uint64_t *signs;
  int lane_signs;
  // Potts: whether equal neighbours cost energy.
  int repels;
  // Which rule each site has; NULL where all have the first.
  const uint8_t *rule_of_site;
  const lk_packed_rule *rules;
  // 2 or 3 where every site has four or six bonds, in order, and there is no field: then `acceptance` counts.
  int dimension;
  lk_acceptance acceptance;
  uint64_t *planes[2];
} lk_packed;

// Clusters of spins 1 and -1 in rows of `width` sites, numbered row by row, which are fewer than 2^31. Bit i of a run
// of words belongs to site i; the word behind the last one may be read.
typedef struct {
  int8_t *spins;
  // The root of each site's cluster, the lowest site of it, with the highest bit set where the cluster flips.
  int32_t *labels;
  long width;
  // Axes apart from the one along the rows, and the rows after and before along each; -1 where there is one row.
  int axes;
  const int32_t *after;
  const int32_t *before;
  // Whether the bond from a site to the next along the row, and along each other axis, joins equal spins.
  const uint64_t *bonds[8];
  // Whether a root flips.
  const uint64_t *coins;
  // Room for (width + 63) / 64 words of each row.
  uint64_t *joined;
} lk_clusters;

// One elementwise operation on a block of n numbers. Bit k of `scalars` says that operand k is one
// number; the result may be the very buffer of an operand, and may not overlap it otherwise.
typedef void (*lk_block)(long n, int scalars, const void *a, const void *b, const void *c,
                         const void *d, void *result);

// Operations on blocks of float or of double; NULL where there is none for the type.
typedef struct {
  lk_block add, subtract, multiply, divide, maximum, minimum;
  lk_block negate, absolute, square_root, sign;
  lk_block exponential, logarithm, tanh, sigmoid;
  // Comparisons write bytes, 1 where they hold.
  lk_block equal, not_equal, less, less_or_equal;
  // c where the comparison of a with b holds, else d.
  lk_block choose_equal, choose_not_equal, choose_less, choose_less_or_equal;
  // b where the byte of a is not 0, else c.
  lk_block select;
  // Bytes as numbers.
  lk_block from_bytes;
  // lanes[i % 16] += x[i] for i below n, a multiple of 16; the larger and the smaller of both.
  void (*fold)(long n, const void *x, void *lanes);
  void (*fold_maximum)(long n, const void *x, void *lanes);
  void (*fold_minimum)(long n, const void *x, void *lanes);
  // Adds the sum of fewer than 2048 numbers to a total: sixteen lanes, a fixed tree, the rest one by one;
  // `start` is what nothing adds up to.
  void (*fold_run)(long n, const void *x, double start, void *total);
  void (*fold_run_maximum)(long n, const void *x, double start, void *total);
  void (*fold_run_minimum)(long n, const void *x, double start, void *total);
  // The same for `runs` runs of fewer than 16 numbers and as many totals, each one after the other.
  void (*fold_runs)(long runs, long n, const void *x, double start, void *totals);
  void (*fold_runs_maximum)(long runs, long n, const void *x, double start, void *totals);
  void (*fold_runs_minimum)(long runs, long n, const void *x, double start, void *totals);
  // total[e] += x[r * n + e] for every row r in turn.
  void (*fold_rows)(long rows, long n, const void *x, void *total);
  void (*fold_rows_maximum)(long rows, long n, const void *x, void *total);
  void (*fold_rows_minimum)(long rows, long n, const void *x, void *total);
} lk_elementwise;

// How one plane is copied into a padded one, row by row.
typedef struct {
  long rows, width;
  // Where each row comes from in the plane; -1 gives zeros.
  const long *sources;
  // Neighbours that stay neighbours, and single numbers beside them: where to, and from which place of the
  // row, -1 for zeros.
  long main_start, main_source, main_count;
  long edge_count;
  const long *edges, *edge_sources;
} lk_padding;

// Samples whose inputs and outputs are multiplied to the gradient of a kernel.
typedef struct {
  // How many, and how far apart they lie.
  long count, input_pitch, output_pitch;
  // Numbers between the planes of outputs of a sample.
  long pitch;
  // Vectors of outputs in a plane, and where each finds its inputs.
  long vectors;
  const long *bases;
  // One vector of bits for each, zero in lanes that count for nothing; NULL where all count.
  const void *masks;
} lk_samples;

// Convolutions with unit strides, on padded planes of float or of double.
typedef struct {
  // Numbers in a vector.
  long width;
  void (*pad)(const lk_padding *padding, long planes, long plane, const void *x, void *result);
  // y[o][v] = sum over taps t of weights[o][t] x[bases[v] + offsets[t]...], with `pitch` numbers between
  // the planes of y.
  void (*convolve)(long outputs, long taps, const long *offsets, const void *weights, const void *x,
                   long vectors, const long *bases, void *y, long pitch);
  // weights[o][t] += sum over samples and vectors of y[o][v] x[bases[v] + offsets[t]...].
  void (*gradient)(const lk_samples *samples, long outputs, long taps, const long *offsets,
                   const void *x, const void *y, void *weights);
} lk_convolution;

// A convolution of one group with unit strides and a sample in each lane.
typedef struct {
  long channels, outputs;
  // Vectors of a plane of inputs, places of a plane of outputs, and places of a window.
  long plane, places, window;
  // [place][window]: where in a plane it looks, or -1 for a zero.
  const int32_t *sources;
} lk_lanes;

// For float and for double. Vectors are aligned to their size; behind the planes of x follows one vector of zeros.
typedef struct {
  // Samples of a vector, and outputs of the largest block of weights: blocks of half of it follow, and so on to one.
  long width, outputs;
  // r[e][s] = x[s * pitch + e] for e < count; zeros for s from `samples` on.
  void (*gather)(long samples, long pitch, long count, const void *x, void *r);
  // The other way round.
  void (*scatter)(long samples, long pitch, long count, const void *x, void *r);
  // y[output][place] = sum over window and channels; weights[block][window][channel][output of the block].
  void (*convolve)(const lk_lanes *lanes, const void *weights, const void *x, void *y);
  // sums[output][channel][window] += sum over places of y[output][place] x[channel][source].
  void (*products)(const lk_lanes *lanes, const void *x, const void *y, void *sums);
  // r[k] = sum over the samples of sums[k].
  void (*fold)(long count, const void *sums, void *r);
} lk_samples_convolution;

// What a step of Adam multiplies with; see LandauNN/Optimizers/AdamW.swift.
typedef struct {
  double rate, unbias, beta1, beta2, complement1, complement2, keep, epsilon;
} lk_adam;

typedef struct {
  int level;
  const char *name;

  // Of float and of double.
  const lk_elementwise *elementwise;
  const lk_convolution *convolution;
  const lk_samples_convolution *samples;

  const lk_vectors *vectors;

  // c[m][n] = a[m][k] b[k][n] for small matrices of float and of double: steps from row to row and from
  // column to column of a and b are given, those of c are n and 1. False where k times n is too large.
  int (*product[2])(long m, long n, long k, const void *a, long a_row, long a_column, const void *b,
                    long b_row, long b_column, void *c);

  // One step on n parameters of float and of double: all but the gradient are changed in place.
  void (*adam[2])(long n, const lk_adam *a, void *parameter, const void *gradient, void *mean,
                  void *square);

  // Attempts a flip at every site of `own` in word rows first ..< last, with one block's generator.
  // Every attempt compares random bits of its own with its acceptance probability, highest bit first,
  // until all 512 attempts of a group are decided or 64 bits are spent. Returns the number of accepted
  // flips if `counting`, else 0.
  uint64_t (*strips_half)(const lk_strips *strips, long first, long last,
                          const lk_acceptance *acceptance, uint64_t *state, int counting);

  // Number of unsatisfied bonds (ends differ) between the sites of `own` in word rows first ..< last
  // and all their neighbours.
  uint64_t (*strips_unsatisfied)(const lk_strips *strips, long first, long last);

  // Attempts a change at every site, in order, in all replicas, with one block's generator; random bits are
  // independent, or with `shared` one number a site serves all replicas. Returns the number of changes if
  // `counting`, else 0.
  // Ising: the counter shows unsatisfied bonds, kinds are spin down and spin up.
  uint64_t (*packed_ising)(const lk_packed *packed, uint64_t *state, int shared, int counting);
  // Three or four states: the counter shows bonds that are satisfied by the old state, plus those that are not by
  // the proposed one. Of three states one of the others is proposed, of four any.
  uint64_t (*packed_potts)(const lk_packed *packed, uint64_t *state, int states, int counting);
  // Spins -1, 0, 1 as states 0, 1, 2, one of the others is proposed. Kinds: 0 away from zero, 1 to zero, 2 to the
  // other side. The counter shows the degree plus t times the sum of the neighbours, t the new spin for kind 0 and
  // the old one else.
  uint64_t (*packed_blume_capel)(const lk_packed *packed, uint64_t *state, int counting);
  // The states of the 64 replicas of a word, `states[replica][site]`.
  void (*packed_states)(const lk_packed *packed, int word, uint8_t *states);
  // Sums over the bonds at all sites in the replicas that are attempted, each bond from both ends: of Ising spins
  // counts[0] are unsatisfied; of Potts spins counts[0] join different states; of Blume and Capel's counts[0] join
  // equal spins and counts[1] opposite ones, zeros left out.
  void (*packed_bonds)(const lk_packed *packed, int kind, uint64_t *counts);

  // Random words from one block's generator; `count` is a multiple of eight. Of `random_bits` every bit is 1 with
  // probability threshold / 2^64.
  void (*random_words)(uint64_t *state, long count, uint64_t *words);
  void (*random_bits)(uint64_t *state, uint64_t threshold, long count, uint64_t *words);

  // Labels the sites of rows first ..< last by the bonds among them.
  void (*cluster_rows)(const lk_clusters *clusters, long first, long last);
  // Joins a row with the one after it along an axis (0 is the first apart from the rows') in another block. Writes
  // the roots that got another label to `merged`, at most `width`, and returns how many.
  long (*cluster_seam)(const lk_clusters *clusters, long row, int axis, int32_t *merged);
  // Gives those roots the label of their last root, marked where it flips.
  void (*cluster_roots)(const lk_clusters *clusters, const int32_t *merged, long count);
  // Flips the clusters of rows first ..< last, and gives every site the label of its root.
  void (*cluster_flip)(const lk_clusters *clusters, long first, long last);

  // Number of set bits.
  uint64_t (*popcount)(const uint64_t *words, long count);

  // Adds to each of ones[m] the number of bits that are set in `count` times eight words and in the eight of mask m.
  void (*masked_ones)(const uint64_t *words, long count, const uint64_t *masks, long mask_count,
                      uint64_t *ones);

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

  // a[i] += b[i], or -= where `adds` is zero. The two do not overlap.
  void (*add_longs)(int64_t *a, const int64_t *b, long count, int adds);

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
