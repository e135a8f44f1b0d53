#include "scheduler/surrogates/study_model.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A suggestion takes a third to half a second with so many (benchmarks/README.md).
constexpr std::size_t kMostRows = 1500;
// Hyperparameters are learned from at most this many rows, evenly chosen: they settle long before.
constexpr Index kMostRowsToFit = 500;
// Up to here a fit also starts from the priors, since an early optimum may be a bad one.
constexpr Index kFewRows = 150;
constexpr int kEvaluations = 40;  // of the posterior, from each start of a fit

// Prior of the signal variance of a higher rung's own process, which models what the rung adds to
// the one below: probably little. Measured: benchmarks/notes/promotions.md.
constexpr GpSignalPrior kAdded{-2, 2.5};

GpInputs Columns(const GpInputs& inputs, const std::vector<Index>& columns) {
  GpInputs chosen;
  chosen.x = inputs.x(Eigen::all, columns);
  if (inputs.linear.rows() > 0) chosen.linear = inputs.linear(Eigen::all, columns);
  return chosen;
}

GpKernel MakeKernel(const FeatureMap& features, GpSignalPrior signal = {},
                    GpKernel::Effects effects = GpKernel::Effects::kNone) {
  std::vector<int> dimension_of;
  for (std::size_t c = 0; c < features.columns(); ++c)
    dimension_of.push_back(static_cast<int>(features.dimension_of(c)));
  return {std::move(dimension_of), static_cast<int>(features.dimensions()), signal, effects};
}

// Effects find the region of the front; later they would only cost time. Without them the problems
// of benchmarks/peers have .816 of their hypervolume instead of .839 after 25 evaluations and .918
// instead of .941 after 50 (means of 13 problems, ten seeds), `dtlz2` .37 instead of .58 and .59
// instead of .83; after 150 .985 instead of .987.
constexpr std::size_t kTrialsWithEffects = 150;

// Do the objectives' processes at the highest rung have effects in this suggestion? A function of
// the number of trials (docs/search.md has the reasons).
bool HasEffectsAtTop(const StudyData& data, std::size_t trials) {
  if (data.rungs.size() > 1) return false;
  return trials % 3 == 2 && trials < kTrialsWithEffects;
}

GpKernel RungKernel(const FeatureMap& features, std::size_t k, bool effects) {
  return MakeKernel(features, k == 0 ? GpSignalPrior{} : kAdded,
                    effects ? GpKernel::Effects::kAdditive : GpKernel::Effects::kNone);
}

std::vector<RungTargets> ResultsOf(const StudyData& data, const Target& target) {
  std::vector<RungTargets> results;
  for (std::size_t k = 0; k < target.rungs.size(); ++k) {
    const Target::Rung& rung = target.rungs[k];
    // A rung that is the same everywhere says nothing about the next one.
    const bool says = k > 0 && target.rungs[k - 1].varies;
    results.push_back({data.observed(Eigen::all, rung.rows), rung.values, rung.known,
                       says ? target.rungs[k - 1].sd / rung.sd : 0});
  }
  return results;
}

std::vector<KnownBelow> Chosen(const std::vector<KnownBelow>& known,
                               const std::vector<Index>& columns) {
  std::vector<KnownBelow> chosen;
  for (const Index column : columns) chosen.push_back(known[static_cast<std::size_t>(column)]);
  return chosen;
}

// [rung of the study's policy] objectives x points, of variances left for each objective at its own
// rungs. An objective without results at a rung learns nothing there.
std::vector<MatrixXd> SdAfter(const std::vector<Target>& objectives,
                              const std::vector<MatrixXd>& variance_after, const MatrixXd& sd) {
  std::vector<MatrixXd> after;
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    const std::vector<Target::Rung>& rungs = objectives[k].rungs;
    for (std::size_t place = 0; place < rungs.size(); ++place) {
      const std::size_t number = rungs[place].number;
      if (after.size() <= number) after.resize(number + 1);
      if (after[number].size() == 0) after[number] = sd;
      after[number].row(static_cast<Index>(k)) =
          variance_after[k].col(static_cast<Index>(place)).cwiseSqrt();
    }
  }
  return after;
}

// Hyperparameters from the record, or newly fitted.
class Fitter {
 public:
  Fitter(const Json* recorded, StudyModel::Refit refit)
      : may_fit_(refit != StudyModel::Refit::kNever) {
    if (recorded && recorded->is_object()) recorded_ = *recorded;
    fitted_ = recorded_;  // hyperparameters that only a later suggestion needs are kept
  }

