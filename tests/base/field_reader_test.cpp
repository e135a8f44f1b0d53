#include "base/field_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faretto {
namespace {

using ::testing::ElementsAre;

TEST(FieldReader, ReadsAListOfText) {
  const Json json = {{"metrics", {"a", "b"}}};
  std::vector<std::string> metrics = {"default"};
  std::vector<std::string> absent = {"default"};
  FieldReader fields(json, "trainer");
  fields.TextList("metrics", metrics);
  fields.TextList("command", absent);
  EXPECT_TRUE(fields.Finish().ok());
  EXPECT_THAT(metrics, ElementsAre("a", "b"));
  EXPECT_THAT(absent, ElementsAre("default"));
}

TEST(FieldReader, RefusesAListThatHoldsSomethingElse) {
  for (const auto& [value, problem] :
       {std::pair(Json("a"), "trainer.metrics must be a list of text, it is text"),
        std::pair(Json::array({"a", 1}), "trainer.metrics must hold text, it holds 1")}) {
    const Json json = {{"metrics", value}};
    std::vector<std::string> metrics;
    FieldReader fields(json, "trainer");
    fields.TextList("metrics", metrics);
    const Status read = fields.Finish();
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().message, problem);
  }
}

TEST(FieldReader, NamesTheFirstProblemAlone) {
  const Json json = {{"trials", 0}, {"resource", "x"}, {"trails", 1}};
  std::int64_t trials = 7;
  double resource = 1;
  FieldReader fields(json, "budget");
  fields.Integer("trials", trials, 1);
  fields.Number("resource", resource, 0);
  const Status read = fields.Finish();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, "budget.trials must be a whole number of at least 1, it is 0");
  EXPECT_EQ(trials, 7);
}

}  // namespace
}  // namespace faretto
