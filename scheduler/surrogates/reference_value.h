// From where hypervolume is measured while the study file names no reference point: nobody said how
// much the ends of the front count. Just beyond the worst value on the front they count little; at
// the 95 % quantile of all trials, or some ranges of the front beyond it, much. Two suggestions in
// three take the former. The latter moves away as trials come in: at first the middle of the front
// brings more than its ends.
// Thread safety: pure function.
#pragma once

#include <cstddef>
#include <vector>

namespace faretto {

// Of one objective, to be minimised. `front`, `all`: values of the trials on the front and of all,
// neither empty. `trials`: how many there are, pending ones included.
double ReferenceValue(const std::vector<double>& front, std::vector<double> all,
                      std::size_t trials);

}  // namespace faretto
