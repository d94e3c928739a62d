"""Import rosters: what other systems know about patients and their families.

An import has three steps. Each can be replaced without the others:

1. *Read*: files become resources, each with its position and its keys (``reading``, ``versions``).
2. *Convert*: resources become plain records without FHIR (``fhir``, ``people``, ``records``). Another format
   needs only its own first and second step.
3. *Write*: records are matched by key and merged, and differences are saved (``matching``, ``patients``,
   ``guardians``, ``contacts``, ``family``).

Everything that went wrong is in the ``report``.
"""
