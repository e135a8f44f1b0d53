// Compiled for the oldest processors (base/CMakeLists.txt), so that the check itself runs
// everywhere.
#include "base/processor.h"

#include <unistd.h>

#include <string_view>

namespace faretto {
namespace {

// 101 is the first priority that programs may use: this runs before all other static initialisers.
[[gnu::constructor(101)]] void AtStart() { RequireProcessor(); }

}  // namespace

void RequireProcessor() {
#if defined(FARETTO_NEEDS_AVX2)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2"))
    return;
  constexpr std::string_view kMessage =
      "faretto: this processor has no AVX2, FMA and BMI2, which the program was built for; "
      "build it with -DFARETTO_ARCH=x86-64\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  ::_exit(1);
#endif
}

std::string InstructionSet() {
#if defined(__x86_64__)
  std::string set = "x86-64";
  if (__builtin_cpu_supports("avx2")) set += "+avx2";
  if (__builtin_cpu_supports("avx512f")) set += "+avx512f";
  return set;
#else
  return "other";
#endif
}

}  // namespace faretto
