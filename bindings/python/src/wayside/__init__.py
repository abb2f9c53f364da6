"""The Wayside core. The module is generated from the Rust crate `wayside-ffi`; see bindings/ffi/README.md for the rules."""

from .wayside import *  # noqa: F403
from .wayside import __all__  # noqa: F401
