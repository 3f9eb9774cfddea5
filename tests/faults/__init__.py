"""The fault suite: a mall of its own, with replicas and behind a proxy, that is used while everything in it fails."""
