// Options of one command: parsing, --help, and errors that name the nearest known option.
//
//   Arguments arguments("trials", "--dir DIR [options]", "Lists the trials of a study.");
//   arguments.Text("dir", "DIR", "the study folder");
//   if (auto exit_code = arguments.Parse(args)) return *exit_code;
//   const std::string dir = arguments.Get("dir");
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

class Arguments {
 public:
  // `examples`: lines for --help, each a whole command.
  Arguments(std::string command, std::string usage, std::string summary,
            std::vector<std::string> examples = {});

  // Options, by long name. A text option that is not given and has no default is "".
  Arguments& Text(const std::string& name, const std::string& value_name, const std::string& help,
                  const std::string& default_value = "");
  Arguments& Flag(const std::string& name, const std::string& help);
  Arguments& Required(const std::string& name, const std::string& value_name,
                      const std::string& help);
  // The next word that is no option.
  Arguments& Positional(const std::string& name, bool required, const std::string& help);

  // An exit code if the command is over: 0 after --help, 2 after an error was printed.
  std::optional<int> Parse(const std::vector<std::string>& args);

  bool Has(const std::string& name) const { return given_.contains(name); }
  std::string Get(const std::string& name) const;
  // kInvalid if the text is no whole number of at least `at_least`.
  Result<std::int64_t> GetInteger(const std::string& name, std::int64_t at_least) const;
  Result<double> GetNumber(const std::string& name) const;

 private:
  struct Option {
    std::string name;
    std::string value_name;  // empty: a flag
    std::string help;
    std::string default_value;
    bool required = false;
    bool positional = false;
  };
  std::string Help() const;
  int Wrong(const std::string& problem) const;

  std::string command_;
  std::string usage_;
  std::string summary_;
  std::vector<std::string> examples_;
  std::vector<Option> options_;
  std::map<std::string, std::string> given_;
};

}  // namespace faretto
