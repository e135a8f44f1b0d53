#include "scheduler/suggest/suggest.h"

#include <memory>
#include <string>

#include "base/names.h"
#include "base/random.h"
#include "scheduler/fidelity/registry.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/searchers/registry.h"
#include "scheduler/suggest/choose.h"

namespace faretto {

namespace {

std::string SearcherFor(const StudyView& view) {
  const std::string& named = view.spec.algorithm.searcher;
  return named.empty() ? ChooseSearcher(view) : named;
}

bool IsWorthMore(const Proposal& proposal, const PricedPromotion& promotion) {
  return proposal.log_value && *proposal.log_value > promotion.log_value;
}

}  // namespace

Suggestion Suggest(const StudyView& view, std::int64_t suggestion) {
  const AlgorithmSpec& algorithm = view.spec.algorithm;
  const std::string name = SearcherFor(view);
  const auto policy = MakeFidelityPolicy(algorithm.fidelity);
  const auto searcher = MakeSearcher(name);
  if (!policy || !searcher) return Decline{CheckAlgorithm(view.spec).error().message, true};

  Decision decision = policy->Decide(view, true, searcher->prices(view));
  if (const auto* creation = std::get_if<Creation>(&decision)) {
    RandomStream random(view.spec.seed, "searcher/" + name,
                        {static_cast<std::uint64_t>(suggestion)});
    auto proposal = DefaultProposal(view);
    const bool is_default = proposal.has_value();
    if (!proposal) {
      const SearchBasis basis(view);
      proposal = searcher->Propose(basis, random, suggestion);
      if (!proposal) proposal = UniformProposal(basis, random);
    }
    if (proposal && !is_default && creation->instead &&
        !IsWorthMore(*proposal, *creation->instead)) {
      Promotion promotion = creation->instead->promotion;
      promotion.model = std::move(proposal->model);
      return promotion;
    }
    if (proposal) {
      return NewTrial{std::move(proposal->configuration),
                      creation->resource,
                      creation->bracket,
                      std::move(proposal->origin),
                      std::move(proposal->diagnostics),
                      std::move(proposal->model)};
    }
    decision = policy->Decide(view, false);
  }
  if (auto* promotion = std::get_if<Promotion>(&decision)) return std::move(*promotion);
  if (auto* decline = std::get_if<Decline>(&decision)) return std::move(*decline);
  return Decline{"the space is used up", false};
}

std::optional<Suggestion> SuggestNow(Machine& machine) {
  return Suggest(machine.BasisView(), *machine.state().open_suggestion());
}

bool SuggestsQuickly(const StudyView& view) {
  const auto searcher = MakeSearcher(SearcherFor(view));
  return !searcher || searcher->quick();
}

Status CheckAlgorithm(const StudySpec& spec) {
  const AlgorithmSpec& algorithm = spec.algorithm;
  if (!algorithm.searcher.empty() && !MakeSearcher(algorithm.searcher)) {
    return Invalid("algorithm.searcher: \"" + algorithm.searcher + "\" is not a searcher" +
                   NameHint(algorithm.searcher, SearcherNames()));
  }
  if (!MakeFidelityPolicy(algorithm.fidelity)) {
    return Invalid("algorithm.fidelity: \"" + algorithm.fidelity + "\" is not a fidelity policy" +
                   NameHint(algorithm.fidelity, FidelityNames()));
  }
  const std::size_t objectives = spec.objectives.size();
  if (algorithm.searcher == "bo" && algorithm.surrogate == "gp" &&
      objectives > kMostObjectivesToModel) {
    return Invalid("algorithm.searcher: \"bo\" models at most " +
                   std::to_string(kMostObjectivesToModel) + " objectives, there are " +
                   std::to_string(objectives) + "; take \"nsga2\" or \"tpe\"");
  }
  return Ok{};
}

}  // namespace faretto
