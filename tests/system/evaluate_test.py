import json
import math
import struct

from faretto import Case


def npy(rows):
    shape = (len(rows), len(rows[0]) if rows else 0)
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).encode()
    header += b" " * ((64 - (10 + len(header) + 1) % 64) % 64) + b"\n"
    data = b"".join(struct.pack("<f", v) for row in rows for v in row)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


class Evaluate(Case):
    # The nine images of the specification's worked example (section 10).
    ANGLES = (0, 10, 25, 32, 52, 75, 120, 55, 77)
    IDENTITIES = "ABACBCDBC"
    GROUPS = "mfmmfmffm"

    def files(self, rows, labels):
        (self.folder / "e.npy").write_bytes(npy(rows))
        (self.folder / "l.csv").write_text(labels)
        return "evaluate", "--embeddings", "e.npy", "--labels", "l.csv"

    def example(self):
        rows = [(math.cos(math.radians(a)), math.sin(math.radians(a))) for a in self.ANGLES]
        labels = "identity,sex\n" + "".join(f"{i},{g}\n" for i, g in zip(self.IDENTITIES, self.GROUPS))
        return self.files(rows, labels)

    def test_the_worked_example(self):
        result = json.loads(self.ok(*self.example(), "--group", "sex", "--format", "json"))
        self.assertEqual((result["n"], result["unranked"]), (8, 1))
        for name, value in {"error": .5, "disparity": .266667, "rank_disparity": .333333, "ratio": .4,
                            "rank_ratio": .5, "error_ratio": .8}.items():
            self.assertAlmostEqual(result[name], value, places=5, msg=name)
        self.assertEqual(set(result["groups"]), {"f", "m"})
        self.assertEqual(set(result["groups"]["f"]), {"n", "error", "mean_rank"})
        self.assertIsNone(result["ci95"]["rank_disparity"], "every f image is of one identity")

    def test_intervals_hold_the_value_and_start_at_zero_where_they_contain_it(self):
        rows, labels = [], "identity,g\n"
        for i in range(60):
            angle = 0.1 * i + 0.07 * (i * i % 7)
            for k in range(3):
                rows.append((math.cos(angle + 0.06 * k), math.sin(angle + 0.06 * k)))
                labels += f"p{i},{i % 2}\n"
        result = json.loads(self.ok(*self.files(rows, labels), "--group", "g", "--format", "json"))
        for name in ("error", "disparity", "rank_disparity"):
            low, high = result["ci95"][name]
            self.assertTrue(0 <= low <= high, (name, low, high))
            self.assertTrue(low == 0 or low <= result[name], (name, low, result[name]))
            self.assertLessEqual(result[name], high)

    def test_constant_embeddings_have_error_one_and_no_disparity(self):
        done = self.files([(1, 0)] * 6, "identity,g\n" + "a,0\na,1\nb,0\nb,1\nc,0\nc,1\n")
        result = json.loads(self.ok(*done, "--group", "g", "--format", "json"))
        self.assertEqual(result["error"], 1)
        for name in ("disparity", "rank_disparity", "ratio", "rank_ratio", "error_ratio"):
            self.assertIsNone(result[name], name)

    def test_bad_files_are_named(self):
        good = self.example()
        self.refused(2, *good, "--group", "gender", says=["gender", "sex"])
        (self.folder / "l.csv").write_text("identity\nA\nB\n")
        self.refused(2, *good, says=["9", "2"])
        self.refused(2, *self.files([(math.nan, 0), (1, 0)], "identity\na\na\n"))
        self.refused(2, *self.files([(0, 0), (1, 0)], "identity\na\nb\n"))
        (self.folder / "e.npy").write_bytes(b"not an array")
        self.refused(2, *good, says=["e.npy"])
        self.refused(2, "evaluate", "--embeddings", "none.npy", "--labels", "l.csv", says=["none.npy"])
