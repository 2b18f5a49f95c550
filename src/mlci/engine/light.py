"""What Python has in private modules, without what their public ones load beside: locks, queues, digests.

`threading` and `queue` cost a command more than its locks; `hashlib` loads OpenSSL, which takes longer than
looking at a thousand files. An interpreter that keeps these elsewhere gives the public ones.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
    from _queue import Empty, SimpleQueue
    from _thread import RLock, allocate_lock
except ImportError:
    from hashlib import blake2b
    from queue import Empty, SimpleQueue
    from threading import Lock as allocate_lock
    from threading import RLock

__all__ = ["Empty", "RLock", "SimpleQueue", "allocate_lock", "blake2b"]
