"""A small progress bar on terminals, plain lines elsewhere."""

import sys
import time


class Progress:
    """One long step. `total` is in the unit given to `advance`; 0 when it is not known."""

    # A log file wants a few lines, not a thousand.
    PLAIN_EVERY_S = 15.0
    REDRAW_EVERY_S = 0.1

    def __init__(self, label, total, unit="Mo", scale=1e6):
        self.label, self.total, self.unit, self.scale = label, total, unit, scale
        self.done = 0
        self.began = self.shown = time.monotonic()
        self.terminal = sys.stderr.isatty()
        if not self.terminal:
            self._line(f"{label}…")

    def to(self, done):
        self.done = done
        now = time.monotonic()
        if now - self.shown >= (self.REDRAW_EVERY_S if self.terminal else self.PLAIN_EVERY_S):
            self.shown = now
            self._draw()

    def advance(self, by):
        self.to(self.done + by)

    def end(self, note=""):
        took = time.monotonic() - self.began
        text = f"{self.label} : fait en {took:.0f} s{' — ' + note if note else ''}"
        if self.terminal:
            sys.stderr.write("\r\033[K")
        self._line(text)

    def abandon(self):
        if self.terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def _draw(self):
        share = min(1.0, self.done / self.total) if self.total else 0.0
        figures = f"{share:4.0%}  {self.done / self.scale:.0f}/{self.total / self.scale:.0f} {self.unit}"
        if self.terminal:
            full = int(share * 28)
            sys.stderr.write(f"\r\033[K  {self.label:<34.34} [{'█' * full}{'·' * (28 - full)}] {figures}")
            sys.stderr.flush()
        else:
            self._line(f"{self.label} : {figures}")

    @staticmethod
    def _line(text):
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()
