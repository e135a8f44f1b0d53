// Makes LibTorch use one thread in the whole test program: same numbers everywhere, no
// oversubscription when tests run side by side. Including it is enough.
#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace faretto {

class OneThread : public testing::Environment {
 public:
  void SetUp() override { torch::set_num_threads(1); }
};

inline testing::Environment* const kOneThread =
    testing::AddGlobalTestEnvironment(new OneThread);  // gtest owns it

}  // namespace faretto
