"""Questions that only refitting answers: what a recipe lives on, and how far what it learned carries.

Every study splits by group, and fits `fit_ranking` rather than the whole ensemble, because each needs many
fits; it therefore tells of ranking (AUC), never of verdicts.
"""

from __future__ import annotations

from detector.training.studies.catalogue import STUDIES, Study
from detector.training.studies.findings import Findings
from detector.training.studies.material import Material, feature_groups

__all__ = ["STUDIES", "Findings", "Material", "Study", "feature_groups"]
