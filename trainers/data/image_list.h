// Data set type "image_list": one CSV that names image files.
//
//   {"type": "image_list", "csv": PATH, "memory_mb": 4096}
//
// Columns: `path` (relative to the CSV's folder, or absolute), `identity`, `split` (train,
// validation or test), and any further columns, which are attributes; an empty attribute puts the
// image in no group. The CSV is read and checked as a whole when the data set is made; image files
// are read only when their split is opened. A split whose pixels need more than `memory_mb` is
// decoded from its files again at each use.
#pragma once

#include <memory>
#include <string>

#include "trainers/data/data_set.h"

namespace faretto {

Result<std::unique_ptr<DataSet>> MakeImageList(const Json& dataset, const std::string& group);

}  // namespace faretto
