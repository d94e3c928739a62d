"""Rosters: what other systems know of our patients, read and written into our own tables.

A roster takes three steps, and each can be replaced without the others:

1. *reading*: files into resources, each with its place and the keys by which it is known (``reading``);
2. *understanding*: a resource into plain records that know nothing of FHIR (``fhir``, ``records``).
   Another format needs its own first and second step and nothing else;
3. *writing*: records matched by key, merged, and written where something differs (``matching``,
   ``patients``, ``contacts``).

Everything that went wrong on the way stands in the ``report``.
"""
