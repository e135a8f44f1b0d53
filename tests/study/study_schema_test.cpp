#include "study/study_schema.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "study_text.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

TEST(StudySchema, IsTheOneThatIsPublished) {
  const auto published = ReadFile(SourceFolder() / "docs/study.schema.json");
  ASSERT_TRUE(published.ok()) << published.error().message;
  EXPECT_EQ(CanonicalJson(*ParseJson(*published)), CanonicalJson(StudySchema()));
}

TEST(StudySchema, AcceptsTheExamplesAndRefusesWhatIsNotInThem) {
  EXPECT_TRUE(CheckAgainstSchema(StudyJson()).ok());
  const auto example = ReadFile(SourceFolder() / "examples/orl_faces.json");
  ASSERT_TRUE(example.ok());
  EXPECT_TRUE(CheckAgainstSchema(*ParseJson(*example)).ok());
  for (const char* part : {"name", "space", "objectives", "algorithm", "budget", "trainer"}) {
    Json wrong = StudyJson();
    wrong[part] = 17;
    EXPECT_FALSE(CheckAgainstSchema(wrong).ok()) << part;
  }
  Json unknown = StudyJson();
  unknown["colour"] = "red";
  EXPECT_FALSE(CheckAgainstSchema(unknown).ok());
}

}  // namespace
}  // namespace faretto
