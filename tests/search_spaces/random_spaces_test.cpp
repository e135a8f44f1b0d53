// Properties that hold in every space, on spaces drawn at random. The seed is printed on failure.
#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

#include "tests/search_spaces/testing.h"

namespace faretto {
namespace {

constexpr int kSpaces = 250;

Json RandomChoices(RandomStream& random) {
  Json pool = {"a", "b", "1", 1, 2, 0.5, true, false, ""};
  Json choices = Json::array();
  for (std::size_t k = 0; k < pool.size(); ++k)
    if (random.Below(2) == 0) choices.push_back(pool[k]);
  if (choices.empty()) choices.push_back("only");
  return choices;
}

Json RandomParameter(RandomStream& random, const std::string& name, bool finite) {
  Json json = {{"name", name}};
  const std::uint64_t kind = random.Below(finite ? 5 : 7);
  const auto low = static_cast<std::int64_t>(random.Below(5));
  const auto high = low + static_cast<std::int64_t>(random.Below(6));
  if (kind < 2) {
    json["type"] = kind == 0 ? "categorical" : "ordinal";
    json["choices"] = RandomChoices(random);
    return json;
  }
  json["type"] = kind < 4 ? "int" : "float";
  const double shift = kind < 4 ? 0 : 0.1;
  json["low"] = kind < 4 ? Json(low + (kind == 3)) : Json(static_cast<double>(low) + shift);
  json["high"] = kind < 4 ? Json(high + (kind == 3)) : Json(static_cast<double>(high) + shift);
  if (kind == 3 || kind == 6) json["log"] = true;
  if (kind == 2 && random.Below(2) == 0) json["step"] = 1 + random.Below(3);
  if (kind == 4) json["step"] = 0.25 + 0.1 * static_cast<double>(random.Below(9));
  return json;
}

// Some values that the parameter can take.
Json RandomValues(RandomStream& random, const Json& parameter) {
  const Parameter p = MakeSpace(R"({"parameters": [)" + DumpJson(parameter) + "]}").parameters()[0];
  Json values = Json::array();
  for (std::uint64_t k = 0; k <= random.Below(3); ++k)
    values.push_back(p.ToJson(p.FromUnit(random.Uniform())));
  return values;
}

Json RandomSpace(RandomStream& random, bool finite) {
  Json parameters = Json::array();
  Json conditions = Json::array();
  Json forbidden = Json::array();
  const std::uint64_t size = 1 + random.Below(6);
  for (std::uint64_t i = 0; i < size; ++i)
    parameters.push_back(RandomParameter(random, "p" + std::to_string((i * 5) % 7), finite));
  for (std::uint64_t i = 1; i < size; ++i) {
    if (random.Below(2) == 0) continue;
    const Json& parent = parameters[random.Below(i)];
    Json when = Json::object();
    when[parent["name"].get<std::string>()] = RandomValues(random, parent);
    conditions.push_back({{"parameter", parameters[i]["name"]}, {"active_when", when}});
  }
  const std::uint64_t clauses = random.Below(4);
  for (std::uint64_t k = 0; k < clauses; ++k) {
    Json clause = Json::object();
    for (std::uint64_t part = 0; part <= random.Below(3); ++part) {
      const Json& parameter = parameters[random.Below(size)];
      clause[parameter["name"].get<std::string>()] = RandomValues(random, parameter);
    }
    forbidden.push_back(clause);
  }
  return {{"parameters", parameters}, {"conditions", conditions}, {"forbidden", forbidden}};
}

// Brute force over the grid of all values, without the search.
std::size_t BruteForceCount(const Space& space) {
  std::set<std::string> keys;
  std::vector<double> index(space.size(), 0);
  while (true) {
    Configuration c;
    for (std::size_t i = 0; i < space.size(); ++i)
      c.values.push_back(space.parameters()[i].ValueAt(index[i]));
    space.Repair(c, [](std::size_t) { return 0.0; });
    if (space.Check(c).ok()) keys.insert(space.CanonicalKey(c));
    std::size_t i = 0;
    while (i < space.size() && ++index[i] == *space.parameters()[i].cardinality()) index[i++] = 0;
    if (i == space.size()) return keys.size();
  }
}

// Calls `test` with many random spaces that leave something.
template <class Test>
void ForRandomSpaces(bool finite, Test test) {
  const std::uint64_t seed = 20261122;
  int made = 0;
  for (std::uint64_t k = 0; made < kSpaces; ++k) {
    RandomStream random(seed, "spaces", {k});
    const Json json = RandomSpace(random, finite);
    SCOPED_TRACE("seed " + std::to_string(seed) + ", space " + std::to_string(k) + ": " +
                 DumpJson(json));
    const auto space = Space::Parse(json);
    if (!space.ok()) {
      ASSERT_THAT(space.error().message, ::testing::HasSubstr("forbid every configuration"));
      continue;
    }
    ++made;
    test(*space, random);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(RandomSpaces, SamplesAreAllowedAndSurviveJson) {
  ForRandomSpaces(false, [](const Space& space, RandomStream& random) {
    for (int k = 0; k < 30; ++k) {
      const Configuration c = space.Sample(random);
      const Status status = space.Check(c);
      ASSERT_TRUE(status.ok()) << status.error().message;
      const auto text = ParseJson(DumpJson(space.ToJson(c)));
      const auto back = space.FromJson(*text);
      ASSERT_TRUE(back.ok()) << back.error().message;
      for (std::size_t i = 0; i < space.size(); ++i) {
        ASSERT_EQ(back->active(i), c.active(i));
        if (c.active(i)) {
          ASSERT_EQ(back->values[i], c.values[i]);
        }
      }
      ASSERT_EQ(space.CanonicalKey(*back), space.CanonicalKey(c));
    }
  });
}

TEST(RandomSpaces, SpacesSurviveJson) {
  ForRandomSpaces(false, [](const Space& space, RandomStream& random) {
    const auto again = Space::Parse(space.ToJson());
    ASSERT_TRUE(again.ok()) << again.error().message;
    ASSERT_EQ(DumpJson(again->ToJson()), DumpJson(space.ToJson()));
    RandomStream twin = random;
    ASSERT_EQ(space.CanonicalKey(space.Sample(random)), again->CanonicalKey(again->Sample(twin)));
  });
}

TEST(RandomSpaces, DiscreteValuesSurviveTheUnitCube) {
  ForRandomSpaces(false, [](const Space& space, RandomStream& random) {
    const Configuration c = space.Sample(random);
    const auto back = space.FromUnit(space.ToUnit(c));
    for (std::size_t i = 0; i < space.size(); ++i) {
      if (!c.active(i)) continue;
      const Parameter& p = space.parameters()[i];
      if (p.cardinality()) {
        ASSERT_EQ(p.FromUnit(p.ToUnit(c.values[i])), c.values[i]);
      } else {
        ASSERT_NEAR(p.FromUnit(p.ToUnit(c.values[i])), c.values[i], 1e-9);
      }
    }
    if (space.Count()) {
      ASSERT_TRUE(back.has_value());
      ASSERT_EQ(space.CanonicalKey(*back), space.CanonicalKey(c));
    }
  });
}

TEST(RandomSpaces, EnumerationGivesEveryAllowedConfigurationOnce) {
  ForRandomSpaces(true, [](const Space& space, RandomStream& random) {
    std::set<std::string> keys;
    std::size_t visits = 0;
    space.Enumerate([&](const Configuration& c) {
      EXPECT_TRUE(space.Check(c).ok());
      keys.insert(space.CanonicalKey(c));
      ++visits;
      return true;
    });
    ASSERT_EQ(keys.size(), visits);
    ASSERT_EQ(space.Count(), visits);
    ASSERT_EQ(BruteForceCount(space), visits);
    for (int k = 0; k < 20; ++k)
      ASSERT_TRUE(keys.contains(space.CanonicalKey(space.Sample(random))));
  });
}

TEST(RandomSpaces, DefaultsAreAllowed) {
  ForRandomSpaces(false, [](const Space& space, RandomStream&) {
    const auto c = space.Default();
    ASSERT_TRUE(c.has_value());  // no parameter has a default of its own
    ASSERT_TRUE(space.Check(*c).ok());
  });
}

}  // namespace
}  // namespace faretto
