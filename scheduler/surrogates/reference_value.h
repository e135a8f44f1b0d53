// The reference point of the acquisition where the study file names none. Just beyond the worst
// value on the front, the ends of the front count little; at the 95 % quantile of all trials, or
// several ranges of the front beyond it, they count much. Two suggestions in three take the near
// point. The far one moves away as trials come in, because at first the middle of the front brings
// more than its ends. Measured: benchmarks/notes/reference-point.md. Thread safety: pure function.
#pragma once

#include <cstddef>
#include <vector>

namespace faretto {

// Of one objective, to be minimised. `front`, `all`: values of the trials on the front and of all,
// neither empty. `trials`: how many there are, pending ones included.
double ReferenceValue(const std::vector<double>& front, std::vector<double> all,
                      std::size_t trials);

}  // namespace faretto
