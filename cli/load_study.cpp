#include "cli/load_study.h"

#include <unistd.h>

#include "protocol/scheduler_file.h"
#include "scheduler/suggest/suggest.h"

namespace faretto {

Result<StudySpec> LoadCheckedStudy(const std::filesystem::path& file, StudyUse use) {
  FARETTO_ASSIGN_OR_RETURN(StudySpec spec, LoadStudy(file, use));
  const Status algorithm = CheckAlgorithm(spec);
  if (!algorithm.ok()) return algorithm.error().In(file.string());
  return spec;
}

StartInfo ThisProgram() {
  // What decides whether floating-point results repeat bit for bit.
  std::string instruction_set = "x86-64";
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) instruction_set += "+avx2";
  if (__builtin_cpu_supports("avx512f")) instruction_set += "+avx512f";
#else
  instruction_set = "other";
#endif
  return {HostName(), ::getpid(), FARETTO_BUILD, instruction_set};
}

}  // namespace faretto
