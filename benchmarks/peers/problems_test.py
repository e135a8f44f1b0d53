"""What the comparison rests on: `.deps/peers/venv/bin/python -m unittest discover -s benchmarks/peers -p '*_test.py'`."""
import itertools
import random
import unittest

import numpy as np

import families
import fidelity
import fronts
import peers
import problems
import timing


def drawn(problem, count, seed=0):
    generator = random.Random(seed)
    return [timing.draw(problem, generator) for _ in range(count)]


class ProblemsTest(unittest.TestCase):
    def test_no_random_configuration_is_beyond_the_maximal_hypervolume(self):
        for name in problems.MAKERS:
            problem = problems.problem(name)
            outcomes = [problem.evaluate(c) for c in drawn(problem, 3000)]
            good = [(v["f1"], v["f2"]) for v in outcomes if v and all(v[c] <= 0 for c in problem.constraints)]
            share = problems.hypervolume(good, problem.reference) / problem.best
            self.assertTrue(0.3 < share < 1, f"{name}: {share}")

    def test_the_families_are_what_their_largest_hypervolumes_say(self):
        for name in families.MAKERS:
            problem = families.problem(name)
            points = [p for p in map(problem.point, drawn(problem, 1000)) if p]
            share = problems.hypervolume(points, problem.reference) / problem.best
            self.assertTrue(0.3 < share < 1, f"{name}: {share}")
        self.assertAlmostEqual(families.search(families.problem("cell_4")) / families.problem("cell_4").best, 1, places=5)

    def test_the_optimum_of_a_function_is_the_maximal_hypervolume(self):
        for name, front in (("zdt1", {}), ("zdt2", {}), ("dtlz2", {"others": 0.5})):
            problem = problems.problem(name)
            first, *others = [p["name"] for p in problem.parameters]
            points = [problem.evaluate({first: x, **{n: front.get("others", 0.0) for n in others}}) for x in np.linspace(0, 1, 20001)]
            area = problems.hypervolume([tuple(v.values()) for v in points], problem.reference)
            self.assertAlmostEqual(area / problem.best, 1, places=3)

    def test_a_fifth_of_the_failing_table_fails(self):
        problem = problems.problem("failing")
        configs = itertools.product(*(p["choices"] for p in problem.parameters))
        names = [p["name"] for p in problem.parameters]
        failed = [problem.evaluate(dict(zip(names, c))) is None for c in configs]
        self.assertAlmostEqual(np.mean(failed), 0.2, delta=0.01)

    def test_conditional_counts_active_parameters_only(self):
        problem = problems.problem("conditional")
        for config in drawn(problem, 200):
            self.assertEqual("momentum" in config, config["optimizer"] == "sgd")
            self.assertEqual("lr_adam" in config, config["optimizer"] in ("adam", "adamw"))

    def test_the_search_for_the_maximum_gives_the_stated_number(self):
        self.assertAlmostEqual(fronts.conditional(), problems.problem("conditional").best, places=4)


class CurvesTest(unittest.TestCase):
    def test_the_value_at_27_epochs_is_that_of_the_problem_and_before_it_is_worse(self):
        for name in fidelity.PROBLEMS:
            problem = problems.problem(name)
            curves = fidelity.Curves(problem)
            for config in drawn(problem, 50):
                values = [curves.evaluate(config, r)["f1"] for r in (1, 3, 9, 27)]
                self.assertEqual(values[-1], problem.evaluate(config)["f1"])
                self.assertEqual(values, sorted(values, reverse=True))

    def test_ranks_at_one_epoch_tell_something_but_not_all(self):
        for name in fidelity.PROBLEMS:
            problem = problems.problem(name)
            curves = fidelity.Curves(problem)
            early, late = np.array([[curves.evaluate(c, r)["f1"] for r in (1, 27)] for c in drawn(problem, 500)]).T
            correlation = np.corrcoef(early.argsort().argsort(), late.argsort().argsort())[0, 1]
            self.assertTrue(0.2 < correlation < 0.98, f"{name}: {correlation}")


class PeersTest(unittest.TestCase):
    def test_the_quick_peers_propose_configurations_of_every_space(self):
        for method in ("optuna-random", "rustuna-tpe", "pymoo-nsga2", "synetune-evolution-corrected"):
            for name in problems.MAKERS:
                problem = problems.problem(name)
                peer = peers.make(method, problem, 0, None)
                for _ in range(12):
                    handle, config = peer.ask()
                    expected = []
                    for p in problem.parameters:
                        if problem.is_active(p["name"], config):
                            expected.append(p["name"])
                            inside = config[p["name"]] in p["choices"] if "choices" in p else p["low"] <= config[p["name"]] <= p["high"]
                            self.assertTrue(inside, f"{method} {name} {p['name']}: {config[p['name']]}")
                    self.assertEqual(set(expected), set(config))
                    peer.tell(handle, problem.evaluate(config))
                peer.close()

    def test_the_corrected_priority_ranks_a_dominated_trial_behind_what_dominates_it(self):
        import synetune
        points = np.random.default_rng(0).random((40, 2))
        ranks = synetune.CorrectedPriority()(points)
        self.assertEqual(sorted(ranks), list(range(40)))
        for a, b in itertools.permutations(range(40), 2):
            if (points[a] < points[b]).all():
                self.assertLess(ranks[a], ranks[b])


if __name__ == "__main__":
    unittest.main()
