#include "results/queries/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "results/exchange/export.h"
#include "results/pages/report.h"
#include "results/pages/svg_plot.h"
#include "results/queries/filter.h"
#include "tests/results/testing/scripted_study.h"

namespace faretto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(TableTest, AlignsByCharactersAndKeepsCellsOnOneLine) {
  const Table table{{{"name"}, {"n", true}}, {{"é", "1"}, {"a\nb", "200"}}};
  EXPECT_EQ(table.ToText(), "name    n\né       1\na b   200\n");
}

TEST(TableTest, CsvQuotesWhatRfc4180Asks) {
  const Table table{{{"a"}, {"b"}}, {{"x,y", "say \"hi\""}, {"line\nbreak", ""}}};
  EXPECT_EQ(table.ToCsv(), "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"line\nbreak\",\r\n");
}

TEST(FormatTest, IntervalsThatContainZeroAreMarked) {
  EXPECT_EQ(ValueWithInterval({{"d", 0.05}, {"d_low", 0}, {"d_high", 0.1}}, "d"), "0.05 [0, 0.1]*");
  EXPECT_EQ(ValueWithInterval({{"d", 0.05}, {"d_low", 0.01}, {"d_high", 0.1}}, "d"),
            "0.05 [0.01, 0.1]");
  EXPECT_EQ(ValueWithInterval({{"d", 0.05}}, "d"), "0.05");
  EXPECT_EQ(ValueWithInterval({}, "d"), "-");
}

class FormatStudyTest : public ::testing::Test {
 protected:
  Document FrontOfStudy() {
    const auto front = StudyFront(study_.view(), {});
    return FrontDocument(study_.view(), *front, Baselines(study_.view()));
  }

  EventfulStudy study_;
};

TEST_F(FormatStudyTest, TheFrontAsJsonHasTheContractsShape) {
  const Json json = *ParseJson(Render(FrontOfStudy(), OutputFormat::kJson));
  EXPECT_EQ(json["version"], 1);
  ASSERT_EQ(json["trials"].size(), 3u);
  const Json& trial = json["trials"][2];
  EXPECT_EQ(trial["id"], 0);
  EXPECT_EQ(trial["state"], "completed");
  EXPECT_EQ(trial["resource"], 18);
  EXPECT_EQ(trial["values"], Json({{"error", 0.3}, {"rank_disparity", 0.02}}));
  EXPECT_EQ(trial["origin"], "test");
  EXPECT_TRUE(trial["params"].contains("optimizer"));
  EXPECT_EQ(json["baselines"][0]["name"], "pixels");
  EXPECT_EQ(json["baselines"][0]["values"]["error"], 0.22);
  EXPECT_NEAR(json["hypervolume"].get<double>(), 0.396, 1e-12);
  EXPECT_EQ(json["reference"]["rank_disparity"], 0.5);
}

TEST_F(FormatStudyTest, WithoutReferenceLinesThereIsNoBaselinesKey) {
  const ScriptedStudy study;
  const auto front = StudyFront(study.view(), {});
  EXPECT_FALSE(FrontDocument(study.view(), *front, {}).json.contains("baselines"));
}

TEST_F(FormatStudyTest, TheFrontAsTableShowsValuesReferenceLinesAndHypervolume) {
  const std::string text = Render(FrontOfStudy(), OutputFormat::kTable);
  EXPECT_THAT(text, HasSubstr("trial  error  rank_disparity  resource"));
  EXPECT_THAT(text, HasSubstr("pixels          0.22   0.05"));
  EXPECT_THAT(text, HasSubstr("hypervolume 0.396 (reference point error=1 rank_disparity=0.5)"));
}

TEST_F(FormatStudyTest, AReferenceThatNoTrialReachesIsNamed) {
  auto front = StudyFront(study_.view(), {});
  front->hypervolume = 0;
  EXPECT_THAT(Render(FrontDocument(study_.view(), *front, {}), OutputFormat::kTable),
              HasSubstr("no trial is better than the reference point in every objective"));
}

TEST_F(FormatStudyTest, AnEmptyFrontSaysWhy) {
  StudySpec spec = study_.view().spec;
  spec.constraints.push_back({"error", -1, std::nullopt});
  const StudyView view{spec, study_.view().state};
  auto front = StudyFront(view, {});
  ASSERT_TRUE(front->trials.empty());
  const auto text = [&] { return Render(FrontDocument(view, *front, {}), OutputFormat::kTable); };
  EXPECT_THAT(text(), HasSubstr("results meets the constraints"));
  front->compared = 0;
  EXPECT_THAT(text(), HasSubstr("no trial has a result at the resource that is compared"));
  front->members = 2;
  EXPECT_THAT(text(), HasSubstr("none of the 2 on the front fits the filter"));
}

TEST_F(FormatStudyTest, AHypervolumeIsMeasuredAnewWithoutSomeMembers) {
  auto front = StudyFront(study_.view(), {});
  const double whole = *front->hypervolume;
  front->trials.pop_back();
  MeasureFront(*front);
  EXPECT_LT(*front->hypervolume, whole);
}

