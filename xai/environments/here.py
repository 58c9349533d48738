"""The program beside a model, started by this very process: in a notebook, and in a terminal with --in-process."""

from __future__ import annotations

import weakref

from xai.environments.conversation import Conversation
from xai.environments.needs import Needs
from xai.environments.opening import Originals
from xai.environments.settings import Settings
from xai.environments.starting import start
from xai.limits import Limits
from xai.progress import Progress
from xai.worker.memory import granted


def originals(progress: Progress | None = None) -> Originals:
    """Starts programs that end when nobody asks them any more, at the latest with this process."""
    limits = Limits.from_environment()
    settings = Settings.from_environment(local=True)

    def begin(needs: Needs) -> Conversation:
        process, _ = start(needs, settings, limits, limits.memory or granted(), progress)
        conversation = Conversation(process.channel, limits, process.discard)
        weakref.finalize(conversation, process.discard)
        return conversation

    return begin
