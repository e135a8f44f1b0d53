#include "scheduler/suggest/load_study.h"

#include <unistd.h>

#include "base/process.h"
#include "base/processor.h"
#include "scheduler/suggest/suggest.h"

namespace faretto {

Result<StudySpec> LoadCheckedStudy(const std::filesystem::path& file, StudyUse use) {
  FARETTO_ASSIGN_OR_RETURN(StudySpec spec, LoadStudy(file, use));
  const Status algorithm = CheckAlgorithm(spec);
  if (!algorithm.ok()) return algorithm.error().In(file.string());
  return spec;
}

StartInfo ThisProgram() {
  return {HostName(), ::getpid(), FARETTO_BUILD, InstructionSet(), UserName()};
}

}  // namespace faretto
