// Turns LibTorch's exceptions into errors as values, at the place of the call.
#pragma once

#include <torch/torch.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/result.h"

namespace faretto {

constexpr const char* kOutOfMemory = "out of memory";

// One line: "out of memory", or the first line of what the library says.
inline std::string TorchErrorLine(const std::exception& exception) {
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return kOutOfMemory;
  const auto* error = dynamic_cast<const c10::Error*>(&exception);
  std::string text = error != nullptr ? error->what_without_backtrace() : exception.what();
  const bool no_memory = dynamic_cast<const c10::OutOfMemoryError*>(&exception) != nullptr ||
                         text.find("can't allocate memory") != std::string::npos ||
                         text.find("not enough memory") != std::string::npos;
  if (no_memory) return kOutOfMemory;
  return text.substr(0, text.find('\n'));
}

// `work()`, which returns a Result; a thrown exception becomes the kFailed error of that line.
template <class Work>
auto CatchTorchErrors(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& exception) {
    return Failed(TorchErrorLine(exception));
  }
}

}  // namespace faretto
