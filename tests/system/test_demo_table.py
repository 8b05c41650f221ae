"""The demo's table keeps its values whole."""

import unittest

from demo.live import fitted

ROW = "fleet     pump-001  online    running on  water 15420.5  pressure 45.2  battery 85"


class Table(unittest.TestCase):
    def test_a_row_that_fits_is_shown_as_it_is(self):
        self.assertEqual(fitted(ROW, len(ROW)), ROW)

    def test_a_row_that_is_too_long_ends_between_two_values(self):
        self.assertEqual(fitted(ROW, len(ROW) - 1),
                         "fleet     pump-001  online    running on  water 15420.5  pressure 45.2 ...")
        self.assertEqual(fitted(ROW, 63), "fleet     pump-001  online    running on  water 15420.5 ...")

    def test_no_value_is_ever_cut(self):
        values = set(ROW.split("  "))
        for columns in range(10, len(ROW)):
            shown = fitted(ROW, columns)
            self.assertLessEqual(len(shown), columns)
            self.assertLessEqual(set(shown.removesuffix(" ...").split("  ")), values | {""}, shown)


if __name__ == "__main__":
    unittest.main()
