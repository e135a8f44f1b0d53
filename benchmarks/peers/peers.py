"""One driver for each peer, and Faretto's: ask() gives (handle, configuration), tell(handle, values) its outcome.

Every method runs at its defaults. Ordered choices are given as ordered wherever a package can say so, else as the
index of the choice. `values` are those of Problem.evaluate: None is a failure. A package with a way to report a failure
or a constraint is told of it in that way; what a package cannot express is said at its class.
"""
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings

import translate

warnings.filterwarnings("ignore")
logging.getLogger("smac").setLevel(logging.ERROR)  # else a line for each retry of its acquisition function


class Piped:
    """A program that is asked and told through a pipe, one line of JSON each, as `faretto ask-tell`."""

    def start(self, command):
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, line):
        self._process.stdin.write(line)
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        answer = json.loads(answer) if answer else {"error": f"the program ended, status {self._process.wait()}"}
        if "error" in answer:
            raise RuntimeError(f"{os.path.basename(self._process.args[0])}: {answer['error']}")
        return answer

    def say(self, request):
        return self.send(json.dumps(request) + "\n")

    def ask(self):
        trials = self.say({"op": "ask"})["trials"]
        return (trials[0]["id"], trials[0]["params"]) if trials else None

    def tell(self, handle, values):
        if values is None:
            self.say({"op": "fail", "id": handle, "reason": "failed"})
        else:
            self.say({"op": "tell", "id": handle, "values": values})

    def close(self):
        self._process.stdin.close()
        self._process.wait()


class Faretto(Piped):
    """`faretto ask-tell` in another process; its times contain the pipe."""

    def __init__(self, problem, seed, program, algorithm, told=False, epochs=None):
        """`epochs`: the study's budget of resource."""
        study = problem.study(seed, algorithm, told)
        if epochs:
            study["budget"] = {"resource": epochs}
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(study, file)
        self.study_file, self.program = file.name, program
        self.requests = []  # All lines said.
        self._start([])

    def _start(self, options):
        self.start([self.program, "ask-tell", self.study_file, *options])

    def restart_with(self, known):
        """Begins anew with these (configuration, values) imported."""
        super().close()
        self._folder = tempfile.TemporaryDirectory()
        options = ["--dir", self._folder.name + "/study"]
        self._start(options)
        super().close()
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([{"params": config, "values": values} for config, values in known], file)
            file.flush()
            subprocess.run([self.program, "import", *options, file.name], check=True, stdout=subprocess.DEVNULL)
        self._start(options)

    def send(self, line):
        self.requests.append(line)
        return super().send(line)

    def close(self):
        super().close()
        os.unlink(self.study_file)


class OtherProcess(Piped):
    """One of METHODS in a process of its own: its times contain the pipe as Faretto's do."""

    def __init__(self, method, problem, seed):
        self.start([sys.executable, os.path.abspath(__file__), method, problem.name, str(seed)])


