// Short ways to spaces and configurations for these tests.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "search_spaces/space.h"

namespace faretto {

inline Json JsonOf(const std::string& text) {
  auto json = ParseJson(text);
  EXPECT_TRUE(json.ok()) << text << ": " << json.error().message;
  return json.ok() ? *json : Json();
}

// A space that must be fine; the test ends with an abort if it is not.
inline Space MakeSpace(const std::string& text) {
  auto space = Space::Parse(JsonOf(text));
  if (!space.ok()) {
    ADD_FAILURE() << text << ": " << space.error().message;
    std::abort();
  }
  return std::move(space).value();
}

// The message of a space that must be refused.
inline std::string Refusal(const std::string& text) {
  const auto space = Space::Parse(JsonOf(text));
  if (space.ok()) return "not refused";
  EXPECT_EQ(space.error().kind, ErrorKind::kInvalid);
  return space.error().message;
}

inline Configuration MakeConfiguration(const Space& space, const std::string& text) {
  auto c = space.FromJson(JsonOf(text));
  if (!c.ok()) {
    ADD_FAILURE() << text << ": " << c.error().message;
    std::abort();
  }
  return std::move(c).value();
}

}  // namespace faretto
