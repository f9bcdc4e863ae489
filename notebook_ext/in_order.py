"""Widgets after cells, never beside them. JupyterLab has a kernel handle what widgets send on a second thread, while a
cell runs; there they would move a session under the hands of the cell, and meet a history in the wrong thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_COMM = "comm_msg"
_MARK = "_workbench_keeps_order"


def keep_order() -> None:
    """Have the kernel that this is, if any, handle what widgets send on the thread of the cells, when no cell runs.
    Kernels that have but one thread stay as they are."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    handlers, loop = getattr(kernel, "shell_handlers", None), getattr(kernel, "io_loop", None)
    if handlers and loop and _COMM in handlers and not hasattr(handlers[_COMM], _MARK):
        handlers[_COMM] = _in_order(handlers[_COMM], loop)


def _in_order(handle: Callable[..., Any], loop: Any) -> Callable[..., Any]:
    from asyncio import wrap_future
    from concurrent.futures import Future
    from threading import current_thread, main_thread

    async def handled(*message: Any) -> None:
        if current_thread() is main_thread():
            handle(*message)
            return
        done: Future[None] = Future()
        loop.add_callback(_settle, done, handle, message)
        await wrap_future(done)

    setattr(handled, _MARK, True)
    return handled


def _settle(done: Any, handle: Callable[..., Any], message: tuple[Any, ...]) -> None:
    try:
        done.set_result(handle(*message))
    except Exception as error:
        done.set_exception(error)
