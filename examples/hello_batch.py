"""A flow that runs on AWS Batch and stores an artifact in the bucket.

    python examples/hello_batch.py run --with batch
    python examples/hello_batch.py dump --private RUN/hello
"""

import os
import platform

from metaflow import FlowSpec, step


class HelloBatchFlow(FlowSpec):
    """Says where its step ran."""

    @step
    def start(self):
        """Begins the flow."""
        self.next(self.hello)

    @step
    def hello(self):
        """Stores the job and the machine as artifacts."""
        # AWS Batch sets this variable in the container of a job.
        # https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
        self.job = os.environ.get("AWS_BATCH_JOB_ID", "")
        self.machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        self.next(self.end)

    @step
    def end(self):
        """Prints what the step has stored."""
        where = f"job {self.job} of AWS Batch" if self.job else "this computer"
        print(f"hello from {where}: {self.machine}")


if __name__ == "__main__":
    HelloBatchFlow()
