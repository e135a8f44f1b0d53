// A state as bytes, so that a start can take it from the store instead of folding every event. A
// snapshot is only a shortcut: whoever cannot read one folds the events.
//
//   const std::string bytes = EncodeState(state);
//   Result<StudyState> state = DecodeState(spec, bytes);  // kInvalid: fold the events
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "study/state.h"
#include "study/study_spec.h"

namespace faretto {

// Equal states have equal bytes. What can be derived from trials (the rungs' results, the index by
// key, who waits) is left out.
std::string EncodeState(const StudyState& state);

// The state whose bytes these are; `spec` is that of its study and must outlive it. kInvalid for
// anything else: bytes of another format, as older and newer programs write them, cut off ones, and
// ones that were altered.
Result<StudyState> DecodeState(const StudySpec& spec, std::string_view bytes);

}  // namespace faretto
