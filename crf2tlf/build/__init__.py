"""The step runner that every stage shares: incremental by content, atomic, parallel.

A stage says what can be built as a list of steps; `run_steps` builds those whose result could differ from what lies
in the build folder, side by side where they do not need each other, and keeps the rest. A stage's entry is

    def plan(options: Options) -> list[Step]: ...

    if __name__ == "__main__":  # worker processes may import this module again
        sys.exit(main("sdtm", plan))
"""

from crf2tlf.build.command import Options, main
from crf2tlf.build.runner import RunSummary, run_steps
from crf2tlf.build.steps import Step, StepResult

__all__ = ["Options", "RunSummary", "Step", "StepResult", "main", "run_steps"]
