// The only list of trainers.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "trainers/command.h"
#include "trainers/face_identification.h"
#include "trainers/function.h"
#include "trainers/trainer.h"

namespace faretto {
namespace {

struct TrainerType {
  const char* name;
  Result<std::unique_ptr<Trainer>> (*make)(const Json& trainer);
  Status (*check_data)(const Json& trainer);
};

constexpr TrainerType kTrainers[] = {
    {"face_identification", MakeFaceIdentification, CheckFaceIdentificationData},
    {"command", MakeCommand, CheckCommandData},
    {"function", MakeFunction, CheckFunctionData},
};

Result<const TrainerType*> FindTrainer(const Json& trainer) {
  std::vector<std::string> known;
  for (const TrainerType& type : kTrainers) known.emplace_back(type.name);
  if (!trainer.is_object() || !trainer.contains("type") || !trainer["type"].is_string()) {
    return Invalid("trainer needs a \"type\"" + NameHint("", known));
  }
  const std::string name = trainer["type"];
  for (const TrainerType& type : kTrainers) {
    if (name == type.name) return &type;
  }
  return Invalid("trainer.type \"" + name + "\" is unknown" + NameHint(name, known));
}

}  // namespace

Result<std::unique_ptr<Trainer>> MakeTrainer(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(const TrainerType* type, FindTrainer(trainer));
  return type->make(trainer);
}

Status CheckTrainerData(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(const TrainerType* type, FindTrainer(trainer));
  return type->check_data(trainer);
}

}  // namespace faretto
