// Exact nearest neighbours by the k-d tree of nanoflann (https://github.com/jlblancoc/nanoflann, BSD licence), as C.

#ifndef LANDAU_CNANOFLANN_H
#define LANDAU_CNANOFLANN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_neighbor_tree lk_neighbor_tree;

/// A tree over `count` points, `points[point * dimension + axis]`; the points are not copied and must outlive it.
/// NULL where memory ran out.
lk_neighbor_tree *lk_neighbor_tree_create(const double *points, size_t count, size_t dimension);

/// The `wanted` points nearest to `query` by ascending distance, squared distances beside; several threads may
/// ask at a time. Returns how many were found, or -1 where memory ran out.
long lk_neighbor_tree_find(
    const lk_neighbor_tree *tree, const double *query, size_t wanted, uint32_t *indices,
    double *squared_distances);

void lk_neighbor_tree_destroy(lk_neighbor_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
