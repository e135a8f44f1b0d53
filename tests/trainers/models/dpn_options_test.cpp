#include "trainers/models/dpn_options.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/trainers/golden.h"

namespace faretto {
namespace {

DpnEdges Edges(const std::string& digits) { return ParseDpnEdges(digits).value(); }

std::vector<std::string> AllDigits() {
  std::vector<std::string> all;
  for (char a = '0'; a <= '8'; ++a) {
    for (char b = '0'; b <= '8'; ++b) {
      for (char c = '0'; c <= '8'; ++c) all.push_back({a, b, c});
    }
  }
  return all;
}

TEST(OpKind, HasTheFamilyAndKernelOfEveryDigit) {
  using enum OpFamily;
  const std::vector<OpKind> expected = {
      {kPreActivation, 3},  {kPreActivation, 1},  {kPreActivation, 5},
      {kBare, 3},           {kBare, 1},           {kBare, 5},
      {kPostActivation, 3}, {kPostActivation, 1}, {kPostActivation, 5}};
  for (int digit = 0; digit <= 8; ++digit) {
    EXPECT_EQ(OpKind::FromDigit(digit), expected[static_cast<std::size_t>(digit)]) << digit;
    EXPECT_EQ(OpKind::FromDigit(digit).digit(), digit);
  }
}

TEST(ParseDpnEdges, ReadsTheThreeEdgesInOrder) {
  const DpnEdges edges = Edges("301");
  EXPECT_EQ(edges[0], (OpKind{OpFamily::kBare, 3}));
  EXPECT_EQ(edges[1], (OpKind{OpFamily::kPreActivation, 3}));
  EXPECT_EQ(edges[2], (OpKind{OpFamily::kPreActivation, 1}));
}

TEST(ParseDpnEdges, IsTheInverseOfTheName) {
  for (const std::string& digits : AllDigits()) EXPECT_EQ(DpnEdgesName(Edges(digits)), digits);
}

TEST(ParseDpnEdges, RefusesWhatIsNotThreeDigitsBelowNine) {
  for (const char* text : {"3010", "9", "3a1", "", "30", "391", "-01", " 01"}) {
    const auto edges = ParseDpnEdges(text);
    ASSERT_FALSE(edges.ok()) << text;
    EXPECT_EQ(edges.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(edges.error().message.find(text), std::string::npos);
  }
}

TEST(CountParameters, GivesThePublishedSizes) {
  const Json golden = Golden("dpn");
  for (const auto& [digits, count] : golden["params"].items()) {
    EXPECT_EQ(CountParameters(DpnOptions::Full(), Edges(digits)), count.get<std::int64_t>())
        << digits;
  }
}

TEST(CountParameters, GivesThePublishedCellsOf301) {
  const DpnOptions options = DpnOptions::Full();
  std::vector<std::int64_t> cells;
  for (const DpnStage& stage : options.Stages()) {
    cells.push_back(CountCellParameters(stage, options.groups, Edges("301")));
  }
  EXPECT_EQ(cells, Golden("dpn")["cells_301"].get<std::vector<std::int64_t>>());
}

TEST(CountParameters, Has324ValuesOverTheWholeSpaceWithOneSmallestAndTwoLargest) {
  std::map<std::int64_t, std::vector<std::string>> by_count;
  for (const std::string& digits : AllDigits()) {
    by_count[CountParameters(DpnOptions::Full(), Edges(digits))].push_back(digits);
  }
  const Json golden = Golden("dpn");
  EXPECT_EQ(by_count.size(), golden["distinct_parameter_counts"].get<std::size_t>());
  EXPECT_EQ(by_count.begin()->second, (std::vector<std::string>{"444"}));
  EXPECT_EQ(by_count.begin()->first, golden["smallest"]["params"].get<std::int64_t>());
  EXPECT_EQ(by_count.rbegin()->second, (std::vector<std::string>{"828", "888"}));
  EXPECT_EQ(by_count.rbegin()->first, golden["largest"]["params"].get<std::int64_t>());
}

TEST(CountGmacs, GivesThePublishedValuesAtBothSizes) {
  const Json golden = Golden("dpn");
  for (const auto& [key, size] : {std::pair("gmacs_224", 224), std::pair("gmacs_112", 112)}) {
    for (const auto& [digits, gmacs] : golden[key].items()) {
      EXPECT_NEAR(CountGmacs(DpnOptions::Full(), Edges(digits), size), gmacs.get<double>(), 5e-5)
          << digits << " at " << size;
    }
  }
}

TEST(DpnStages, HaveThePublishedWidths) {
  std::vector<int> out;
  std::vector<int> bottleneck;
  for (const DpnStage& stage : DpnOptions::Full().Stages()) {
    out.push_back(stage.out());
    bottleneck.push_back(stage.bottleneck);
  }
  EXPECT_EQ(out, Golden("dpn")["stage_channels"].get<std::vector<int>>());
  EXPECT_EQ(bottleneck, (std::vector<int>{200, 400, 800, 1600}));
}

TEST(StageSizes, RoundUpAtStridedLayers) {
  EXPECT_EQ(StageSizes(DpnOptions::Full(), 224), (std::array{56, 56, 28, 14, 7}));
  EXPECT_EQ(StageSizes(DpnOptions::Full(), 112), (std::array{28, 28, 14, 7, 4}));
  EXPECT_EQ(StageSizes(DpnOptions::Small(), 64), (std::array{16, 16, 8, 4, 2}));
}

TEST(DpnOptions, SmallIsValidForGreyAndColour) {
  EXPECT_TRUE(DpnOptions::Small(1).Check().ok());
  EXPECT_TRUE(DpnOptions::Small(3).Check().ok());
  EXPECT_EQ(DpnOptions::Small(3).in_channels, 3);
}

TEST(DpnOptions, RefusesGroupsThatDoNotDivideAWidth) {
  DpnOptions options;
  options.groups = 7;
  const Status status = options.Check();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("7 groups"), std::string::npos) << status.error().message;
}

TEST(DpnOptions, RefusesEvenStemsAndWidthsThatAreNotPositive) {
  DpnOptions even;
  even.stem_kernel = 4;
  EXPECT_FALSE(even.Check().ok());
  DpnOptions empty;
  empty.increments[2] = 0;
  EXPECT_FALSE(empty.Check().ok());
  DpnOptions none;
  none.embedding = 0;
  EXPECT_FALSE(none.Check().ok());
}

}  // namespace
}  // namespace faretto
