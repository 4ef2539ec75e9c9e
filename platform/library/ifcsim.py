"""IFCSim from Python, over libifcsim, with nothing else.

    >>> import ifcsim
    >>> ifcsim.run("quickstart", {"workload.context": 4096}).decode.tokens_per_second

A run works in a process of its own and leaves the interpreter free: runs of several threads go on at a time.
"""
import ctypes
import glob
import json
import os

__all__ = ["run", "load", "version", "Completion", "Error", "Figures", "IDLE", "Progress", "Result", "Scenario", "Session"]

OK, DOES_NOT_FIT, INTERRUPTED = 0, 3, 130
DETAIL = 1
IDLE = 2**63 - 1  # to step to: when no request is under way or waiting to arrive


class Error(Exception):
    """What was wrong, a line for each problem. status: as the program's exit status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Progress(ctypes.Structure):
    """How far a run is: share of the work from 0 to 1; a decode counts tokens and layers, a stream requests."""

    _fields_ = [("share", ctypes.c_double), ("now_ps", ctypes.c_int64),
                ("token", ctypes.c_uint32), ("tokens", ctypes.c_uint32),
                ("layer", ctypes.c_uint32), ("layers", ctypes.c_uint32),
                ("requests", ctypes.c_uint64), ("total_requests", ctypes.c_uint64)]


WATCHER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Progress))


class Completion(ctypes.Structure):
    """A request of a session that is complete; times in picoseconds."""

    _fields_ = [("id", ctypes.c_uint64), ("arrived_ps", ctypes.c_int64), ("completed_ps", ctypes.c_int64)]


class _Request(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint64), ("at_ps", ctypes.c_int64), ("die", ctypes.c_uint32), ("plane", ctypes.c_uint32)]


LISTENER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Completion))


def _candidates():
    said = os.environ.get("IFCSIM_LIBRARY")
    if said:
        return [said]
    here = os.path.dirname(os.path.realpath(__file__))  # PREFIX/lib/python3/dist-packages
    beside = os.path.join(here, "..", "..")
    names = [os.path.join(beside, "libifcsim.so.0"), *sorted(glob.glob(os.path.join(beside, "*", "libifcsim.so.0")))]
    return [name for name in names if os.path.exists(name)] + ["libifcsim.so.0"]


def _open():
    problems = []
    for name in _candidates():
        try:
            return ctypes.CDLL(name)
        except OSError as problem:
            problems.append(str(problem))
    raise ImportError("no libifcsim.so.0 found (IFCSIM_LIBRARY names it): " + "; ".join(problems))


def _declare(library):
    text, handle = ctypes.c_char_p, ctypes.c_void_p
    for name, result, arguments in (
            ("ifcsim_version", text, []),
            ("ifcsim_error", text, []),
            ("ifcsim_load", ctypes.c_int, [text, ctypes.POINTER(handle)]),
            ("ifcsim_set", ctypes.c_int, [handle, text, text]),
            ("ifcsim_run", ctypes.c_int, [handle, ctypes.c_uint, WATCHER, handle, ctypes.POINTER(handle)]),
            ("ifcsim_open", ctypes.c_int, [handle, ctypes.POINTER(handle)]),
            ("ifcsim_submit", ctypes.c_int, [handle, ctypes.POINTER(_Request)]),
            ("ifcsim_step", ctypes.c_int, [handle, ctypes.c_int64, LISTENER, handle]),
            ("ifcsim_now", ctypes.c_int64, [handle]),
            ("ifcsim_close", ctypes.c_int, [handle, ctypes.POINTER(handle)]),
            ("ifcsim_json", text, [handle]),
            ("ifcsim_free", None, [handle]),
            ("ifcsim_result_free", None, [handle])):
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


_library = _declare(_open())


def version():
    """Version of the simulator."""
    return _library.ifcsim_version().decode()


def _check(status):
    if status != OK:
        raise Error(status, _library.ifcsim_error().decode(errors="replace"))


def _as_text(value):
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


class Figures(dict):
    """An object of the statistics: its keys are attributes, too."""

    def __getattr__(self, key):
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"no figure {key!r} (there are {', '.join(self)})") from None


class Result(Figures):
    """The statistics of a run, as docs/results.md explains them. json: their text."""

    def __init__(self, text):
        super().__init__(json.loads(text, object_pairs_hook=Figures))
        self.__dict__["json"] = text


class Scenario:
    """A scenario file or a shipped one by name, and what is set over it."""

    def __init__(self, name, sets=None):
        self._handle = ctypes.c_void_p()
        _check(_library.ifcsim_load(os.fsencode(name), ctypes.byref(self._handle)))
        for path, value in (sets or {}).items():
            self.set(path, value)

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.ifcsim_free(self._handle)
            self._handle = None

    def set(self, path, value):
        """Set a parameter, as --set PATH=VALUE does. Return: the scenario."""
        _check(_library.ifcsim_set(self._handle, path.encode(), _as_text(value).encode()))
        return self

    def run(self, progress=None, detail=False):
        """Simulate. progress: called about five times a second with a Progress; True from it ends the run.

        Return: a Result, also of what does not fit into memory or was stopped: its "status" says so.
        """
        raised, result = [], ctypes.c_void_p()

        def watch(_, shown):
            try:
                return bool(progress(shown.contents)) if progress else 0
            except BaseException as problem:  # goes on in the caller, once the run has ended
                raised.append(problem)
                return 1

        status = _library.ifcsim_run(self._handle, DETAIL if detail else 0, WATCHER(watch), None,
                                     ctypes.byref(result))
        if raised:
            _library.ifcsim_result_free(result)
            raise raised[0]
        return _result(status, result)

    def open(self):
        """Begin a run whose requests the caller makes: a Session, of a stream scenario."""
        return Session(self)


class Session:
    """A stream whose requests come from outside, while it runs (docs/library.md)."""

    def __init__(self, scenario):
        self._handle = ctypes.c_void_p()
        _check(_library.ifcsim_open(scenario._handle, ctypes.byref(self._handle)))

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.ifcsim_close(self._handle, None)
            self._handle = None

    @property
    def now_ps(self):
        """Simulated time that was reached."""
        return _library.ifcsim_now(self._open())

    def _open(self):
        if not self._handle:
            raise ValueError("the session is closed")
        return self._handle

    def submit(self, id, at_ps, die=0, plane=0):
        """A request that arrives at at_ps, not before now_ps, at dies and planes from these on."""
        _check(_library.ifcsim_submit(self._open(), ctypes.byref(_Request(id, at_ps, die, plane))))

    def step(self, until_ps=IDLE, listener=None):
        """Simulate until then. listener: called with each Completion at its moment, may submit; True from it ends the
        step, and so does an exception, which goes on in the caller."""
        raised = []

        def hear(_, completion):
            try:
                return bool(listener(completion.contents)) if listener else 0
            except BaseException as problem:
                raised.append(problem)
                return 1

        status = _library.ifcsim_step(self._open(), until_ps, LISTENER(hear), None)
        if raised:
            raise raised[0]
        _check(status)

    def close(self):
        """What was submitted completes, unheard. Return: the Result, also of a run that a limit ended."""
        result = ctypes.c_void_p()
        status = _library.ifcsim_close(self._open(), ctypes.byref(result))
        self._handle = None
        return _result(status, result)


def _result(status, result):
    if status not in (OK, DOES_NOT_FIT, INTERRUPTED) or not result:
        _check(status)
    try:
        return Result(_library.ifcsim_json(result).decode())
    finally:
        _library.ifcsim_result_free(result)


def load(name, sets=None):
    """A scenario by file or shipped name, with {path: value} set over it."""
    return Scenario(name, sets)


def run(name, sets=None, progress=None, detail=False):
    """Load, set and run in one: see Scenario.run()."""
    return Scenario(name, sets).run(progress, detail)
