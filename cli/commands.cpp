#include "cli/commands.h"

namespace faretto {

const std::vector<Command>& Commands() {
  static const std::vector<Command> commands = {
      {"run", "start or resume a study: scheduler, local workers, live progress", RunCommand},
      {"scheduler", "serve a study to workers that connect by themselves", SchedulerCommand},
      {"worker", "train what a scheduler gives out", WorkerCommand},
      {"status", "how far a study is", StatusCommand},
      {"trials", "list the trials", TrialsCommand},
      {"show", "everything about one trial", ShowCommand},
      {"logs", "what the training of a trial printed", LogsCommand},
      {"pareto", "the Pareto front and the reference lines", ParetoCommand},
      {"workers", "who trains", WorkersCommand},
      {"enqueue", "add a configuration of your own", EnqueueCommand},
      {"import", "add results that were made elsewhere", ImportCommand},
      {"retry", "give a failed trial all its attempts again", RetryCommand},
      {"stop", "end a study, or one trial", StopCommand},
      {"retrain", "train a trial again with several seeds and evaluate it on the test split",
       RetrainCommand},
      {"evaluate", "error and fairness metrics of any model's embeddings", EvaluateCommand},
      {"importance", "which parameters decide what is good", ImportanceCommand},
      {"report", "write a self-contained HTML page with the front drawn", ReportCommand},
      {"export", "write the whole study as CSV, JSON or an Optuna storage", ExportCommand},
      {"replay", "derive every suggestion again and compare", ReplayCommand},
      {"ask-tell", "suggest configurations to any program, over JSON lines", AskTellCommand},
      {"simulate", "how a study would go, with virtual workers and virtual time", SimulateCommand},
      {"space", "size, parameters and samples of a search space", SpaceCommand},
      {"keys", "who may connect over TCP", KeysCommand},
  };
  return commands;
}

}  // namespace faretto
