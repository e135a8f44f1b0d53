#include "trainers/torch_errors.h"

#include <gtest/gtest.h>

#include "tests/trainers/one_thread.h"

namespace faretto {
namespace {

Status Try(const std::function<void()>& work) {
  return CatchTorchErrors([&]() -> Status {
    work();
    return Ok{};
  });
}

TEST(TorchErrorsTest, CallOutOfMemoryByItsName) {
  EXPECT_EQ(Try([] { throw std::bad_alloc(); }).error().message, "out of memory");
  EXPECT_EQ(Try([] { torch::empty({std::int64_t{1} << 50}); }).error().message, "out of memory");
}

TEST(TorchErrorsTest, KeepTheFirstLineOfWhatTheLibrarySays) {
  const std::string message = Try([] {
                                torch::mm(torch::ones({2, 3}), torch::ones({2, 3}));
                              })
                                  .error()
                                  .message;
  EXPECT_NE(message.find("mat1 and mat2 shapes cannot be multiplied"), std::string::npos);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(TorchErrorsTest, LetResultsThrough) {
  EXPECT_TRUE(Try([] {}).ok());
  EXPECT_EQ(CatchTorchErrors([]() -> Status { return Invalid("bad"); }).error().message, "bad");
}

}  // namespace
}  // namespace faretto
