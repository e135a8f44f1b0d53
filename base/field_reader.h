// Reads the fields of one JSON object and remembers the first problem, with its path.
//
//   FieldReader fields(json, "budget");
//   fields.Optional("trials", budget.trials, positive);
//   if (auto problem = fields.Finish(); !problem.ok()) return problem.error();
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

class FieldReader {
 public:
  // `path` is the object's place in the file; empty for the file itself.
  FieldReader(const Json& json, std::string path);

  // The field, or nullptr (also after an earlier problem). Marks the name as known. null counts as
  // absent.
  const Json* Find(const std::string& name);
  // As Find, but an absent field is a problem, whose message names a key that may have been meant.
  const Json* Require(const std::string& name);

  // Readers of typed fields; what is absent keeps its value.
  void Text(const std::string& name, std::string& target);
  void Number(const std::string& name, double& target, double at_least);
  void Integer(const std::string& name, std::int64_t& target, std::int64_t at_least);
  void TextList(const std::string& name, std::vector<std::string>& target);
  void Boolean(const std::string& name, bool& target);
  void OptionalNumber(const std::string& name, std::optional<double>& target, bool positive);
  void OptionalInteger(const std::string& name, std::optional<std::int64_t>& target,
                       std::int64_t at_least);

  // "<path>.<name> <what>": keeps the first problem only.
  void Problem(const std::string& name, const std::string& what);
  std::string PathOf(const std::string& name) const;

  // The first problem; else an unknown key, with the nearest known one.
  Status Finish();

 private:
  std::string MisspeltAs(const std::string& name) const;
  const Json& json_;
  std::string path_;
  std::vector<std::string> known_;
  std::string problem_;
};

}  // namespace faretto