TEST_F(FormatStudyTest, ResultsWithoutAConstraintsMetricAreCounted) {
  StudySpec spec = study_.view().spec;
  spec.constraints.push_back({"latency", 1, std::nullopt});
  const StudyView view{spec, study_.view().state};
  const auto front = StudyFront(view, {});
  EXPECT_TRUE(front->trials.empty());
  EXPECT_GE(front->unconstrained, 3u);
  EXPECT_THAT(Render(FrontDocument(view, *front, {}), OutputFormat::kTable),
              HasSubstr(" results have no value of a constraint's metric and count as infeasible"));
}

TEST_F(FormatStudyTest, TrialsSayHowFarTheyViolateAConstraintAndCanBeSortedByIt) {
  StudySpec spec = study_.view().spec;
  spec.constraints = {{"error", 0.25, std::nullopt}};
  const StudyView view{spec, study_.view().state};
  auto rows = TrialRows(view);
  ASSERT_TRUE(ApplySort("constraint_violation:desc", view, rows).ok());
  const double error = rows[0].values.at("error");
  ASSERT_GT(error, 0.25);
  const Document document = TrialsDocument(view, rows);
  EXPECT_EQ(document.json["trials"][0]["constraint_violation"], error - 0.25);
  EXPECT_FALSE(document.json["trials"].back().contains("constraint_violation"))
      << "it has no result";
  EXPECT_THAT(Render(document, OutputFormat::kCsv),
              HasSubstr(",params.batch,constraint_violation\r\n"));
  EXPECT_THAT(Render(document, OutputFormat::kTable), HasSubstr("constraint_violation"));
  ASSERT_TRUE(ApplyFilter("constraint_violation = 0", view, rows).ok());
  ASSERT_FALSE(rows.empty());
  for (const TrialRow& row : rows) EXPECT_LE(row.values.at("error"), 0.25);
}

TEST_F(FormatStudyTest, CsvHasOneRowATrialAndEmptyCellsForWhatIsMissing) {
  const auto rows = TrialRows(study_.view());
  const std::string csv = Render(TrialsDocument(study_.view(), rows), OutputFormat::kCsv);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<long>(rows.size()) + 1);
  EXPECT_THAT(csv, HasSubstr("id,state,resource,origin,seed,failure,values.error,"));
  EXPECT_THAT(csv, Not(HasSubstr("null")));
}

TEST(OutputFormatTest, UnknownFormsAreNamed) {
  EXPECT_EQ(*OutputFormatFromName("csv"), OutputFormat::kCsv);
  const auto wrong = OutputFormatFromName("jsn");
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("did you mean \"json\""));
  EXPECT_FALSE(ExportFormatFromName("xml").ok());
}

TEST_F(FormatStudyTest, TheJsonExportHoldsEveryReportJobAndFailure) {
  const Json json = *ParseJson(*ExportStudy(study_.view(), study_.history(), ExportFormat::kJson));
  EXPECT_EQ(json["study"], ScriptedStudyJson());
  ASSERT_EQ(json["trials"].size(), study_.view().state.trials().size());
  EXPECT_EQ(json["trials"][0]["reports"].size(), 18u);
  EXPECT_EQ(json["jobs"].size(), 3u);
  EXPECT_EQ(json["failures"].size(), study_.history().failures.size());
  EXPECT_EQ(json["failures"][0]["log"], "abort\n\"quoted\" line");
  EXPECT_EQ(json["pareto"]["trials"].size(), 3u);
}

TEST_F(FormatStudyTest, TheCsvExportHasOneRowAReport) {
  std::size_t rows = 0;
  for (const Trial& trial : study_.view().state.trials()) {
    rows += std::max<std::size_t>(1, trial.reports.size());
  }
  const std::string csv = *ExportStudy(study_.view(), study_.history(), ExportFormat::kCsv);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\r'), static_cast<long>(rows) + 1);
}

TEST_F(FormatStudyTest, TheHtmlReportShowsTheStudyAndLoadsNothing) {
  const std::string html = HtmlReport(study_.view(), study_.history());
  for (const char* part : {"<title>scripted", "Pareto front", "Members of the front", "Progress",
                           "Reference lines", "Retrainings", "Failures and losses", "<svg"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  for (const char* outside : {"http:", "https:", "src=", "@import", "url(", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
}

TEST_F(FormatStudyTest, TheHtmlReportEscapesWhatTheStudySays) {
  Json json = ScriptedStudyJson();
  json["name"] = "<script>alert(1)<script>";
  ScriptedStudy study(SpecFrom(json));
  study.Hello("w");
  study.Fail("w", study.Ask("w"), "<img onerror=x>", "</pre><b>\"'&");
  const std::string html = HtmlReport(study.view(), study.history());
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&lt;/pre&gt;&lt;b&gt;&quot;&#39;&amp;"));
}

TEST_F(FormatStudyTest, AReportOfAnEmptyStudyIsAPageToo) {
  const ScriptedStudy study;
  EXPECT_THAT(HtmlReport(study.view(), study.history()),
              HasSubstr("No trial has reported its objectives yet."));
}

TEST(SvgPlotTest, TicksAreRoundAndInside) {
  EXPECT_THAT(Ticks(0, 10, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  const std::vector<double> ticks = Ticks(0.013, 0.097, 4);
  ASSERT_EQ(ticks.size(), 4u);
  EXPECT_NEAR(ticks[0], 0.02, 1e-12);
  EXPECT_NEAR(ticks[3], 0.08, 1e-12);
  EXPECT_EQ(Ticks(3, 3, 5).size(), 1u);
}

}  // namespace
}  // namespace faretto
