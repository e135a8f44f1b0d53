// The command line of one command, by Boost.Program_options: typed options with defaults and
// ranges, --help from their descriptions, and errors that name the nearest known option.
//
//   Arguments arguments("retrain", "--dir DIR --trial ID [--seeds N]", "Trains a trial again.");
//   arguments.Text("dir", "DIR", "the study folder", {.required = true})
//       .Integer("seeds", "N", "number of seeds", {.at_least = 1, .default_value = 3});
//   if (const auto exit_code = arguments.Parse(args)) return *exit_code;
//   const std::int64_t seeds = arguments.Get<std::int64_t>("seeds");
//
// `--option value` and `--option=value` mean the same; a value may be a negative number. Names are
// never guessed from their beginning: a new option would break such a command line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

struct TextRules {
  bool required = false;
  std::optional<std::string> default_value;
  std::vector<std::string> one_of;  // empty: any text
};

// Numbers are finite whatever the rules.
template <class T>
struct NumberRules {
  bool required = false;
  std::optional<T> at_least;
  std::optional<T> above;
  std::optional<T> at_most;
  std::optional<T> default_value;
};

class Arguments {
 public:
  // `examples`: lines for --help, each a whole command line. `program` is what errors and the help
  // page call it.
  Arguments(std::string command, std::string usage, std::string summary,
            std::vector<std::string> examples = {}, std::string program = "faretto");
  Arguments(Arguments&&) noexcept;
  ~Arguments();

  // Options, by long name. `value_name` stands for the value on the help page.
  Arguments& Text(const std::string& name, const std::string& value_name, const std::string& help,
                  const TextRules& rules = {});
  Arguments& Integer(const std::string& name, const std::string& value_name,
                     const std::string& help, const NumberRules<std::int64_t>& rules = {});
  Arguments& Number(const std::string& name, const std::string& value_name, const std::string& help,
                    const NumberRules<double>& rules = {});
  Arguments& Flag(const std::string& name, const std::string& help);

  // Words that are no options, in this order.
  Arguments& PositionalText(const std::string& name, const std::string& help,
                            const TextRules& rules = {.required = true});
  Arguments& PositionalInteger(const std::string& name, const std::string& help,
                               const NumberRules<std::int64_t>& rules);

  // An exit code if the command is over: 0 after --help, 2 after an error was printed.
  std::optional<int> Parse(const std::vector<std::string>& args);

  // The rest is for after Parse. Given on the command line, not by default:
  bool Has(const std::string& name) const;
  // The value of an option or a word, of the type that it was declared with: std::string,
  // std::int64_t, double, or bool for flags. T{} where there is neither a value nor a default.
  template <class T = std::string>
  T Get(const std::string& name) const;
  template <class T>
  std::optional<T> Find(const std::string& name) const;
  // Those of these options that were given, as words for the command line of another program.
  std::vector<std::string> Words(const std::vector<std::string>& names) const;

 private:
  struct Declarations;  // keeps Boost out of this header

  std::string Help() const;
  int Wrong(const std::string& problem) const;
  std::optional<std::string> Problem(const std::vector<std::string>& args);

  std::string program_;
  std::string command_;
  std::string usage_;
  std::string summary_;
  std::vector<std::string> examples_;
  std::unique_ptr<Declarations> declared_;
};

}  // namespace faretto
