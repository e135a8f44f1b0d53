"""The statistics of the report, and how runs are kept."""
import os
import tempfile
import unittest
from unittest import mock

import numpy as np

import archive
import report


class StatisticsTest(unittest.TestCase):
    def test_holm_corrects_as_the_procedure_says(self):
        # Holm 1979: 0.01 * 4, 0.02 * 3, then no smaller than before: 0.03 * 2 and 0.04 are raised to 0.06.
        np.testing.assert_allclose(report.holm([0.04, 0.01, 0.03, 0.02]), [0.06, 0.04, 0.06, 0.06])

    def test_a_clear_loss_is_significant_and_one_within_the_margin_is_not(self):
        noise = np.array([-0.001, 0.0, 0.001, 0.002, -0.002])
        self.assertLess(report.worse(noise - 0.1, 0.02), 0.001)
        self.assertGreater(report.worse(noise - 0.01, 0.02), 0.5)

    def test_one_pair_says_nothing(self):
        self.assertEqual(report.worse(np.array([-0.5]), 0.02), 1.0)

    def test_the_interval_covers_the_mean_difference_of_the_problems(self):
        generator = np.random.default_rng(0)
        difference, low, high = report.interval([np.array([0.1, 0.2, 0.3]), np.array([-0.1, 0.0, 0.1])], generator)
        self.assertAlmostEqual(difference, 0.1)
        self.assertTrue(0 < low < 0.1 < high < 0.2)


class StoreTest(unittest.TestCase):
    def test_a_kept_run_is_found_again_and_forgetting_leaves_the_others(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(archive, "RESULTS", folder):
            for seed in (0, 1):
                archive.store("m", [["zdt1", seed, e, "0.50000", "1.00", 0, 0] for e in archive.KEPT])
            self.assertEqual(set(archive.stored("m")), {("zdt1", 0), ("zdt1", 1)})
            self.assertEqual(set(archive.stored("m")["zdt1", 0]), set(archive.KEPT))
            archive.forget("m", lambda row: row["seed"] == "0")
            self.assertEqual(set(archive.stored("m")), {("zdt1", 1)})
            self.assertEqual(os.listdir(folder), ["m.csv"])


if __name__ == "__main__":
    unittest.main()