  // `rows`: how much is known; hyperparameters are fitted again when it has grown. `from_priors`:
  // not from the recorded ones alone, while there are few rows.
  GpHyperparameters Hyperparameters(const std::string& name, const GpKernel& kernel,
                                    const GpInputs& inputs, const VectorXd& y, Index rows,
                                    bool from_priors) {
    const std::optional<Record> known = Recorded(name, kernel);
    Record record{rows, kernel.Initial()};
    if (known && (!may_fit_ || IsFresh(*known, rows))) {
      record = *known;
    } else if (y.size() > 0 && may_fit_) {
      std::vector<GpHyperparameters> starts;
      if (known) starts.push_back(known->theta);
      if (!known || (from_priors && y.size() <= kFewRows)) starts.push_back(kernel.Initial());
      record.theta = Fit(kernel, inputs, y, starts);
      changed_ = true;
    }
    const GpHyperparameters& theta = record.theta;
    fitted_[name] = {{"rows", record.rows},
                     {"theta", std::vector<double>(theta.data(), theta.data() + theta.size())}};
    return theta;
  }

  std::optional<Json> fitted() const { return changed_ ? std::optional(fitted_) : std::nullopt; }

 private:
  struct Record {
    Index rows;  // that it was fitted to
    GpHyperparameters theta;
  };

  // Has the number of rows changed by less than a tenth?
  static bool IsFresh(const Record& record, Index rows) {
    return std::abs(rows - record.rows) < std::max<Index>(1, record.rows / 10);
  }

  static GpHyperparameters Fit(const GpKernel& kernel, const GpInputs& inputs, const VectorXd& y,
                               const std::vector<GpHyperparameters>& starts) {
    const Index rows = std::min(y.size(), kMostRowsToFit);
    std::vector<Index> chosen;  // the rest of the inputs is pending
    for (Index i = 0; i < rows; ++i) chosen.push_back(i * y.size() / rows);
    return FitHyperparameters(kernel, Columns(inputs, chosen), y(chosen), starts, kEvaluations);
  }

  std::optional<Record> Recorded(const std::string& name, const GpKernel& kernel) const {
    const auto found = recorded_.find(name);
    if (found == recorded_.end() || !found->is_object() || !found->contains("rows") ||
        !found->contains("theta"))
      return std::nullopt;
    const Json &rows = (*found)["rows"], &theta = (*found)["theta"];
    if (!rows.is_number_integer() || !theta.is_array() ||
        theta.size() != static_cast<std::size_t>(kernel.size()))
      return std::nullopt;
    Record record{rows.get<Index>(), GpHyperparameters(kernel.size())};
    for (Index i = 0; i < kernel.size(); ++i) {
      const Json& value = theta[static_cast<std::size_t>(i)];
      if (!value.is_number()) return std::nullopt;
      record.theta[i] = value.get<double>();
    }
    return record.theta.allFinite() ? std::optional(record) : std::nullopt;
  }

  Json recorded_ = Json::object();
  bool may_fit_;
  bool changed_ = false;
  Json fitted_ = Json::object();
};

}  // namespace

