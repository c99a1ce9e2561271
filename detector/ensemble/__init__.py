"""Three members and their weighted mean: boosted trees, a support vector machine, a random forest.

Each is read from plain numbers and scored by numpy alone: no learning library is imported to judge.
"""

from __future__ import annotations

from detector.ensemble.ensemble import MEMBERS, Ensemble, Member, Scores, Seat
from detector.ensemble.forest import RandomForest
from detector.ensemble.lightgbm import LightGBM
from detector.ensemble.projection import Projection
from detector.ensemble.svm import Svm

__all__ = ["MEMBERS", "Ensemble", "LightGBM", "Member", "Projection", "RandomForest", "Scores", "Seat", "Svm"]
