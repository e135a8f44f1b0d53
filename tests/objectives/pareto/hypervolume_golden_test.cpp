// Against pagmo 2.18 (tests/data/hypervolume/README.md).
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "objectives/pareto/hypervolume.h"
#include "tests/objectives/pareto/random_points.h"
#include "tests/source_folder.h"

namespace faretto {
namespace {

class PagmoGolden : public ::testing::Test {
 protected:
  void ForEachCase(const std::function<void(const Json&, const std::vector<Point>&)>& check) {
    const Result<std::string> text = ReadFile(SourceFolder() / "tests/data/hypervolume/pagmo.json");
    ASSERT_TRUE(text.ok()) << text.error().message;
    const Json cases = ParseJson(*text).value();
    ASSERT_EQ(cases.size(), GoldenFronts().size());
    for (const Json& entry : cases) {
      SCOPED_TRACE(entry["shape"].get<std::string>() + " " + entry["objectives"].dump() + " " +
                   entry["points"].dump());
      const std::vector<Point> points =
          MakeFront({entry["shape"], entry["points"], entry["objectives"], entry["seed"], 0});
      ASSERT_EQ(CoordinateSum(points), entry["coordinate_sum"].get<double>());
      check(entry, points);
    }
  }

  static Point Reference(const Json& entry) {
    return Point(entry["objectives"].get<std::size_t>(), entry["reference"].get<double>());
  }
};

TEST_F(PagmoGolden, HypervolumesOfUpToAThousandPointsAreEqual) {
  ForEachCase([](const Json& entry, const std::vector<Point>& points) {
    EXPECT_NEAR(Hypervolume(points, Reference(entry)), entry["hypervolume"].get<double>(), 1e-10);
  });
}

TEST_F(PagmoGolden, ContributionsAreEqual) {
  std::size_t compared = 0;
  ForEachCase([&](const Json& entry, const std::vector<Point>& points) {
    if (!entry.contains("contributions")) return;
    const std::vector<double> contributions = HypervolumeContributions(points, Reference(entry));
    ASSERT_EQ(contributions.size(), entry["contributions"].size());
    for (std::size_t i = 0; i < points.size(); ++i)
      EXPECT_NEAR(contributions[i], entry["contributions"][i].get<double>(), 1e-10);
    ++compared;
  });
  EXPECT_GE(compared, 14u);
}

}  // namespace
}  // namespace faretto
