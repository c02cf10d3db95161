"""A rule of the toy study that no verb can say."""

import pandas as pd


def compute_site(frame: pd.DataFrame) -> pd.Series:
    """The first three characters of the subject's identifier."""
    return frame["raw.dm.SUBJ"].str.slice(0, 3)
