"""Real files of others, beside the project and never in it; where they are not, tests say so."""

import pytest

from resources.settings import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not there")
