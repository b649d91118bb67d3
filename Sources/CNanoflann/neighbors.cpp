#include "CNanoflann.h"

#include <nanoflann.hpp>

#include <exception>
#include <new>

namespace {

/// The view of the points that nanoflann asks for.
struct Points {
  const double *values;
  size_t count;
  size_t dimension;

  size_t kdtree_get_point_count() const { return count; }
  double kdtree_get_pt(size_t point, size_t axis) const { return values[point * dimension + axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box &) const {
    return false;
  }
};

using Metric = nanoflann::L2_Adaptor<double, Points, double, uint32_t>;
using Tree = nanoflann::KDTreeSingleIndexAdaptor<Metric, Points, -1, uint32_t>;

}  // namespace

struct lk_neighbor_tree {
  Points points;
  Tree tree;

  explicit lk_neighbor_tree(const Points &given)
      : points(given),
        tree(static_cast<uint32_t>(given.dimension), points, nanoflann::KDTreeSingleIndexAdaptorParams(16)) {
    tree.buildIndex();
  }
};

lk_neighbor_tree *lk_neighbor_tree_create(const double *points, size_t count, size_t dimension) {
  try {
    return new lk_neighbor_tree({points, count, dimension});
  } catch (const std::exception &) {
    return nullptr;
  }
}

long lk_neighbor_tree_find(
    const lk_neighbor_tree *tree, const double *query, size_t wanted, uint32_t *indices,
    double *squared_distances) {
  try {
    nanoflann::KNNResultSet<double, uint32_t> found(wanted);
    found.init(indices, squared_distances);
    tree->tree.findNeighbors(found, query, nanoflann::SearchParams());
    return static_cast<long>(found.size());
  } catch (const std::exception &) {
    return -1;
  }
}

void lk_neighbor_tree_destroy(lk_neighbor_tree *tree) { delete tree; }