def serve(method, problem, seed):
    """The other end of OtherProcess, from standard input to standard output."""
    peer, asked = METHODS[method](problem, seed), {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "ask":
            handle, config = peer.ask()
            asked[len(asked)] = handle
            answer = {"trials": [{"id": len(asked) - 1, "params": config}]}
        else:
            peer.tell(asked[request["id"]], request.get("values"))
            answer = {"ok": True}
        print(json.dumps(answer), flush=True)


class Optuna:
    """Optuna or Rustuna, whose interfaces agree. A failed trial is told as failed."""

    def __init__(self, problem, seed, module, sampler):
        self._problem, self._module = problem, module
        self._study = module.create_study(directions=["minimize"] * len(problem.objectives), sampler=sampler(seed))

    def ask(self):
        trial, config = self._study.ask(), {}
        for p in self._problem.parameters:
            name, kind = p["name"], p["type"]
            if not self._problem.is_active(name, config):
                continue
            if kind == "categorical":
                config[name] = trial.suggest_categorical(name, p["choices"])
            elif kind == "ordinal":
                config[name] = p["choices"][trial.suggest_int(name, 0, len(p["choices"]) - 1)]
            else:
                suggest = trial.suggest_int if kind == "int" else trial.suggest_float
                config[name] = suggest(name, p["low"], p["high"], log=p.get("log", False))
        return trial, config

    def tell(self, trial, values):
        handle = trial if self._module.__name__ == "optuna" else trial.number
        if values is None:
            return self._study.tell(handle, state=self._module.trial.TrialState.FAIL)
        for name in self._problem.constraints:
            trial.set_constraint(name, values[name])
        return self._study.tell(handle, [values[n] for n in self._problem.objectives])

    def close(self):
        pass


def optuna(sampler, **options):
    def make(problem, seed):
        import optuna as module
        module.logging.set_verbosity(module.logging.ERROR)
        return Optuna(problem, seed, module, lambda s: getattr(module.samplers, sampler)(seed=s, **options))
    return make


def rustuna(sampler, **options):
    def make(problem, seed):
        import rustuna as module
        return Optuna(problem, seed, module, lambda s: getattr(module.samplers, sampler)(seed=s, **options))
    return make


class Pymoo:
    """pymoo's NSGA-II: `NSGA2` where every parameter is a float, else `MixedVariableGA` with NSGA-II's survival. It
    knows no conditions, so inactive parameters get values that do not count. A failure is a violated constraint."""

    def __init__(self, problem, seed, population=None):
        import numpy as np
        from pymoo.algorithms.moo.nsga2 import NSGA2, RankAndCrowding
        from pymoo.core.mixed import MixedVariableGA
        from pymoo.core.problem import Problem
        from pymoo.core.variable import Choice, Integer, Real
        self._np, self._problem = np, problem
        options = {} if population is None else {"pop_size": population}
        floats = all(p["type"] == "float" for p in problem.parameters)
        sizes = {"n_obj": len(problem.objectives), "n_ieq_constr": len(problem.constraints) + 1}
        if floats:
            low, high = ([p[side] for p in problem.parameters] for side in ("low", "high"))
            described, self._algorithm = Problem(n_var=len(low), xl=low, xu=high, **sizes), NSGA2(**options)
        else:
            variables = {}
            for p in problem.parameters:
                if p["type"] == "categorical":
                    variables[p["name"]] = Choice(options=p["choices"])
                elif p["type"] == "float":
                    variables[p["name"]] = Real(bounds=self._bounds(p))
                else:
                    variables[p["name"]] = Integer(bounds=self._bounds(p))
            described = Problem(vars=variables, **sizes)
            self._algorithm = MixedVariableGA(survival=RankAndCrowding(), **options)
        self._algorithm.setup(described, termination=("n_gen", 10**6), seed=seed, verbose=False)
        self._waiting, self._batch = [], None

    def _bounds(self, p):
        if p["type"] == "ordinal":
            return 0, len(p["choices"]) - 1
        return tuple(map(self._np.log, (p["low"], p["high"]))) if p.get("log") and p["type"] == "float" else (p["low"], p["high"])

    def _config(self, x):
        config = {}
        for i, p in enumerate(self._problem.parameters):
            if self._problem.is_active(p["name"], config):
                value = x[p["name"]] if isinstance(x, dict) else float(x[i])
                if p["type"] == "ordinal":
                    value = p["choices"][int(value)]
                elif p["type"] == "int":
                    value = int(value)
                elif p["type"] == "float" and p.get("log"):
                    value = min(max(float(self._np.exp(value)), p["low"]), p["high"])
                config[p["name"]] = value
        return config

    def ask(self):
        if not self._waiting:
            self._batch = self._algorithm.ask()
            self._waiting, self._told = list(self._batch), 0
        individual = self._waiting.pop(0)
        return individual, self._config(individual.X)

    def tell(self, individual, values):
        np, problem = self._np, self._problem
        if values is None:
            individual.F = np.full(len(problem.objectives), 1e6)
            individual.G = np.ones(len(problem.constraints) + 1)
        else:
            individual.F = np.array([values[n] for n in problem.objectives])
            individual.G = np.array([values[n] for n in problem.constraints] + [-1.0])
        individual.H = np.array([])
        individual.evaluated.update(("F", "G", "H"))
        if not self._waiting:
            self._algorithm.tell(infills=self._batch)

    def close(self):
        pass


def configuration_space(problem, seed):
    import ConfigSpace as cs
    space, made = cs.ConfigurationSpace(seed=seed), {}
    for p in problem.parameters:
        if p["type"] == "categorical":
            made[p["name"]] = cs.CategoricalHyperparameter(p["name"], p["choices"])
        elif p["type"] == "ordinal":
            made[p["name"]] = cs.OrdinalHyperparameter(p["name"], p["choices"])
        elif p["type"] == "int":
            made[p["name"]] = cs.UniformIntegerHyperparameter(p["name"], p["low"], p["high"], log=p.get("log", False))
        else:
            made[p["name"]] = cs.UniformFloatHyperparameter(p["name"], p["low"], p["high"], log=p.get("log", False))
    space.add(list(made.values()))
    for c in problem.conditions:
        space.add([cs.InCondition(made[c["parameter"]], made[parent], choices) for parent, choices in c["active_when"].items()])
    return space


class Smac:
    """SMAC3's hyperparameter optimisation: random forest, ParEGO. A failure or violated constraint is a crashed trial
    with the worst values so far."""

    def __init__(self, problem, seed, trials=150):
        from smac import HyperparameterOptimizationFacade, Scenario
        from smac.multi_objective.parego import ParEGO
        from smac.runhistory import StatusType, TrialValue
        self._status, self._value, self._worst = StatusType, TrialValue, translate.Worst(problem)
        self._folder = tempfile.mkdtemp()
        scenario = Scenario(configuration_space(problem, seed), objectives=list(problem.objectives), n_trials=trials,
                            deterministic=True, seed=seed, output_directory=self._folder)
        self._smac = HyperparameterOptimizationFacade(scenario, lambda config, seed=0: 0.0, overwrite=True, logging_level=False,
                                                      multi_objective_algorithm=ParEGO(scenario))

    def ask(self):
        info = self._smac.ask()
        return info, translate.plain(dict(info.config))

    def tell(self, info, values):
        told, bad = self._worst(values)
        state = self._status.CRASHED if bad else self._status.SUCCESS
        self._smac.tell(info, self._value(cost=told, status=state), save=False)

    def close(self):
        shutil.rmtree(self._folder, ignore_errors=True)


def evolution(corrected):
    def make(problem, seed):
        import synetune
        return synetune.Evolution(problem, seed, corrected)
    return make


METHODS = {
    "optuna-random": optuna("RandomSampler"),
    "optuna-nsga2": optuna("NSGAIISampler"),
    "optuna-tpe": optuna("TPESampler"),
    "optuna-gp": optuna("GPSampler"),
    "rustuna-tpe": rustuna("TPESampler"),
    "rustuna-nsga2": rustuna("NSGAIISampler"),
    "pymoo-nsga2": Pymoo,
    "smac-parego": Smac,
    "synetune-evolution": evolution(corrected=False),
    "synetune-evolution-corrected": evolution(corrected=True),
}


def parts(method):
    """(searcher, whether Faretto is told the reference point) of `faretto-SEARCHER` or `faretto-SEARCHER-told`."""
    searcher = method.removeprefix("faretto-")
    return searcher.removesuffix("-told"), searcher.endswith("-told")


def make(method, problem, seed, program, algorithm=None):
    """`faretto-X` is Faretto with searcher X (`faretto-auto`: none given, Faretto chooses), `faretto-X-told` with the
    reference point in its study file; else one of METHODS, `X-piped` in a process of its own."""
    if method.endswith("-piped"):
        return OtherProcess(method.removesuffix("-piped"), problem, seed)
    if not method.startswith("faretto-"):
        return METHODS[method](problem, seed)
    searcher, told = parts(method)
    full = {"fidelity": "full", **({} if searcher == "auto" else {"searcher": searcher}), **(algorithm or {})}
    return Faretto(problem, seed, program, full, told)


if __name__ == "__main__":
    import problems
    serve(sys.argv[1], problems.problem(sys.argv[2]), int(sys.argv[3]))
