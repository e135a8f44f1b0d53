import math

from faretto import ZDT1, Case, Lines, changed

STUDY = changed(ZDT1, trainer=None, budget=None)


def zdt1(params):
    x = [params[f"x{i}"] for i in range(1, 6)]
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return {"f1": x[0], "f2": g * (1 - math.sqrt(x[0] / g))}


def dominates(a, b):
    return a["f1"] <= b["f1"] and a["f2"] <= b["f2"] and a != b


class AskTell(Case):
    def test_two_hundred_asks_and_tells_with_every_searcher(self):
        for searcher in ("random", "nsga2", "tpe", "bo", None):
            with self.subTest(searcher=searcher):
                algorithm = {"searcher": searcher, "fidelity": "full", "max_resource": 18}
                lines = Lines(self, self.write(changed(STUDY, algorithm=algorithm)))
                seen, values = set(), {}
                for _ in range(200):
                    (trial,) = lines.send({"op": "ask"})["trials"]
                    self.assertEqual(set(trial), {"id", "params", "resource", "previous_resource", "origin"})
                    self.assertEqual((trial["resource"], trial["previous_resource"]), (18, 0))
                    key = tuple(trial["params"].values())
                    self.assertNotIn(key, seen, "a configuration was suggested twice")
                    seen.add(key)
                    values[trial["id"]] = zdt1(trial["params"])
                    self.assertEqual(lines.send({"op": "tell", "id": trial["id"], "resource": 18,
                                                 "values": values[trial["id"]]}), {"ok": True})
                front = lines.send({"op": "pareto"})["trials"]
                want = {i for i in values if not any(dominates(v, values[i]) for v in values.values())}
                self.assertEqual({t["id"] for t in front}, want)
                for trial in front:
                    self.assertEqual(trial["values"], values[trial["id"]])
                self.assertEqual(lines.send({"op": "pending"}), {"trials": []})
                self.assertEqual(lines.end(), 0)

    def test_anything_wrong_gets_an_error_object_and_the_process_goes_on(self):
        lines = Lines(self, self.write(STUDY))
        (trial,) = lines.send({"op": "ask"})["trials"]
        good = {"op": "tell", "id": trial["id"], "values": {"f1": 0.5, "f2": 0.5}}
        for wrong in ("", "{", "[]", "17", '"ask"', "{}", '{"op":"aks"}', '{"op":"ask","n":0}', '{"op":"ask","n":-1}',
                      '{"op":"ask","n":1.5}', '{"op":"ask","n":"1"}', '{"op":"tell"}', "[" * 100000, '{"op":"ask","m":1}',
                      '{"op":"fail"}', '{"op":null}', '{"op":"tell","id":0,"values":{"f1":NaN,"f2":1}}',
                      {**good, "id": 99}, {**good, "id": -1}, {**good, "values": {"f1": 1}},
                      {**good, "values": {"f1": 1, "f2": None}}, {**good, "values": {"f1": 1, "f2": "2"}},
                      {**good, "resource": 1000}, {**good, "resource": 0}, {**good, "resource": "2"},
                      {**good, "values": [1, 2]}, {"op": "fail", "id": 77}):
            answer = lines.send(wrong)
            self.assertEqual(list(answer), ["error"], f"{str(wrong)[:80]} -> {answer}")
        self.assertEqual(lines.send({"op": "pending"})["trials"], [trial])
        self.assertEqual(lines.send(good), {"ok": True})
        self.assertIn("error", lines.send(good), "a second closing tell")
        self.assertEqual(lines.end(), 0)

    def test_promotions_come_as_the_same_id_and_intermediate_tells_are_reports(self):
        lines = Lines(self, self.write(STUDY))
        promoted = 0
        for _ in range(60):
            (trial,) = lines.send({"op": "ask"})["trials"]
            if trial["previous_resource"]:
                promoted += 1
                self.assertGreater(trial["resource"], trial["previous_resource"])
            values = zdt1(trial["params"])
            self.assertEqual(lines.send({"op": "tell", "id": trial["id"], "resource": trial["previous_resource"] + 1,
                                         "values": {**values, "other": 1}}), {"ok": True})
            self.assertEqual(lines.send({"op": "tell", "id": trial["id"], "values": values, "cost": 2.5}), {"ok": True})
        self.assertGreater(promoted, 5)

    def test_a_failed_trial_is_never_asked_again(self):
        lines = Lines(self, self.write(STUDY))
        (trial,) = lines.send({"op": "ask"})["trials"]
        self.assertEqual(lines.send({"op": "fail", "id": trial["id"], "reason": "out of memory"}), {"ok": True})
        self.assertIn("error", lines.send({"op": "fail", "id": trial["id"]}))
        asked = lines.send({"op": "ask", "n": 20})["trials"]
        self.assertEqual(len(asked), 20)
        self.assertNotIn(trial["id"], [t["id"] for t in asked])

    def test_an_ask_with_nothing_to_give_says_so_and_a_used_up_space_finishes(self):
        space = {"parameters": [{"name": "a", "type": "categorical", "choices": ["x", "y"]},
                                {"name": "b", "type": "int", "low": 1, "high": 2}]}
        study = changed(STUDY, space=space, algorithm={"fidelity": "full", "searcher": "random"})
        lines = Lines(self, self.write(study))
        trials = lines.send({"op": "ask", "n": 10})["trials"]
        self.assertEqual(len(trials), 4)
        self.assertEqual(lines.send({"op": "ask"}), {"trials": []})
        for trial in trials:
            lines.send({"op": "tell", "id": trial["id"], "values": {"f1": 1, "f2": 1}})
        answer = lines.send({"op": "ask"})
        self.assertEqual((answer["trials"], answer["finished"]), ([], True))
        self.assertEqual(len(lines.send({"op": "pareto"})["trials"]), 4, "equal values are all on the front")

    def test_a_budget_of_trials_ends_the_study(self):
        study = changed(STUDY, budget={"trials": 3}, algorithm={"fidelity": "full"})
        lines = Lines(self, self.write(study))
        for _ in range(3):
            (trial,) = lines.send({"op": "ask"})["trials"]
            lines.send({"op": "tell", "id": trial["id"], "values": zdt1(trial["params"])})
        self.assertTrue(lines.send({"op": "ask"})["finished"])

    def test_with_a_folder_it_survives_being_killed(self):
        study, folder = self.write(STUDY), self.folder / "kept"
        lines = Lines(self, study, "--dir", folder)
        told = {}
        for _ in range(30):
            (trial,) = lines.send({"op": "ask"})["trials"]
            told[trial["id"]] = zdt1(trial["params"])
            lines.send({"op": "tell", "id": trial["id"], "values": told[trial["id"]]})
        open_trials = lines.send({"op": "ask", "n": 3})["trials"]
        front = lines.send({"op": "pareto"})
        lines.kill()
        again = Lines(self, study, "--dir", folder)
        self.assertEqual(again.send({"op": "pareto"}), front)
        self.assertEqual(again.send({"op": "pending"})["trials"], open_trials)
        for trial in open_trials:
            self.assertEqual(again.send({"op": "tell", "id": trial["id"], "values": zdt1(trial["params"])}), {"ok": True})
        self.assertEqual(again.end(), 0)
        self.ok("replay", "--dir", folder)

    def test_the_same_study_gives_the_same_suggestions_and_a_crash_does_not_change_them(self):
        study = self.write(STUDY)
        sequences = []
        for kill_at in (None, 17):
            args = ("--dir", self.folder / "killed") if kill_at else ()
            lines, sequence = Lines(self, study, *args), []
            for i in range(40):
                if i == kill_at:
                    lines.kill()
                    lines = Lines(self, study, *args)
                (trial,) = lines.send({"op": "ask"})["trials"]
                sequence.append(trial)
                lines.send({"op": "tell", "id": trial["id"], "values": zdt1(trial["params"])})
            sequences.append(sequence)
        self.assertEqual(sequences[0], sequences[1])