StudyModel::StudyModel(const StudyView& view, const FeatureMap& features, Refit refit)
    : features_(features), data_(CollectStudyData(view, features, kMostRows)) {
  Fitter fitter(view.state.model(), refit);
  const GpKernel kernel = MakeKernel(features);
  const auto make = [&](const std::string& name, const GpKernel& of, GpInputs inputs,
                        const VectorXd& y, Index rows, bool from_priors = true) {
    GpHyperparameters theta = fitter.Hyperparameters(name, of, inputs, y, rows, from_priors);
    return GaussianProcess(of, std::move(theta), std::move(inputs), y);
  };
  const MatrixXd under_way = data_.known(Eigen::all, data_.under_way);
  const auto add = [&](const std::string& kind, const Target& target, bool effects_at_top,
                       std::vector<RungProcess>& processes) {
    processes.emplace_back(
        ResultsOf(data_, target), under_way, Chosen(target.known, data_.under_way),
        [&](std::size_t k, GpInputs inputs, const VectorXd& y) {
          // Rungs below the top have many results and much of what looks like noise, which effects
          // explain. At the top only some suggestions have effects.
          const bool top = k + 1 == target.rungs.size();
          const bool effects = !top || effects_at_top;
          const std::string name =
              kind + target.name + "/" + std::to_string(target.rungs[k].number);
          // From the priors as well it would take twice the time for effects at the top, and be no
          // better for it.
          return make(top && effects ? name + "/effects" : name, RungKernel(features, k, effects),
                      std::move(inputs), y, y.size(), !effects_at_top);
        });
  };
  const bool effects_at_top = HasEffectsAtTop(data_, view.state.trials().size());
  for (const Target& target : data_.objectives)
    add("objective/", target, effects_at_top, objectives_);
  for (const Target& target : data_.constraints) add("constraint/", target, false, constraints_);
  // Least-squares classification: labels around 0, Rasmussen, Williams 2006, section 6.5. Fitted
  // anew when results have come in, not failures: then 16 trials of 150 fail instead of 22 (20
  // seeds of `failing`, benchmarks/peers).
  if (data_.failed.size() > 0)
    failure_ = make("failure", kernel, {data_.outcomes, {}}, 2 * data_.failed.array() - 1,
                    static_cast<Index>(data_.results));
  if (data_.cost) {
    const Target::Rung& cost = data_.cost->rungs.front();
    cost_ = make("cost", kernel, {data_.observed(Eigen::all, cost.rows), {}}, cost.values,
                 cost.values.size());
  }
  fitted_ = fitter.fitted();
}

StudyModel::Means StudyModel::MeansOfKnown() const {
  const Index n = data_.known.cols();
  Means means{MatrixXd(static_cast<Index>(objectives_.size()), n),
              MatrixXd(static_cast<Index>(constraints_.size()), n)};
  for (std::size_t k = 0; k < objectives_.size(); ++k)
    means.objectives.row(static_cast<Index>(k)) =
        objectives_[k].Mean(data_.known, data_.objectives[k].known);
  for (std::size_t c = 0; c < constraints_.size(); ++c)
    means.constraints.row(static_cast<Index>(c)) =
        constraints_[c].Mean(data_.known, data_.constraints[c].known).array() -
        data_.constraints[c].Standardised(0);
  return means;
}

StudyModel::Prediction StudyModel::Predict(const MatrixXd& x) const { return PredictFrom(x, {}); }

StudyModel::Prediction StudyModel::PredictKnown(const std::vector<Index>& columns) const {
  return PredictFrom(data_.known(Eigen::all, columns), columns);
}

StudyModel::Prediction StudyModel::PredictFrom(const MatrixXd& x,
                                               const std::vector<Index>& known) const {
  Prediction result;
  result.mean.resize(static_cast<Index>(objectives_.size()), x.cols());
  result.sd.resize(result.mean.rows(), x.cols());
  std::vector<MatrixXd> after;  // [objective] points x its rungs
  for (std::size_t k = 0; k < objectives_.size(); ++k) {
    auto prediction = objectives_[k].Predict(x, Chosen(data_.objectives[k].known, known));
    result.mean.row(static_cast<Index>(k)) = prediction.mean;
    result.sd.row(static_cast<Index>(k)) = prediction.variance.cwiseSqrt();
    after.push_back(std::move(prediction.variance_after));
  }
  result.sd_after = SdAfter(data_.objectives, after, result.sd);
  result.constraint_mean.resize(static_cast<Index>(constraints_.size()), x.cols());
  result.constraint_sd.resize(result.constraint_mean.rows(), x.cols());
  for (std::size_t c = 0; c < constraints_.size(); ++c) {
    const auto prediction = constraints_[c].Predict(x, Chosen(data_.constraints[c].known, known));
    // g <= 0 in the units of the target.
    result.constraint_mean.row(static_cast<Index>(c)) =
        prediction.mean.array() - data_.constraints[c].Standardised(0);
    result.constraint_sd.row(static_cast<Index>(c)) = prediction.variance.cwiseSqrt();
  }
  const GpInputs points{x, {}};
  if (cost_)
    result.log_cost = (data_.cost->mean() + data_.cost->sd() * cost_->Mean(points).array());
  if (failure_) {
    auto prediction = failure_->Predict(points);
    result.failure_mean = std::move(prediction.mean);
    result.failure_sd = (prediction.variance.array() + failure_->noise()).sqrt();
  }
  return result;
}

}  // namespace faretto
