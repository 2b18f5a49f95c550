"""Running stages: keys, bundles, store, records."""
