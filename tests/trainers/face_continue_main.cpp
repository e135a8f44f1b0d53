// face_continue CSV PARAMS FROM TO: loads the checkpoint FROM, trains to epoch 6, saves to TO. A
// process of its own for face_checkpoint_test.cpp.
#include <cstdio>

#include "tests/trainers/face_training.h"

int main(int argc, char** argv) {
  using namespace faretto;
  if (argc != 5) return 2;
  const Result<Json> params = ParseJson(argv[2]);
  if (!params.ok()) return 2;
  Result<std::unique_ptr<Trainer>> trainer = MakeTrainer(FaceTrainerJson(argv[1]));
  if (!trainer.ok() || !trainer.value()->Prepare(FaceSetup(*params)).ok()) return 3;
  if (const Status loaded = trainer.value()->Load(argv[3]); !loaded.ok()) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return 4;
  }
  const Result<RunEnd> end = trainer.value()->Run(6, {});
  if (!end.ok() || end->kind != RunEnd::Kind::kReached) return 5;
  return trainer.value()->Save(argv[4]).ok() ? 0 : 6;
}
