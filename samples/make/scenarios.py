# SPDX-License-Identifier: MIT
"""All scenarios: sample name -> function that makes it."""
import scenarios_guide

SCENARIOS = {
    **scenarios_guide.SCENARIOS,
}
